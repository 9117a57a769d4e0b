#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "net/connection.h"
#include "net/net_counters.h"
#include "net/out_queue.h"

namespace sewa::net {

// All connections of one shard, and what they share: the read buffer, the pool of output chunks,
// the list of connections to flush.
//
// Shard-local but for `counters`. Slots are reused and never given back, so memory follows the
// largest number of connections there has been; `connections_max` bounds it. Destruction drops
// the connections without `on_closed`; call `abort_all` and turn the loop before for that.
class ConnectionTable final : private shard::TurnHook, private shard::Timer {
public:
    ConnectionTable(shard::Loop& loop, ConnectionOptions options, std::size_t connections_max);
    ~ConnectionTable();
    ConnectionTable(ConnectionTable const&) = delete;
    ConnectionTable& operator=(ConnectionTable const&) = delete;

    // Takes over a connected, non-blocking socket. Fails when the table is full or the kernel
    // will not watch one more; the socket is closed then.
    Result<Connection*> adopt(Socket socket, std::unique_ptr<Protocol> protocol);

    // Null when the connection has closed.
    Connection* find(ConnectionHandle handle);

    void for_each(std::function<void(Connection&)> const& visit);
    void abort_all();

    std::size_t size() const { return size_; }
    shard::Loop& loop() { return loop_; }
    ConnectionOptions const& options() const { return options_; }
    NetCounters& counters() { return counters_; }

private:
    friend class Connection;

    static constexpr std::size_t kBlockSlots = 256;
    static constexpr std::size_t kReadBytes = 64 * 1024;
    static constexpr std::size_t kGatherMax = 512;
    static constexpr std::int64_t kTrimMs = 1000;

    using Block = std::array<Connection, kBlockSlots>;

    void on_turn_end(shard::TurnStage stage) override;
    void on_timer(MonoMs now) override;
    void present_again();
    void finish_closed();
    void flush_dirty();
    Connection& at(std::uint32_t slot) {
        return (*blocks_[slot / kBlockSlots])[slot % kBlockSlots];
    }
    Connection& take_slot();

    shard::Loop& loop_;
    ConnectionOptions const options_;
    std::size_t const connections_max_;
    std::vector<std::unique_ptr<Block>> blocks_;
    std::vector<std::uint32_t> free_slots_;
    std::size_t size_ = 0;
    std::vector<Connection*> dirty_;
    std::vector<Connection*> flushing_;
    std::vector<Connection*> again_;    // Have input that no readiness announces.
    std::vector<Connection*> closing_;  // Closed in this turn.
    std::vector<std::unique_ptr<Protocol>> retired_;
    std::vector<char> read_buffer_;
    std::array<iovec, kGatherMax> parts_;
    NetCounters counters_;
    OutQueuePool queues_;
    [[no_unique_address]] ShardAffine affinity_;
};

}  // namespace sewa::net
