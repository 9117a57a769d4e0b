#include "app/housekeeping.h"

#include <chrono>

namespace sewa::app {

namespace {
constexpr std::chrono::seconds kInterval{2};
}  // namespace

Housekeeping::Housekeeping(Parts const& parts) : parts_(parts), thread_([this] { run(); }) {}

Housekeeping::~Housekeeping() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
    parts_.log.flush_suppressed();
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
    tell("keys_reloaded", parts_.keys.reload_if_changed());
    tell("api_keys_reloaded", parts_.api_keys.reload_if_changed());
    tell_turned_away();
    parts_.log.flush_suppressed();
}

void Housekeeping::tell_turned_away() {
    auto const now = parts_.listener.out_of_descriptors.get() + parts_.listener.refused.get();
    if (now == turned_away_) return;
    parts_.log.warn("connections_turned_away",
                    {{"count", now - turned_away_},
                     {"without_descriptors", parts_.listener.out_of_descriptors.get()},
                     {"mend", "raise LimitNOFILE or limits.connections_max"}});
    turned_away_ = now;
}

void Housekeeping::tell(char const* event, Result<bool> const& reloaded) {
    if (!reloaded) {
        parts_.metrics.add(observe::Counter::kKeyReloadFailures);
        parts_.log.limited(observe::Level::kError, "key_reload_failed",
                           {{"why", reloaded.error().message}});
    } else if (*reloaded) {
        parts_.metrics.add(observe::Counter::kKeyReloads);
        parts_.log.info(event);
    }
}

}  // namespace sewa::app
