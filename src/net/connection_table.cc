#include "net/connection_table.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "core/assert.h"

namespace sewa::net {

ConnectionTable::ConnectionTable(shard::Loop& loop, ConnectionOptions options,
                                 std::size_t connections_max)
    : loop_(loop),
      options_(options),
      connections_max_(connections_max),
      read_buffer_(kReadBytes),
      queues_(options.queue_bytes_max, counters_) {
    loop_.add_hook(shard::TurnStage::kInput, *this);
    loop_.add_hook(shard::TurnStage::kFlush, *this);
}

ConnectionTable::~ConnectionTable() {
    for_each([](Connection& connection) { connection.abort(); });
    for (auto* connection : closing_) connection->close_now();
    loop_.remove_hook(*this);
}

Result<Connection*> ConnectionTable::adopt(Socket socket, std::unique_ptr<Protocol> protocol) {
    affinity_.assert_here();
    if (size_ == connections_max_) return fail(Errc::kUnavailable, "too many connections");
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    getpeername(socket.fd(), reinterpret_cast<sockaddr*>(&storage), &length);
    socket.set_no_delay();
    auto& connection = take_slot();
    auto const fd = socket.fd();
    if (auto watched = loop_.watch(fd, EPOLLIN, connection); !watched) {
        free_slots_.push_back(connection.slot_);
        return fail(std::move(watched).error());
    }
    ++size_;
    counters_.opened.add();
    connection.open(std::move(socket), from_sockaddr(storage), std::move(protocol));
    return &connection;
}

Connection& ConnectionTable::take_slot() {
    if (free_slots_.empty()) {
        auto const first = static_cast<std::uint32_t>(blocks_.size() * kBlockSlots);
        blocks_.push_back(std::make_unique<Block>());
        for (std::uint32_t i = kBlockSlots; i-- > 0;) {
            at(first + i).table_ = this;
            at(first + i).slot_ = first + i;
            free_slots_.push_back(first + i);
        }
    }
    auto const slot = free_slots_.back();
    free_slots_.pop_back();
    return at(slot);
}

Connection* ConnectionTable::find(ConnectionHandle handle) {
    affinity_.assert_here();
    SEWA_ASSERT(handle.shard == loop_.id());
    if (handle.slot >= blocks_.size() * kBlockSlots) return nullptr;
    auto& connection = at(handle.slot);
    bool const is_same = connection.generation_ == handle.generation && connection.is_open();
    return is_same ? &connection : nullptr;
}

void ConnectionTable::for_each(std::function<void(Connection&)> const& visit) {
    for (auto& block : blocks_) {
        for (auto& connection : *block) {
            if (connection.is_open()) visit(connection);
        }
    }
}

void ConnectionTable::abort_all() {
    for_each([](Connection& connection) { connection.abort(); });
}

void ConnectionTable::on_turn_end(shard::TurnStage stage) {
    if (stage == shard::TurnStage::kInput) {
        retired_.clear();
        present_again();
        finish_closed();
    } else {
        flush_dirty();
    }
}

void ConnectionTable::present_again() {
    std::vector<Connection*> again;
    again.swap(again_);
    for (auto* connection : again) {
        connection->is_again_ = false;
        if (!connection->is_open() || connection->is_paused_) continue;
        if (connection->kept_ != nullptr && connection->state_ == Connection::State::kOpen) {
            connection->present_kept();
        }
        if (connection->is_open() && connection->socket_.has_pending()) connection->read();
    }
}

// `on_closed` may send to others and may close others: all before the flush of this turn.
void ConnectionTable::finish_closed() {
    for (std::size_t i = 0; i < closing_.size(); ++i) {
        auto& connection = *closing_[i];
        connection.protocol_->on_closed(connection);
    }
    for (auto* connection : closing_) {
        connection->close_now();
        free_slots_.push_back(connection->slot_);
        --size_;
        counters_.closed.add();
    }
    closing_.clear();
}

// What becomes dirty while this runs (`on_drained` sends more) leaves in the next turn.
void ConnectionTable::on_timer(MonoMs now) {
    if (queues_.trim()) loop_.timers().schedule(*this, now + kTrimMs);
}

void ConnectionTable::flush_dirty() {
    flushing_.swap(dirty_);
    for (auto* connection : flushing_) connection->flush();
    if (!flushing_.empty() && !is_scheduled()) {
        loop_.timers().schedule(*this, loop_.now() + kTrimMs);
    }
    flushing_.clear();
    if (!dirty_.empty()) loop_.skip_next_wait();
}

}  // namespace sewa::net
