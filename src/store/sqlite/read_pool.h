#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "store/sqlite/reader.h"
#include "store/store.h"

namespace sewa::store::sqlite {

struct ReadPoolOptions {
    ReaderOptions reader;
    std::size_t threads = 2;
    std::size_t queue_max = 10'000;
};

// Threads that run read jobs, each on its own connection. Any-thread. Refuses what comes while
// `queue_max` jobs wait. Stopping it runs what waits, then joins; it takes nothing from then on.
class ReadPool {
public:
    static Result<std::unique_ptr<ReadPool>> open(std::string const& path,
                                                  ReadPoolOptions const& options);
    ~ReadPool() { stop(); }

    [[nodiscard]] bool submit(ReadJob job);
    // Not from a job.
    void stop();

private:
    explicit ReadPool(std::size_t queue_max) : queue_max_(queue_max) {}
    void run(Reader& reader);

    std::size_t const queue_max_;
    std::vector<std::unique_ptr<Reader>> readers_;
    std::mutex mutex_;
    std::condition_variable has_work_;
    std::deque<ReadJob> queue_;  // Guarded by mutex_.
    bool is_stopping_ = false;   // Guarded by mutex_.
    std::vector<std::thread> threads_;
};

}  // namespace sewa::store::sqlite
