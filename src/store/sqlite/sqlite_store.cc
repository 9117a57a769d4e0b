#include "store/sqlite/sqlite_store.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/true_age.h"
#include "store/sqlite/data_folder.h"
#include "store/sqlite/write_queue.h"

namespace sewa::store::sqlite {

namespace {

constexpr std::int64_t kRetentionRowsPerStep = 500;
// How long a deleted text may stay in the WAL of a server that is never idle.
constexpr std::int64_t kScrubMs = 30'000;
// Commits of several writes begin at least so far apart, or half as long again as one takes.
constexpr std::chrono::microseconds kCommitSpacingMax{600};

using Steady = std::chrono::steady_clock;

void add(std::atomic<std::uint64_t>& counter, std::uint64_t value = 1) {
    counter.fetch_add(value, std::memory_order_relaxed);
}

struct Parts {
    DataFolder folder;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<ReadPool> reads;
    std::unique_ptr<Checkpointer> checkpointer;
    std::unique_ptr<StoreCounters> counters;
    std::unique_ptr<SearchIndexer> indexer;
};

class SqliteStore final : public Store {
public:
    SqliteStore(Parts parts, SqliteStoreOptions const& options, Clock const& clock,
                CommitSink& sink)
        : parts_(std::move(parts)),
          options_(options),
          clock_(clock),
          sink_(sink),
          epoch_(parts_.engine->log_state().epoch),
          counters_(*parts_.counters),
          age_(clock) {
        publish_state();
        next_retention_ = clock_.mono();
        writer_ = std::thread([this] { run(); });
    }
    ~SqliteStore() override { stop(); }

    bool submit(Write const& write) override;
    bool read(ReadJob job) override;
    LogState log_state() const override;
    StoreCounters const& counters() const override { return counters_; }
    void stop() override;

private:
    enum class Wake { kWork, kIdle, kStop };

    void run();
    Wake wait_for_work(WriteQueue& taken);
    void give_places_back(WriteQueue& taken);
    void wait_for_others(std::unique_lock<std::mutex>& lock);
    void commit_all(std::span<Write> rest);
    void commit(std::span<Write> writes);
    void publish_state();
    void remove_old_if_due();
    void truncate_wal_once();
    void tell_idle_once();
    void note_deletions(CommitBatch const& batch);
    void scrub_if_due();

    Parts parts_;
    SqliteStoreOptions const options_;
    Clock const& clock_;
    CommitSink& sink_;
    std::string const epoch_;
    std::atomic<std::int64_t> head_{0};
    std::atomic<std::int64_t> floor_{0};
    StoreCounters& counters_;

    std::mutex mutex_;
    std::condition_variable has_work_;
    WriteQueue queue_;          // Guarded by mutex_.
    bool is_waiting_ = false;   // Guarded by mutex_: the writer sleeps.
    bool is_stopping_ = false;  // Guarded by mutex_.

    Steady::time_point next_commit_;  // Writer's thread, like the next six.
    MonoMs next_retention_;
    TrueAge age_;
    std::optional<MonoMs> scrub_at_;
    bool has_old_events_ = false;
    bool is_wal_truncated_ = false;
    bool is_idle_told_ = false;
    std::thread writer_;
};

bool SqliteStore::submit(Write const& write) {
    bool wake = false;
    {
        std::lock_guard const lock(mutex_);
        auto const waiting = counters_.queue_length.load(std::memory_order_relaxed);
        if (is_stopping_ || waiting >= options_.write_queue_max) {
            add(counters_.writes_refused);
            return false;
        }
        add(counters_.queue_length);
        queue_.push(write);
        wake = is_waiting_;
        is_waiting_ = false;
    }
    if (wake) has_work_.notify_one();
    return true;
}

bool SqliteStore::read(ReadJob job) {
    bool const is_taken = parts_.reads->submit(std::move(job));
    add(is_taken ? counters_.reads : counters_.reads_refused);
    return is_taken;
}

LogState SqliteStore::log_state() const {
    return {
        epoch_, {head_.load(std::memory_order_acquire)}, {floor_.load(std::memory_order_acquire)}};
}

void SqliteStore::stop() {
    if (!writer_.joinable()) return;
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    has_work_.notify_one();
    writer_.join();
    parts_.reads->stop();  // Its jobs may ask for reads until then.
    parts_.indexer.reset();
    parts_.checkpointer.reset();
    parts_.engine->checkpoint(Database::Checkpoint::kTruncate);
}

void SqliteStore::run() {
    pthread_setname_np(pthread_self(), "writer");
    WriteQueue taken;
    for (;;) {
        switch (wait_for_work(taken)) {
            case Wake::kStop:
                return;
            case Wake::kIdle:
                parts_.engine->overwrite_refused();
                truncate_wal_once();
                tell_idle_once();
                break;
            case Wake::kWork:
                is_idle_told_ = false;
                commit_all(taken.all());
                break;
        }
        remove_old_if_due();
        scrub_if_due();
    }
}

SqliteStore::Wake SqliteStore::wait_for_work(WriteQueue& taken) {
    taken.clear();
    std::unique_lock lock(mutex_);
    is_waiting_ = true;
    std::chrono::milliseconds const patience(has_old_events_ ? 0 : options_.idle_ms);
    bool const is_woken =
        has_work_.wait_for(lock, patience, [this] { return is_stopping_ || !queue_.is_empty(); });
    is_waiting_ = false;
    if (!is_woken) {
        if (!has_old_events_) give_places_back(taken);
        return Wake::kIdle;
    }
    if (queue_.is_empty()) return Wake::kStop;
    wait_for_others(lock);
    std::swap(taken, queue_);
    return Wake::kWork;
}

// What a crowd that came at once has left behind; nothing waits, and `mutex_` is held.
void SqliteStore::give_places_back(WriteQueue& taken) {
    taken = {};
    queue_ = {};
}

// A few writes a commit, one commit after the other, keep the disk and a processor busy with
// syncs, and a message that comes while one of them is slow waits longest.
void SqliteStore::wait_for_others(std::unique_lock<std::mutex>& lock) {
    if (Steady::now() >= next_commit_) return;
    lock.unlock();
    std::this_thread::sleep_until(next_commit_);
    lock.lock();
}

void SqliteStore::commit_all(std::span<Write> rest) {
    while (!rest.empty()) {
        auto const count = std::min(rest.size(), options_.batch_max);
        commit(rest.first(count));
        rest = rest.subspan(count);
        if (parts_.checkpointer->after_commit(*parts_.engine)) add(counters_.checkpoints);
    }
}

void SqliteStore::commit(std::span<Write> writes) {
    auto const start = Steady::now();
    auto batch = parts_.engine->apply(writes);
    auto const took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - start);
    auto const took_us = static_cast<std::uint64_t>(took.count());
    if (writes.size() > 1) next_commit_ = start + std::min(took * 3 / 2, kCommitSpacingMax);
    auto const& first = batch->outcomes.front().result;
    bool const has_failed = !first && first.error().code == Errc::kUnavailable;
    add(has_failed ? counters_.commit_failures : counters_.commits);
    add(counters_.writes, writes.size());
    add(counters_.commit_us, took_us);
    if (took_us > counters_.commit_us_max.load(std::memory_order_relaxed)) {
        counters_.commit_us_max.store(took_us, std::memory_order_relaxed);
    }
    counters_.queue_length.fetch_sub(writes.size(), std::memory_order_relaxed);
    is_wal_truncated_ = false;
    publish_state();
    note_deletions(*batch);
    sink_.on_commit(std::move(batch));
    parts_.indexer->note({head_.load(std::memory_order_relaxed)});
}

void SqliteStore::publish_state() {
    auto const state = parts_.engine->log_state();
    head_.store(state.head.value, std::memory_order_release);
    floor_.store(state.floor.value, std::memory_order_release);
    counters_.wal_bytes.store(static_cast<std::uint64_t>(parts_.engine->wal_bytes()),
                              std::memory_order_relaxed);
}

void SqliteStore::remove_old_if_due() {
    if (options_.retention_ms == 0 || clock_.mono() < next_retention_) return;
    if (!age_.before(options_.retention_ms)) return;
    auto const step = parts_.engine->prune(options_.retention_ms, kRetentionRowsPerStep);
    has_old_events_ = step && step->has_more;
    if (!has_old_events_) next_retention_ = clock_.mono() + options_.retention_interval_ms;
    is_wal_truncated_ = false;
    publish_state();
    if (parts_.checkpointer->after_commit(*parts_.engine)) add(counters_.checkpoints);
}

void SqliteStore::note_deletions(CommitBatch const& batch) {
    if (scrub_at_) return;
    bool const has_deleted =
        std::any_of(batch.events.begin(), batch.events.end(), [](Event const& event) {
            return event.kind == EventKind::kMessageDeleted && !event.only_for;
        });
    if (has_deleted) scrub_at_ = clock_.mono() + kScrubMs;
}

// Deleted texts leave the WAL, too (M-7): where nobody writes, at once; else after a while.
void SqliteStore::truncate_wal_once() {
    if (is_wal_truncated_ || has_old_events_) return;
    is_wal_truncated_ = parts_.engine->checkpoint_waiting(Database::Checkpoint::kTruncate, 0);
    if (is_wal_truncated_) scrub_at_.reset();
    publish_state();
}

void SqliteStore::tell_idle_once() {
    if (has_old_events_ || std::exchange(is_idle_told_, true)) return;
    if (options_.on_idle) options_.on_idle();
}

void SqliteStore::scrub_if_due() {
    if (!scrub_at_ || clock_.mono() < *scrub_at_) return;
    scrub_at_.reset();
    parts_.checkpointer->empty_soon();
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(SqliteStoreOptions const& options,
                                                 Clock const& clock, Random& random,
                                                 CommitSink& sink) {
    SEWA_TRY(auto folder, DataFolder::open(options.folder));
    auto const path = folder.database_path();
    SEWA_TRY(auto engine, Engine::open(path, clock, random, options.engine));
    auto counters = std::make_unique<StoreCounters>();
    // Before the readers, who open the file that it makes.
    auto reads_options = options.reads;
    reads_options.reader.search_index = folder.search_path();
    SEWA_TRY(auto indexer,
             SearchIndexer::open(path, folder.search_path(), options.search, *counters));
    SEWA_TRY(auto reads, ReadPool::open(path, reads_options));
    SEWA_TRY(auto checkpointer, Checkpointer::open(path, options.checkpoint));
    return std::make_unique<SqliteStore>(
        Parts{std::move(folder), std::move(engine), std::move(reads), std::move(checkpointer),
              std::move(counters), std::move(indexer)},
        options, clock, sink);
}

}  // namespace sewa::store::sqlite
