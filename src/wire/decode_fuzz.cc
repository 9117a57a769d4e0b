// Any bytes as a client's frame and as a REST body: what is taken lies inside the documented
// bounds, and the decoder, which all sessions of a shard share, remembers nothing of the frame
// before.
#include "core/assert.h"
#include "core/utf8.h"
#include "wire/decode.h"

namespace {

using namespace sewa;
using namespace sewa::wire;

constexpr std::size_t kFrameBytesMax = 65'536;
constexpr std::int64_t kNumberMax = (std::int64_t{1} << 53) - 1;

template <typename Id>
void check_id(Id id) {
    SEWA_ASSERT(id.value >= 0 && id.value <= kNumberMax);
}

struct InsideBounds {
    void operator()(ClientMessage const& m) const {
        check_id(m.conversation);
        check_id(m.reply_to);
        SEWA_ASSERT(is_utf8(m.content) && is_utf8(m.client_msg_id));
        SEWA_ASSERT(m.attachments.size() <= 10);
    }
    void operator()(ClientEdit const& m) const {
        check_id(m.message);
        SEWA_ASSERT(is_utf8(m.content));
    }
    void operator()(ClientDelete const& m) const { check_id(m.message); }
    void operator()(ClientReaction const& m) const { check_id(m.message); }
    void operator()(ClientRead const& m) const {
        check_id(m.conversation);
        check_id(m.up_to);
    }
    void operator()(ClientDelivered const& m) const {
        check_id(m.conversation);
        check_id(m.up_to);
    }
    void operator()(ClientTyping const& m) const { check_id(m.conversation); }
    void operator()(ClientPresence const& m) const {
        SEWA_ASSERT(m.ids.size() <= 200);
        for (auto const id : m.ids) check_id(id);
    }
    void operator()(ClientFocus const& m) const { check_id(m.conversation); }
    void operator()(ClientHeartbeat const&) const {}
    void operator()(ClientAuth const& m) const { SEWA_ASSERT(m.token.size() <= kFrameBytesMax); }
    void operator()(ClientRelay const& m) const {
        check_id(m.conversation);
        SEWA_ASSERT(is_utf8(m.data_json));
    }
};

// Enough to tell two results apart.
std::string summary(ClientFrame const& frame) {
    auto text = std::string(frame.request_id) + "|" + std::string(frame.client_msg_id) + "|";
    return text + (frame.body ? std::to_string(frame.body->index()) : frame.body.error().message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    // The session checks both before it decodes (E-1).
    if (size > kFrameBytesMax || !is_utf8(text)) return 0;
    static Decoder used(kFrameBytesMax);
    Decoder fresh(kFrameBytesMax);
    auto const frame = used.decode(text);
    if (frame.body) std::visit(InsideBounds{}, *frame.body);
    auto const first = summary(frame);
    SEWA_ASSERT(summary(fresh.decode(text)) == first);
    auto const body = JsonBody::parse(text);
    if (!body) return 0;
    (void)body->string_or("text", "");
    (void)body->bool_or("is_typing", false);
    if (auto const id = body->id_or("conversation", 1)) {
        SEWA_ASSERT(*id >= 0 && *id <= kNumberMax);
    }
    if (auto const ids = body->ids("attachments", 10)) SEWA_ASSERT(ids->size() <= 10);
    return 0;
}
