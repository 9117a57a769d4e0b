#include "store/sqlite/read_pool.h"

namespace sewa::store::sqlite {

Result<std::unique_ptr<ReadPool>> ReadPool::open(std::string const& path,
                                                 ReadPoolOptions const& options) {
    std::unique_ptr<ReadPool> pool(new ReadPool(options.queue_max));
    for (std::size_t i = 0; i < options.threads; ++i) {
        SEWA_TRY(auto reader, open_reader(path, options.reader));
        pool->readers_.push_back(std::move(reader));
    }
    for (auto const& reader : pool->readers_) {
        pool->threads_.emplace_back([raw = pool.get(), &reader] { raw->run(*reader); });
    }
    return pool;
}

void ReadPool::stop() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    has_work_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    readers_.clear();
}

bool ReadPool::submit(ReadJob job) {
    {
        std::lock_guard const lock(mutex_);
        if (is_stopping_ || queue_.size() >= queue_max_) return false;
        queue_.push_back(std::move(job));
    }
    has_work_.notify_one();
    return true;
}

void ReadPool::run(Reader& reader) {
    for (;;) {
        ReadJob job;
        {
            std::unique_lock lock(mutex_);
            has_work_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            job = std::move(queue_.front());
            queue_.pop_front();
        }
        job(reader);
    }
}

}  // namespace sewa::store::sqlite
