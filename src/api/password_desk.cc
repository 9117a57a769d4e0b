#include "api/password_desk.h"

#include <pthread.h>

#include <utility>

namespace sewa::api {

PasswordDesk::PasswordDesk(std::size_t waiting_max)
    : waiting_max_(waiting_max), thread_([this] { run(); }) {}

PasswordDesk::~PasswordDesk() {
    stop();
}

void PasswordDesk::stop() {
    std::deque<std::function<void()>> dropped;
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
        dropped.swap(queue_);
    }
    has_work_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool PasswordDesk::submit(std::function<void()> job) {
    {
        std::lock_guard const lock(mutex_);
        if (is_stopping_ || queue_.size() >= waiting_max_) {
            refused_.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
        queue_.push_back(std::move(job));
        waiting_.store(queue_.size(), std::memory_order_relaxed);
    }
    has_work_.notify_one();
    return true;
}

void PasswordDesk::run() {
    pthread_setname_np(pthread_self(), "passwords");
    std::unique_lock lock(mutex_);
    for (;;) {
        has_work_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
        if (is_stopping_) return;
        auto const job = std::move(queue_.front());
        queue_.pop_front();
        waiting_.store(queue_.size(), std::memory_order_relaxed);
        lock.unlock();
        job();
        lock.lock();
    }
}

}  // namespace sewa::api
