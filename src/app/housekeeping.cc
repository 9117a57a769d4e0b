#include "app/housekeeping.h"

#include <chrono>

namespace sewa::app {

namespace {
constexpr std::chrono::seconds kInterval{2};
}  // namespace

Housekeeping::Housekeeping(auth::KeyStore& keys, auth::ApiKeyStore& api_keys, observe::Log& log,
                           observe::MetricSlot& metrics)
    : keys_(keys), api_keys_(api_keys), log_(log), metrics_(metrics), thread_([this] { run(); }) {}

Housekeeping::~Housekeeping() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
    log_.flush_suppressed();
}

void Housekeeping::run() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kInterval, [this] { return is_stopping_; })) {
        lock.unlock();
        once();
        lock.lock();
    }
}

void Housekeeping::once() {
    tell("keys_reloaded", keys_.reload_if_changed());
    tell("api_keys_reloaded", api_keys_.reload_if_changed());
    log_.flush_suppressed();
}

void Housekeeping::tell(char const* event, Result<bool> const& reloaded) {
    if (!reloaded) {
        metrics_.add(observe::Counter::kKeyReloadFailures);
        log_.limited(observe::Level::kError, "key_reload_failed",
                     {{"why", reloaded.error().message}});
    } else if (*reloaded) {
        metrics_.add(observe::Counter::kKeyReloads);
        log_.info(event);
    }
}

}  // namespace sewa::app
