#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/shared_frame.h"
#include "net/address.h"
#include "net/socket.h"
#include "shard/loop.h"
#include "shard/shard_affine.h"

namespace sewa::net {

class Connection;
class ConnectionTable;
class OutQueue;
struct OutPiece;

// What speaks on a connection: HTTP, then perhaps WebSocket. Shard-local; owned by its Connection,
// destroyed at the end of the turn in which the connection closed or was upgraded.
class Protocol {
public:
    virtual ~Protocol() = default;

    // Once, before anything else: the connection was accepted or upgraded to this protocol.
    virtual void on_open(Connection&) {}

    // Returns how many bytes were consumed. The rest is kept (`ConnectionOptions::input_bytes_max`)
    // and presented again with more bytes behind it. `bytes` may be modified in place and is gone
    // after the call.
    virtual std::size_t on_bytes(Connection& connection, std::span<char> bytes) = 0;

    // How much one read may bring, for protocols that keep what they are given.
    virtual std::size_t read_bytes_max() const { return SIZE_MAX; }

    // The queue fell below the low-water mark after having been above it.
    virtual void on_drained(Connection&) {}

    // Exactly once for the protocol that the connection has when it closes, at the end of that
    // turn, whoever closed it. The connection sends nothing any more.
    virtual void on_closed(Connection&) {}
};

// Names a connection across threads and time. Results of asynchronous work come back with it to
// `ConnectionTable::find` on that shard; the connection may be gone by then.
struct ConnectionHandle {
    ShardId shard = kNoShard;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;

    friend bool operator==(ConnectionHandle const&, ConnectionHandle const&) = default;
};

// Frames that may be dropped for a slow reader, in the order in which they go.
enum class EphemeralKind : std::uint8_t { kPresence, kTyping, kReceipt };
inline constexpr std::size_t kEphemeralKinds = 3;

struct ConnectionOptions {
    // Waiting output. Each entry counts 64 bytes besides its own, so that many tiny ones are
    // bounded too. File contents are not held and do not count.
    std::size_t queue_bytes_max = 256 * 1024;
    std::size_t queue_low_water_bytes = 64 * 1024;
    // Input that the protocol has not consumed.
    std::size_t input_bytes_max = 128 * 1024;
    // A peer that takes no byte for so long is gone.
    std::int64_t write_stall_ms_max = 30'000;
    // How long the peer has to close after `close_after_flush`.
    std::int64_t linger_ms_max = 2'000;
};

// One accepted socket and the Protocol on it.
//
// Shard-local; lives in a ConnectionTable, at a stable address until the end of the turn in which
// it closes. 88 bytes, and nothing else while it is idle: input is read into the shard's
// buffer, output waits in pooled chunks. What is sent in a turn leaves in one system call at the
// end of that turn. After it closed (`is_open()` false), everything that is sent is discarded.
class Connection final : private shard::FdHandler {
public:
    // Queues a frame that must not be lost. False when the queue would pass its limit even after
    // all ephemeral frames were shed: nothing is queued then, and the caller closes with 4009.
    [[nodiscard]] bool send(SharedFrame frame);

    // Queues a frame that may be shed; false when this one was. With a `coalesce_key` that is not
    // 0, replaces a queued frame of the same kind and key in place.
    bool send_ephemeral(SharedFrame frame, EphemeralKind kind, std::uint64_t coalesce_key);

    // For HTTP and control frames. A single piece may be of any size on a queue that is below its
    // limit; false, and nothing queued, when it is not.
    bool send_bytes(std::string_view bytes);
    bool send_owned(std::string bytes);

    // Sends `length` bytes of a regular file after what is queued, a piece per turn. A file that
    // turns out shorter aborts the connection.
    bool send_file(UniqueFd file, std::uint64_t offset, std::uint64_t length);

    // The next bytes, the unconsumed ones first, go to `next`. The old protocol lives until the
    // end of the turn, without `on_closed`.
    void upgrade(std::unique_ptr<Protocol> next);
    Protocol& protocol() { return *protocol_; }

    // Sends what is queued, ends the stream, and drops the input until the peer closes too.
    void close_after_flush();
    // Closes at the end of the turn; what is queued is lost.
    void abort();
    // False from `abort` or the peer's end on.
    bool is_open() const { return state_ != State::kClosed; }

    // Back-pressure. While paused nothing is read; `resume_reading` presents kept bytes again.
    void pause_reading();
    void resume_reading();

    std::size_t queued_bytes() const;
    Address const& remote_address() const { return remote_; }
    bool is_tls() const { return socket_.is_tls(); }
    ConnectionHandle handle() const;
    ConnectionTable& table() { return *table_; }
    shard::Loop& loop();

private:
    friend class ConnectionTable;

    enum class State : std::uint8_t { kClosed, kOpen, kFlushing, kLingering };

    struct Input {  // Bytes that the protocol left over.
        std::size_t size;
        std::size_t capacity;
        char* bytes() { return reinterpret_cast<char*>(this + 1); }
    };

    void on_ready(std::uint32_t events) override;
    void read();
    void read_into_shard_buffer();
    void read_behind_kept();
    bool received(IoResult result);
    void end_of_input();
    std::size_t present(std::span<char> bytes);
    void present_kept();
    void discard_input();
    void keep(std::span<char const> bytes);
    bool grow_kept();
    void drop_from_kept(std::size_t consumed);
    void free_kept();
    void schedule_again();

    void open(Socket socket, Address const& remote, std::unique_ptr<Protocol> protocol);
    void close_now();
    OutQueue& queue();
    bool queued(bool fitted);
    bool send_piece(std::unique_ptr<OutPiece> piece);
    void flush();
    bool write_once();
    void blocked();
    void all_written();
    void check_low_water();
    void update_watch();
    friend class OutDeadline;
    void deadline_passed();

    ConnectionTable* table_ = nullptr;
    [[no_unique_address]] Socket socket_;  // What follows lies in its padding.
    std::uint32_t slot_ = 0;
    std::unique_ptr<Protocol> protocol_;
    OutQueue* out_ = nullptr;  // Null while nothing waits.
    Input* kept_ = nullptr;    // Null while nothing was left over.
    Address remote_;
    State state_ = State::kClosed;
    bool is_dirty_ = false;  // In the table's list of connections to flush.
    bool is_again_ = false;  // In the table's list of connections with unseen input.
    bool is_paused_ = false;
    bool is_presenting_ = false;  // `on_bytes` is on the stack.
    bool is_above_low_water_ = false;
    bool is_blocked_ = false;           // The kernel took less than there was.
    bool reads_when_writable_ = false;  // TLS.
    std::uint8_t watched_ = 0;          // The events that epoll reports.
    std::uint32_t generation_ = 0;
};

static_assert(sizeof(Connection) <= 88);

}  // namespace sewa::net
