#include "net/connection.h"

#include <sys/epoll.h>

#include "net/connection_table.h"
#include "net/out_queue.h"

namespace sewa::net {

namespace {

// Writes per connection and turn. One is enough but for TLS records and files.
constexpr int kWritesPerTurn = 16;

}  // namespace

void Connection::open(Socket socket, Address const& remote, std::unique_ptr<Protocol> protocol) {
    socket_ = std::move(socket);
    remote_ = remote;
    protocol_ = std::move(protocol);
    state_ = State::kOpen;
    watched_ = EPOLLIN;
    protocol_->on_open(*this);
}

// Gives everything back; the slot is ready for the next connection.
void Connection::close_now() {
    table_->loop_.unwatch(socket_.fd(), *this);
    socket_.close();
    free_kept();
    if (out_ != nullptr) table_->queues_.give_back(*std::exchange(out_, nullptr));
    protocol_.reset();
    is_paused_ = is_above_low_water_ = is_blocked_ = reads_when_writable_ = false;
    ++generation_;
}

bool Connection::send(SharedFrame frame) {
    if (state_ != State::kOpen) return true;
    return queued(queue().push(std::move(frame)));
}

bool Connection::send_ephemeral(SharedFrame frame, EphemeralKind kind, std::uint64_t coalesce_key) {
    if (state_ != State::kOpen) return true;
    if (!queue().push_ephemeral(std::move(frame), kind, coalesce_key)) return false;
    return queued(true);
}

bool Connection::send_bytes(std::string_view bytes) {
    return send_owned(std::string(bytes));
}

bool Connection::send_owned(std::string bytes) {
    if (bytes.empty()) return true;
    auto piece = std::make_unique<OutPiece>();
    piece->bytes = std::move(bytes);
    return send_piece(std::move(piece));
}

bool Connection::send_file(UniqueFd file, std::uint64_t offset, std::uint64_t length) {
    if (length == 0) return true;
    auto piece = std::make_unique<OutPiece>();
    piece->file = std::move(file);
    piece->offset = offset;
    piece->remaining = length;
    return send_piece(std::move(piece));
}

bool Connection::send_piece(std::unique_ptr<OutPiece> piece) {
    if (state_ != State::kOpen) return true;
    return queued(queue().push_piece(std::move(piece)));
}

OutQueue& Connection::queue() {
    table_->affinity_.assert_here();
    if (out_ == nullptr) {
        out_ = &table_->queues_.take();
        out_->deadline.connection = this;
    }
    return *out_;
}

bool Connection::queued(bool fitted) {
    if (!fitted) {
        table_->counters_.queue_full.add();
        return false;
    }
    if (out_->charge() > table_->options_.queue_low_water_bytes) is_above_low_water_ = true;
    if (!std::exchange(is_dirty_, true)) table_->dirty_.push_back(this);
    return true;
}

std::size_t Connection::queued_bytes() const {
    return out_ == nullptr ? 0 : out_->charge();
}

ConnectionHandle Connection::handle() const {
    return {table_->loop_.id(), slot_, generation_};
}

shard::Loop& Connection::loop() {
    return table_->loop_;
}

void Connection::upgrade(std::unique_ptr<Protocol> next) {
    table_->retired_.push_back(std::exchange(protocol_, std::move(next)));
    if (kept_ != nullptr && !is_presenting_) schedule_again();
    protocol_->on_open(*this);
}

void Connection::abort() {
    if (state_ == State::kClosed) return;
    state_ = State::kClosed;
    table_->closing_.push_back(this);
    table_->loop_.skip_next_wait();
}

void Connection::close_after_flush() {
    if (state_ != State::kOpen) return;
    state_ = State::kFlushing;
    is_paused_ = false;
    if (!is_presenting_) free_kept();
    queue();
    if (!std::exchange(is_dirty_, true)) table_->dirty_.push_back(this);
    table_->loop_.skip_next_wait();
}

void Connection::on_ready(std::uint32_t events) {
    if (state_ == State::kClosed) return;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0 && (events & EPOLLIN) == 0) return abort();
    if ((events & EPOLLOUT) != 0) is_blocked_ = false;
    bool const reads = (events & EPOLLIN) != 0 || std::exchange(reads_when_writable_, false);
    if (reads && !is_paused_) read();
    if (out_ != nullptr && !std::exchange(is_dirty_, true)) table_->dirty_.push_back(this);
}

void Connection::flush() {
    is_dirty_ = false;
    if (state_ == State::kClosed || out_ == nullptr) return;
    for (int writes = 0; !is_blocked_ && !out_->is_empty(); ++writes) {
        if (writes == kWritesPerTurn) {
            is_blocked_ = true;  // The next turn goes on: the socket is still writable.
        } else if (!write_once()) {
            return abort();
        }
    }
    if (out_->is_empty()) {
        all_written();
    } else {
        blocked();
    }
    check_low_water();
}

// False when the connection is lost.
bool Connection::write_once() {
    IoResult result;
    std::size_t offered = 0;
    if (auto* file = out_->front_file()) {
        offered = file->remaining;
        result = socket_.send_file({file->file.get(), file->offset, file->remaining});
    } else {
        auto const parts = out_->gather(table_->parts_);
        for (auto const& part : parts) offered += part.iov_len;
        result = socket_.send(parts);
    }
    if (result.state == IoState::kClosed) return false;
    if (result.state != IoState::kDone) {
        is_blocked_ = true;
        if (socket_.is_tls()) out_->pin(offered);
        table_->counters_.writes_blocked.add();
        return true;
    }
    bool const is_file = out_->front_file() != nullptr;
    out_->consume(result.bytes);
    out_->deadline.cancel();
    table_->counters_.writes.add();
    table_->counters_.bytes_out.add(result.bytes);
    // Less than offered: the kernel's buffer is full, and asking once more would only say so.
    if (result.bytes < offered && !socket_.is_tls() && !is_file) is_blocked_ = true;
    return true;
}

void Connection::blocked() {
    if (!out_->deadline.is_scheduled()) {
        auto const due = loop().now() + table_->options_.write_stall_ms_max;
        loop().timers().schedule(out_->deadline, due);
    }
    update_watch();
}

void Connection::all_written() {
    is_blocked_ = false;
    if (state_ == State::kFlushing) {
        state_ = State::kLingering;
        socket_.shutdown_write();
        loop().timers().schedule(out_->deadline, loop().now() + table_->options_.linger_ms_max);
    } else if (state_ == State::kOpen) {
        table_->queues_.give_back(*std::exchange(out_, nullptr));
    }
    update_watch();
}

void Connection::check_low_water() {
    if (!is_above_low_water_ || queued_bytes() >= table_->options_.queue_low_water_bytes) return;
    is_above_low_water_ = false;
    if (state_ == State::kOpen) protocol_->on_drained(*this);
}

void OutDeadline::on_timer(MonoMs) {
    connection->deadline_passed();
}

void Connection::deadline_passed() {
    if (state_ != State::kLingering) table_->counters_.write_stalled.add();
    abort();
}

void Connection::update_watch() {
    auto const writes = (is_blocked_ && out_ != nullptr) || reads_when_writable_;
    std::uint8_t wanted = 0;
    if (!is_paused_) wanted |= EPOLLIN;
    if (writes) wanted |= EPOLLOUT;
    if (wanted == watched_ || state_ == State::kClosed) return;
    watched_ = wanted;
    loop().rewatch(socket_.fd(), wanted, *this);
}

}  // namespace sewa::net
