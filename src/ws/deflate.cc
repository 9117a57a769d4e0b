#include "ws/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/assert.h"
#include "ws/frame_header.h"

namespace sewa::ws {

namespace {

constexpr int kRawWindowBits = -15;
constexpr int kMemoryLevel = 8;
constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kKeptBuffer = 65'536;

// RFC 7692 §7.2.1: a sync flush ends so; the sender removes it and the receiver puts it back.
constexpr std::string_view kTail{"\x00\x00\xff\xff", 4};

// zlib sets this in `data_type` when it stands between two blocks.
constexpr int kBetweenBlocks = 128;

Bytef* bytes_of(std::string_view text) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

Inflater::Inflater() : stream_(std::make_unique<z_stream>()) {
    SEWA_ASSERT(inflateInit2(stream_.get(), kRawWindowBits) == Z_OK);
}

Inflater::~Inflater() {
    inflateEnd(stream_.get());
}

Inflater::Inflated Inflater::inflate(std::string_view compressed, std::size_t bytes_max) {
    trim();
    size_ = 0;
    if (compressed.empty()) return {Outcome::kDone, {}};  // Some senders leave out the 00.
    SEWA_ASSERT(inflateReset(stream_.get()) == Z_OK);
    auto outcome = inflate_piece(compressed, bytes_max);
    if (outcome == Outcome::kDone) outcome = inflate_piece(kTail, bytes_max);
    bool const cut = (stream_->data_type & kBetweenBlocks) == 0;
    if (outcome == Outcome::kDone && cut) outcome = Outcome::kCorrupt;
    if (outcome == Outcome::kDone) return {outcome, {buffer_.get(), size_}};
    trim();
    return {outcome, {}};
}

Inflater::Outcome Inflater::inflate_piece(std::string_view input, std::size_t bytes_max) {
    stream_->next_in = bytes_of(input);
    stream_->avail_in = static_cast<uInt>(input.size());
    for (;;) {
        bool const roomy = make_room(bytes_max);
        auto const room = roomy ? std::min(capacity_, bytes_max) - size_ : 1;
        stream_->next_out = reinterpret_cast<Bytef*>(roomy ? buffer_.get() + size_ : &overflow_);
        stream_->avail_out = static_cast<uInt>(room);
        int const status = ::inflate(stream_.get(), Z_SYNC_FLUSH);
        auto const written = room - stream_->avail_out;
        if (!roomy && written > 0) return Outcome::kTooBig;
        size_ += written;
        if (status == Z_STREAM_END) {
            // A final block does not end the message (RFC 7692 §7.2.3.4): another may follow.
            SEWA_ASSERT(inflateReset(stream_.get()) == Z_OK);
            if (stream_->avail_in == 0) return Outcome::kDone;
            continue;
        }
        if (status != Z_OK && status != Z_BUF_ERROR) return Outcome::kCorrupt;
        if (stream_->avail_in == 0 && stream_->avail_out > 0) return Outcome::kDone;
    }
}

// False when the message has reached its limit.
bool Inflater::make_room(std::size_t bytes_max) {
    if (size_ < capacity_ && size_ < bytes_max) return true;
    if (size_ >= bytes_max) return false;
    auto const grown = std::min(std::max(kFirstBuffer, capacity_ * 2), bytes_max);
    std::unique_ptr<char[]> larger(new char[grown]);
    if (size_ > 0) std::memcpy(larger.get(), buffer_.get(), size_);
    buffer_ = std::move(larger);
    capacity_ = grown;
    return true;
}

void Inflater::trim() {
    if (capacity_ <= kKeptBuffer) return;
    buffer_.reset();
    capacity_ = 0;
}

Deflater::Deflater(int level) : stream_(std::make_unique<z_stream>()) {
    SEWA_ASSERT(deflateInit2(stream_.get(), level, Z_DEFLATED, kRawWindowBits, kMemoryLevel,
                             Z_DEFAULT_STRATEGY) == Z_OK);
}

Deflater::~Deflater() {
    deflateEnd(stream_.get());
}

std::string_view Deflater::deflate(std::string_view payload) {
    SEWA_ASSERT(deflateReset(stream_.get()) == Z_OK);
    // The bound holds for Z_FINISH; a sync flush may add an empty block and its padding.
    auto const needed = deflateBound(stream_.get(), payload.size()) + 16;
    if (capacity_ < needed) {
        // make_unique would clear it first.
        buffer_.reset(new char[needed]);
        capacity_ = needed;
    }
    stream_->next_in = bytes_of(payload);
    stream_->avail_in = static_cast<uInt>(payload.size());
    stream_->next_out = reinterpret_cast<Bytef*>(buffer_.get());
    stream_->avail_out = static_cast<uInt>(capacity_);
    SEWA_ASSERT(::deflate(stream_.get(), Z_SYNC_FLUSH) == Z_OK);
    SEWA_ASSERT(stream_->avail_in == 0 && stream_->avail_out > 0);
    auto const size = capacity_ - stream_->avail_out;
    return {buffer_.get(), size - kTail.size()};
}

void Deflater::trim() {
    if (capacity_ <= kKeptBuffer) return;
    buffer_.reset();
    capacity_ = 0;
}

SharedFrame compressed_twin(SharedFrame const& plain, Deflater& deflater) {
    auto const compressed = deflater.deflate(plain.payload());
    if (compressed.size() >= plain.payload().size()) return {};
    std::array<char, kHeaderBytesMax> header;
    auto const header_bytes = write_header(
        {.opcode = Opcode::kText, .compressed = true, .payload_bytes = compressed.size()}, header);
    auto twin = SharedFrame::framed({header.data(), header_bytes}, compressed);
    deflater.trim();
    return twin;
}

}  // namespace sewa::ws
