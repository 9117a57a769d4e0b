#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "store/sqlite/engine.h"
#include "store/store.h"
#include "trace.h"
#include "weather.h"

namespace sewa::simulation {

// The real engine and a real reader on a database in memory, with the threads replaced by steps
// that the world takes when it likes: apply some of the queued writes, hand a batch to one shard,
// run a read. Between any two of them the server may die.
class SimStore final : public store::Store {
public:
    struct Parts {
        std::string path;
        Clock const& clock;
        Random& random;
        Weather const& weather;
        Trace& trace;
    };
    explicit SimStore(Parts parts);

    bool submit(store::Write const& write) override;
    bool read(store::ReadJob job) override;
    store::LogState log_state() const override { return engine_->log_state(); }
    store::StoreCounters const& counters() const override { return counters_; }
    void stop() override {}

    bool has_writes() const { return !writes_.empty(); }
    bool has_reads() const { return !reads_.empty(); }
    void apply(bool disk_fails);
    void run_read();
    // Batches that shard has not been given yet.
    bool has_batch_for(std::size_t shard) const { return !committed_[shard].empty(); }
    store::CommitBatchPtr take_batch(std::size_t shard);

    store::sqlite::Engine& engine() { return *engine_; }
    store::Reader& reader() { return *reader_; }

private:
    store::CommitBatchPtr failed(std::vector<store::Write> const& writes) const;

    Parts const parts_;
    std::unique_ptr<store::sqlite::Engine> engine_;
    std::unique_ptr<store::Reader> reader_;
    store::StoreCounters counters_;
    std::deque<store::Write> writes_;
    std::deque<store::ReadJob> reads_;
    std::vector<std::deque<store::CommitBatchPtr>> committed_;
};

}  // namespace sewa::simulation
