#include "sim_store.h"

#include <algorithm>
#include <utility>

#include "core/assert.h"
#include "store/sqlite/reader.h"

namespace sewa::simulation {

namespace {

constexpr std::size_t kPoolThreads = 2;

}  // namespace

SimStore::SimStore(Parts parts)
    : parts_(parts), committed_(static_cast<std::size_t>(parts.weather.shards)) {
    store::sqlite::EngineOptions options;
    options.cache_bytes = 1 << 20;
    auto engine = store::sqlite::Engine::open(parts_.path, parts_.clock, parts_.random, options);
    if (!engine) parts_.trace.complain("the store does not open: {}", engine.error().message);
    SEWA_ASSERT(engine);
    engine_ = *std::move(engine);
    store::sqlite::ReaderOptions reader_options;
    reader_options.cache_bytes = 1 << 20;
    reader_options.mmap_bytes = 0;
    auto reader = store::sqlite::open_reader(parts_.path, reader_options);
    SEWA_ASSERT(reader);
    reader_ = *std::move(reader);
}

bool SimStore::submit(store::Write const& write) {
    if (writes_.size() >= parts_.weather.writes_queued_max) return false;
    writes_.push_back(write);
    return true;
}

bool SimStore::read(store::ReadJob job) {
    if (reads_.size() >= parts_.weather.reads_queued_max) return false;
    reads_.push_back(std::move(job));
    return true;
}

void SimStore::apply(bool disk_fails) {
    auto const count = std::min(writes_.size(), 1 + parts_.random.below(parts_.weather.batch_max));
    std::vector<store::Write> writes;
    for (std::size_t i = 0; i < count; ++i) {
        writes.push_back(std::move(writes_.front()));
        writes_.pop_front();
    }
    auto const batch = disk_fails ? failed(writes) : engine_->apply(writes);
    parts_.trace.note("store: {} writes, {} events, head {}{}", count, batch->events.size(),
                      batch->head.value, disk_fails ? ", disk failed" : "");
    for (auto& queue : committed_) queue.push_back(batch);
}

store::CommitBatchPtr SimStore::failed(std::vector<store::Write> const& writes) const {
    auto batch = std::make_shared<store::CommitBatch>();
    batch->head = engine_->log_state().head;
    for (auto const& write : writes) {
        batch->outcomes.push_back(
            {write.origin, fail(Errc::kUnavailable, "the disk failed"), 0, 0});
    }
    return batch;
}

void SimStore::run_read() {
    auto const index = parts_.random.below(std::min(reads_.size(), kPoolThreads));
    auto const at = reads_.begin() + static_cast<std::ptrdiff_t>(index);
    auto const job = std::move(*at);
    reads_.erase(at);
    parts_.trace.note("store: read, {} wait", reads_.size());
    job(*reader_);
}

store::CommitBatchPtr SimStore::take_batch(std::size_t shard) {
    auto batch = std::move(committed_[shard].front());
    committed_[shard].pop_front();
    return batch;
}

}  // namespace sewa::simulation
