#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/clock.h"
#include "core/random.h"
#include "store/sqlite/log_writer.h"
#include "store/store.h"

namespace sewa::store::sqlite {

struct EngineOptions {
    WriterLimits limits;
    std::int64_t cache_bytes = 64 << 20;
    int busy_timeout_ms = 2000;
    LinkSigner const* links = nullptr;  // Outlives the engine; null: links need a login.
};

// The log's one writer: applies commands, one transaction per batch, and nothing else. No threads
// and no waiting but for the disk; the same clock, random source and batches give the same file.
//
// Not synchronised; SqliteStore runs it on its writer thread. Destroying it at any moment is a
// crash that loses nothing acknowledged. Memory is bounded by EngineOptions and the batch.
class Engine {
public:
    // `path`: a file, or "file:/name?vfs=memdb" for a database that lives while a connection does.
    static Result<std::unique_ptr<Engine>> open(std::string const& path, Clock const& clock,
                                                Random& random, EngineOptions const& options = {});
    ~Engine();

    // Commits the batch: an outcome for each write, in order. A refused command leaves the others
    // alone. When the disk fails, nothing is stored and every outcome is `unavailable`.
    CommitBatchPtr apply(std::span<Write> writes);

    LogState log_state() const { return state_; }

    // Tries again to take what a refused batch left in the WAL away; `apply` has tried once. Cheap
    // when there is nothing.
    void overwrite_refused();

    // removes events that are no messages and older than `retention_ms`. Looks at no more than
    // `rows_max` rows; `has_more` asks to be called again.
    struct Pruned {
        std::int64_t events = 0;
        bool has_more = false;
    };
    Result<Pruned> prune(std::int64_t retention_ms, std::int64_t rows_max = 2000);

    // Copies the WAL into the file. True: all of it was copied, so that the next commit begins at
    // the WAL's start if no reader is inside it.
    bool checkpoint(Database::Checkpoint mode = Database::Checkpoint::kPassive);
    // The same, waiting for readers at most so long.
    bool checkpoint_waiting(Database::Checkpoint mode, int wait_ms);
    std::int64_t wal_bytes() const;
    std::int64_t wal_frames() const { return db_->wal_frames(); }

    // Why the last batch, prune or checkpoint failed; for the log.
    std::string const& last_failure() const { return last_failure_; }

private:
    struct Commands;

    Engine(std::unique_ptr<Database> db, Clock const& clock, EngineOptions const& options);
    Status load_state();
    bool run_transaction(std::span<Write> writes, CommitBatch& batch, std::vector<bool>& broken);
    bool commit();
    void roll_back();
    Result<Receipt> run(Command const& command);
    std::shared_ptr<CommitBatch> failed_batch(std::span<Write> writes) const;

    std::unique_ptr<Database> db_;
    Clock const& clock_;
    EngineOptions const options_;
    LogState state_;
    bool has_refused_ = false;  // A refused batch may be whole in the WAL.
    std::string last_failure_;
    std::unique_ptr<LogWriter> log_;
    std::unique_ptr<Commands> commands_;
};

}  // namespace sewa::store::sqlite
