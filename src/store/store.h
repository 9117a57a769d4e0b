#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "store/read.h"
#include "store/write.h"

namespace sewa::store {

// Receives every batch, on the store's writer thread, in commit order. Must not block.
class CommitSink {
public:
    virtual ~CommitSink() = default;
    virtual void on_commit(CommitBatchPtr batch) = 0;
};

// Relaxed atomics, written by the store, read at scrape.
struct StoreCounters {
    std::atomic<std::uint64_t> commits{0};
    std::atomic<std::uint64_t> commit_failures{0};
    std::atomic<std::uint64_t> writes{0};
    std::atomic<std::uint64_t> writes_refused{0};  // Queue full.
    std::atomic<std::uint64_t> reads{0};
    std::atomic<std::uint64_t> reads_refused{0};
    std::atomic<std::uint64_t> commit_us{0};  // Sum over all commits.
    std::atomic<std::uint64_t> commit_us_max{0};
    std::atomic<std::uint64_t> queue_length{0};
    std::atomic<std::uint64_t> checkpoints{0};
    std::atomic<std::uint64_t> wal_bytes{0};
    std::atomic<std::uint64_t> indexed_to{0};  // Position up to which messages can be found.
    std::atomic<std::uint64_t> index_failures{0};
};

using ReadJob = std::function<void(Reader&)>;

// Durable state: the event log and its projections. Any-thread: implementations queue to their own
// threads. Rules ST-1 … are what store/contract_test.h runs against every implementation.
//
// ST-1  An outcome without error is on disk: it survives a crash of the process and of the machine.
// ST-2  The same client_msg_id of one sender in one conversation stores once: the same body returns
//       the first receipt with `duplicate`, another body is `conflict`; across restarts.
// ST-3  conv_seq is dense from 1 per conversation, pos ascends over all batches, in commit order.
// ST-4  A failed write stores nothing; a failed transaction fails all its writes with `unavailable`
//       and later writes work again when the disk does.
// ST-7  Batches reach the sink in commit order, each once, before any read can see a later batch
//       answered as a write.
class Store {
public:
    virtual ~Store() = default;

    // Queues a copy of the write; its outcome arrives at the sink. False: the queue is full,
    // nothing was queued, answer `unavailable`.
    [[nodiscard]] virtual bool submit(Write const& write) = 0;

    // Runs `job` on a pool thread. False: too many wait; answer `unavailable`.
    [[nodiscard]] virtual bool read(ReadJob job) = 0;

    // Epoch and floor; head as of the last batch. Cheap, any-thread.
    virtual LogState log_state() const = 0;

    virtual StoreCounters const& counters() const = 0;

    // Commits what is queued, then ends the threads. No submit or read may follow.
    virtual void stop() = 0;
};

}  // namespace sewa::store
