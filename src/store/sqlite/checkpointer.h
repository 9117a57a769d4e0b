#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "store/sqlite/engine.h"

namespace sewa::store::sqlite {

struct CheckpointOptions {
    std::int64_t wal_bytes_soft = 64 << 20;   // Copying begins.
    std::int64_t wal_bytes_hard = 192 << 20;  // The writer waits for readers.
    int reader_wait_ms = 50;                  // How long, each time.
};

// Keeps the WAL short without stalling commits.
//
// A thread with its own connection copies the WAL into the file while the writer goes on. What was
// written meanwhile is little: `after_commit` copies it on the writer's thread, so that for a
// moment everything is copied, and the next commit starts the WAL anew if no reader is inside it.
// Above `wal_bytes_hard`, because copying is slow or a reader stays inside, the writer waits for
// the copy and up to `reader_wait_ms` for readers; those that come during the wait read the file
// and hold nothing. Only a single read call longer than that can make the WAL longer.
class Checkpointer {
public:
    static Result<std::unique_ptr<Checkpointer>> open(std::string const& path,
                                                      CheckpointOptions const& options);
    ~Checkpointer();

    // On the writer's thread, after each commit. True: a whole checkpoint was completed.
    bool after_commit(Engine& engine);

    // On the writer's thread: the next whole checkpoint comes soon, however short the WAL is, and
    // leaves an empty file, because texts that were deleted are still in it.
    void empty_soon();

private:
    enum class State { kIdle, kCopying, kCopied };

    Checkpointer(std::unique_ptr<Database> db, CheckpointOptions const& options);
    void run();
    void copy_most();
    bool is_due(std::int64_t wal_bytes);
    bool finish(Engine& engine, std::int64_t wal_bytes);
    void request_copy();
    void wait_for_copy();

    std::unique_ptr<Database> db_;
    CheckpointOptions const options_;
    std::int64_t next_attempt_bytes_;  // Writer's thread, like the next.
    bool must_empty_ = false;
    std::atomic<State> state_{State::kIdle};
    std::atomic<std::int64_t> wal_frames_{0};
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable copied_;
    bool is_stopping_ = false;  // Guarded by mutex_.
    std::thread thread_;
};

}  // namespace sewa::store::sqlite
