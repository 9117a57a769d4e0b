#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/shared_frame.h"
#include "net/net_counters.h"
#include "net/socket.h"
#include "shard/timer_wheel.h"

namespace sewa::net {

class Connection;
class OutQueuePool;
enum class EphemeralKind : std::uint8_t;

// Output that is no shared frame: bytes of its own, or part of a file.
struct OutPiece {
    std::string bytes;
    UniqueFd file;
    std::uint64_t offset = 0;
    std::uint64_t remaining = 0;
};

struct OutEntry {
    SharedFrame frame;
    std::unique_ptr<OutPiece> piece;
    std::uint64_t coalesce_key = 0;
    std::uint8_t kind = 0xFF;  // EphemeralKind, or kDurable.

    bool is_file() const { return piece != nullptr && piece->file; }
    std::string_view bytes() const;
    std::size_t charge() const;
};

// Closes a connection whose peer takes nothing, or does not close.
class OutDeadline final : public shard::Timer {
public:
    Connection* connection = nullptr;

private:
    void on_timer(MonoMs now) override;
};

// What waits to be written to one connection.
//
// Shard-local; taken from the pool while there is something to write. Order: first in, first out;
// `push_ephemeral` may replace in place, which is the only reordering. Bounded by the pool's
// `bytes_max`, where each entry counts 64 bytes besides its own. Bytes that the socket has seen
// (a frame half written, a TLS record to be retried) are pinned: neither shed nor replaced.
class OutQueue {
public:
    explicit OutQueue(OutQueuePool& pool) : pool_(pool) {}
    ~OutQueue();
    OutQueue(OutQueue const&) = delete;
    OutQueue& operator=(OutQueue const&) = delete;

    // Sheds ephemeral frames as needed: presence, then typing, then receipts. False when it does
    // not fit even so; an empty queue takes a frame of any size.
    [[nodiscard]] bool push(SharedFrame frame);
    // Sheds only kinds that go before `kind`. False when there is no room.
    [[nodiscard]] bool push_ephemeral(SharedFrame frame, EphemeralKind kind, std::uint64_t key);
    // False when the queue is at its limit already.
    [[nodiscard]] bool push_piece(std::unique_ptr<OutPiece> piece);

    bool is_empty() const { return head_ == tail_; }
    // Bytes and 64 for each entry.
    std::size_t charge() const { return charge_; }

    // The first bytes, up to the next file; empty when a file is next.
    std::span<iovec> gather(std::span<iovec> parts) const;
    OutPiece* front_file() const;
    // Bytes that were written: removes what they complete.
    void consume(std::size_t bytes);
    // The next `bytes` must be presented to the socket again as they are.
    void pin(std::size_t bytes) { pinned_ = bytes; }

    OutDeadline deadline;

private:
    friend class OutQueuePool;
    static constexpr std::size_t kInlineEntries = 8;
    static constexpr std::uint8_t kDurable = 0xFF;

    void add_charge(std::size_t bytes);
    void drop_charge(std::size_t bytes);
    bool fits(std::size_t charge) const;
    bool make_room(std::size_t charge, std::size_t kinds);
    void shed(std::uint8_t kind);
    bool replace(SharedFrame& frame, std::uint8_t kind, std::uint64_t key);
    std::size_t first_unpinned() const;
    void append(OutEntry entry);
    void make_space();
    void pop_front();
    void clear();
    std::size_t spare_capacity() const;  // Entries beyond the inline ones.
    void shrink();

    OutQueuePool& pool_;
    std::array<OutEntry, kInlineEntries> inline_;
    OutEntry* entries_ = inline_.data();
    std::uint32_t capacity_ = kInlineEntries;
    std::uint32_t head_ = 0;
    std::uint32_t tail_ = 0;
    std::array<std::uint32_t, 3> ephemeral_{};  // Entries by kind.
    std::size_t charge_ = 0;
    std::size_t front_offset_ = 0;  // Bytes of the first entry that are written.
    std::size_t pinned_ = 0;
};

// Queues of one shard that are not in use, so that a delivery allocates nothing in steady state.
// `trim` gives back those that were not needed since it was called last. Keeps at most `kKeptMax`,
// which keep the space that bursts gave them while all of it is below `kSpareEntriesMax` entries.
class OutQueuePool {
public:
    OutQueuePool(std::size_t bytes_max, NetCounters& counters);

    OutQueue& take();
    void give_back(OutQueue& queue);
    // False when nothing is kept any more.
    bool trim();

private:
    friend class OutQueue;
    static constexpr std::size_t kKeptMax = 4096;
    static constexpr std::size_t kSpareEntriesMax = 1 << 17;

    std::unique_ptr<OutQueue> pop();

    std::size_t const bytes_max_;
    NetCounters& counters_;
    std::size_t spare_kept_ = 0;
    std::size_t unused_ = 0;  // The fewest in `free_` since the last trim.
    std::vector<std::unique_ptr<OutQueue>> free_;
};

}  // namespace sewa::net
