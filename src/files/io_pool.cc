#include "files/io_pool.h"

#include <pthread.h>

#include <utility>

namespace sewa::files {

IoPool::IoPool(std::size_t threads, std::size_t queue_max, char const* thread_name)
    : queue_max_(queue_max) {
    for (std::size_t i = 0; i < threads; ++i) {
        threads_.emplace_back([this] { run(); });
        pthread_setname_np(threads_.back().native_handle(), thread_name);
    }
}

bool IoPool::submit(shard::Task task) {
    {
        std::lock_guard const lock(mutex_);
        if (is_stopping_ || queue_.size() >= queue_max_) return false;
        queue_.push_back(std::move(task));
    }
    has_work_.notify_one();
    return true;
}

void IoPool::stop() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    has_work_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void IoPool::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        has_work_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        {
            auto task = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            task();
        }
        lock.lock();
    }
}

bool Strand::post(shard::Task task) {
    std::lock_guard const lock(mutex_);
    if (is_running_) {
        waiting_.push_back(std::move(task));
        return true;
    }
    if (!pool_.submit([self = shared_from_this()] { self->run(); })) return false;
    is_running_ = true;
    waiting_.push_back(std::move(task));
    return true;
}

void Strand::run() {
    std::unique_lock lock(mutex_);
    while (!waiting_.empty()) {
        {
            auto task = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            task();
        }
        lock.lock();
    }
    is_running_ = false;
}

}  // namespace sewa::files
