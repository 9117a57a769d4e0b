// The receiving half of Connection.

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

#include "core/assert.h"
#include "net/connection.h"
#include "net/connection_table.h"

namespace sewa::net {

namespace {

constexpr std::size_t kKeptBytesMin = 512;

}  // namespace

void Connection::read() {
    if (state_ != State::kOpen) return discard_input();
    if (kept_ == nullptr) return read_into_shard_buffer();
    read_behind_kept();
}

void Connection::read_into_shard_buffer() {
    auto const most = std::min(table_->read_buffer_.size(), protocol_->read_bytes_max());
    std::span<char> const buffer(table_->read_buffer_.data(), most);
    auto const result = socket_.receive(buffer);
    if (!received(result)) return;
    auto const bytes = buffer.first(result.bytes);
    auto const consumed = present(bytes);
    if (state_ == State::kOpen && consumed < bytes.size()) keep(bytes.subspan(consumed));
    if (socket_.has_pending()) schedule_again();
}

// What was left over grows in its own buffer, so that a large frame in many pieces is copied once.
void Connection::read_behind_kept() {
    if (kept_->size == kept_->capacity && !grow_kept()) {
        table_->counters_.input_full.add();
        return abort();
    }
    auto const result =
        socket_.receive({kept_->bytes() + kept_->size, kept_->capacity - kept_->size});
    if (!received(result)) return;
    kept_->size += result.bytes;
    present_kept();
    if (socket_.has_pending()) schedule_again();
}

bool Connection::received(IoResult result) {
    switch (result.state) {
        case IoState::kDone:
            table_->counters_.reads.add();
            table_->counters_.bytes_in.add(result.bytes);
            return true;
        case IoState::kWantsWrite:
            reads_when_writable_ = true;
            update_watch();
            return false;
        case IoState::kWantsRead:
            return false;
        case IoState::kClosed:
            end_of_input();
            return false;
    }
    return false;
}

// A peer that ends its side still gets what is queued, as far as the kernel takes it at once.
void Connection::end_of_input() {
    if (state_ == State::kOpen && out_ != nullptr) flush();
    abort();
}

std::size_t Connection::present(std::span<char> bytes) {
    std::size_t consumed = 0;
    is_presenting_ = true;
    while (consumed < bytes.size() && state_ == State::kOpen && !is_paused_) {
        auto* const speaker = protocol_.get();
        auto const taken = speaker->on_bytes(*this, bytes.subspan(consumed));
        SEWA_ASSERT(taken <= bytes.size() - consumed);
        consumed += taken;
        // After an upgrade the rest belongs to the next protocol.
        if (protocol_.get() == speaker) break;
    }
    is_presenting_ = false;
    return consumed;
}

void Connection::present_kept() {
    if (kept_ == nullptr || is_paused_) return;
    auto const consumed = present({kept_->bytes(), kept_->size});
    if (state_ == State::kOpen) {
        drop_from_kept(consumed);
    } else {
        free_kept();
    }
}

void Connection::discard_input() {
    auto const result = socket_.receive(table_->read_buffer_);
    if (received(result) && socket_.has_pending()) schedule_again();
}

void Connection::keep(std::span<char const> bytes) {
    auto const most = table_->options_.input_bytes_max;
    if (bytes.size() > most) {
        table_->counters_.input_full.add();
        return abort();
    }
    auto const capacity = std::min(std::bit_ceil(bytes.size() + kKeptBytesMin), most);
    void* memory = std::malloc(sizeof(Input) + capacity);
    if (memory == nullptr) throw std::bad_alloc();
    kept_ = new (memory) Input{bytes.size(), capacity};
    std::memcpy(kept_->bytes(), bytes.data(), bytes.size());
}

bool Connection::grow_kept() {
    auto const most = table_->options_.input_bytes_max;
    if (kept_->capacity >= most) return false;
    auto const capacity = std::min(kept_->capacity * 2, most);
    void* memory = std::realloc(kept_, sizeof(Input) + capacity);
    if (memory == nullptr) throw std::bad_alloc();
    kept_ = static_cast<Input*>(memory);
    kept_->capacity = capacity;
    return true;
}

void Connection::drop_from_kept(std::size_t consumed) {
    if (consumed == kept_->size) return free_kept();
    kept_->size -= consumed;
    std::memmove(kept_->bytes(), kept_->bytes() + consumed, kept_->size);
}

void Connection::free_kept() {
    std::free(std::exchange(kept_, nullptr));
}

void Connection::pause_reading() {
    if (state_ != State::kOpen) return;
    is_paused_ = true;
    update_watch();
}

void Connection::resume_reading() {
    if (!is_paused_) return;
    is_paused_ = false;
    update_watch();
    if (kept_ != nullptr || socket_.has_pending() || is_presenting_) schedule_again();
}

void Connection::schedule_again() {
    if (!std::exchange(is_again_, true)) table_->again_.push_back(this);
    table_->loop_.skip_next_wait();
}

}  // namespace sewa::net
