#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/random.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/read_pool.h"
#include "store/sqlite/search_indexer.h"
#include "store/store.h"

namespace sewa::store::sqlite {

struct SqliteStoreOptions {
    std::string folder;
    EngineOptions engine;
    ReadPoolOptions reads;
    CheckpointOptions checkpoint;
    SearchOptions search;
    std::size_t batch_max = 512;  // Writes in one transaction.
    std::size_t write_queue_max = 65'536;
    std::int64_t retention_ms = std::int64_t{30} * 24 * 3600 * 1000;  // R-7; 0: keep everything.
    std::int64_t retention_interval_ms = 10 * 60 * 1000;
    int idle_ms = 5000;  // Without a write, until the write-ahead log is emptied.
    // Then also, on the writer's thread, once until something is written again. For what may take a
    // moment: a write that comes meanwhile waits.
    std::function<void()> on_idle;
};

// A Store in one folder: Engine on a writer thread, which takes all that waits into one
// transaction; one that follows a commit of several writes begins up to 0.6 ms after that one
// began. Reads run on a pool, checkpoints and the search index on threads of their own.
//
// The clock, the random source and the sink outlive it. Refuses to open, with words for people: a
// folder in use, a folder it cannot write, a newer schema, another program's database.
Result<std::unique_ptr<Store>> open_sqlite_store(SqliteStoreOptions const& options,
                                                 Clock const& clock, Random& random,
                                                 CommitSink& sink);

}  // namespace sewa::store::sqlite
