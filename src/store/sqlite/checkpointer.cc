#include "store/sqlite/checkpointer.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sewa::store::sqlite {

namespace {

constexpr int kPassesMax = 8;
constexpr std::int64_t kFramesLeftToWriter = 64;
constexpr std::int64_t kGrowthBeforeEmptying = 1 << 20;
constexpr int kNiceness = 10;

// Copying is never urgent before the hard limit; where cores are few it would delay commits. On
// Linux niceness belongs to the thread. A refusal changes nothing but latency.
void yield_to_commits() {
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
}

}  // namespace

Result<std::unique_ptr<Checkpointer>> Checkpointer::open(std::string const& path,
                                                         CheckpointOptions const& options) {
    SEWA_TRY(auto db, Database::open({.path = path,
                                      .access = Access::kCheckpoint,
                                      .cache_bytes = 1 << 20,
                                      .busy_timeout_ms = 0}));
    return std::unique_ptr<Checkpointer>(new Checkpointer(std::move(db), options));
}

Checkpointer::Checkpointer(std::unique_ptr<Database> db, CheckpointOptions const& options)
    : db_(std::move(db)),
      options_(options),
      next_attempt_bytes_(options.wal_bytes_soft),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Checkpointer::empty_soon() {
    must_empty_ = true;
    next_attempt_bytes_ = 0;
}

bool Checkpointer::is_due(std::int64_t wal_bytes) {
    if (wal_bytes < options_.wal_bytes_soft && !must_empty_) {
        next_attempt_bytes_ = options_.wal_bytes_soft;
        return false;
    }
    return wal_bytes >= next_attempt_bytes_;
}

bool Checkpointer::after_commit(Engine& engine) {
    auto const wal = engine.wal_bytes();
    wal_frames_.store(engine.wal_frames(), std::memory_order_relaxed);
    if (!is_due(wal)) return false;
    bool const must_stop = wal >= options_.wal_bytes_hard;
    if (must_stop) wait_for_copy();
    auto const state = state_.load(std::memory_order_acquire);
    if (state == State::kCopying) return false;
    if (state == State::kIdle && !must_stop) {
        request_copy();
        return false;
    }
    state_.store(State::kIdle, std::memory_order_relaxed);
    return finish(engine, wal);
}

// Where a reader prevents the new start, the next attempt waits for some growth: each one costs a
// sync of the file.
bool Checkpointer::finish(Engine& engine, std::int64_t wal_bytes) {
    if (must_empty_) {
        next_attempt_bytes_ = wal_bytes + kGrowthBeforeEmptying;
        must_empty_ =
            !engine.checkpoint_waiting(Database::Checkpoint::kTruncate, options_.reader_wait_ms);
        return !must_empty_;
    }
    next_attempt_bytes_ = wal_bytes + options_.wal_bytes_soft / 2;
    if (wal_bytes < options_.wal_bytes_hard) return engine.checkpoint();
    return engine.checkpoint_waiting(Database::Checkpoint::kRestart, options_.reader_wait_ms);
}

void Checkpointer::request_copy() {
    {
        std::lock_guard const lock(mutex_);
        state_.store(State::kCopying, std::memory_order_relaxed);
    }
    wake_.notify_one();
}

// The disk takes commits faster than copies: the writer must not run away.
void Checkpointer::wait_for_copy() {
    std::unique_lock lock(mutex_);
    copied_.wait(lock,
                 [this] { return state_.load(std::memory_order_relaxed) != State::kCopying; });
}

// Each pass copies what was written during the one before, so that the rest, for which commits
// wait, is small.
void Checkpointer::copy_most() {
    for (int pass = 0; pass < kPassesMax; ++pass) {
        auto const state = db_->checkpoint(Database::Checkpoint::kPassive);
        if (!state.is_ok || state.copied < state.frames) return;
        auto const rest = wal_frames_.load(std::memory_order_relaxed) - state.copied;
        if (rest <= kFramesLeftToWriter) return;
    }
}

void Checkpointer::run() {
    pthread_setname_np(pthread_self(), "checkpoint");
    yield_to_commits();
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] {
                return is_stopping_ || state_.load(std::memory_order_relaxed) == State::kCopying;
            });
            if (is_stopping_) return;
        }
        copy_most();
        {
            std::lock_guard const lock(mutex_);
            state_.store(State::kCopied, std::memory_order_release);
        }
        copied_.notify_one();
    }
}

}  // namespace sewa::store::sqlite
