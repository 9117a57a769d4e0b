#include <fmt/format.h>
#include <openssl/evp.h>

#include "load/dialect.h"

namespace sewa::peer_load {

namespace {

constexpr std::string_view kOpen =
    R"(<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>)";

std::string base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4, '\0');
    std::string const input(bytes);
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                    reinterpret_cast<unsigned char const*>(input.data()),
                    static_cast<int>(input.size()));
    return text;
}

// XMPP over WebSocket (RFC 7395), SASL PLAIN. Pairs write chat messages to each other's account
// `uROOM-PLACE` with the password "bench"; larger rooms are multi-user chats (XEP-0045)
// `roomROOM`, which return a message to who sent it.
class Xmpp final : public Dialect {
public:
    Xmpp(Speech const& speech, Member const& member)
        : member_(member), is_pair_(speech.layout.are_pairs) {}

    std::string target() const override { return "/ws"; }
    std::string headers() const override { return "Sec-WebSocket-Protocol: xmpp\r\n"; }
    void on_open(Listener& listener) override { listener.answer(kOpen); }
    void on_payload(std::string_view payload, Listener& listener) override {
        if (step_ == Step::kLive) return on_stanza(payload, listener);
        advance(payload, listener);
    }
    std::string message(std::string_view text) override {
        return fmt::format(R"(<message xmlns="jabber:client" to="{}" type="{}"><body>{}</body>)"
                           "</message>",
                           is_pair_ ? account(1 - member_.place) + "@localhost" : room(),
                           is_pair_ ? "chat" : "groupchat", text);
    }

private:
    enum class Step : std::uint8_t { kFeatures, kSuccess, kBindable, kBound, kJoined, kLive };

    std::string account(std::uint32_t place) const {
        return fmt::format("u{}-{}", member_.room, place);
    }
    std::string room() const { return fmt::format("room{}@conference.localhost", member_.room); }

    void on_stanza(std::string_view payload, Listener& listener) {
        if (!payload.starts_with("<message")) return;
        if (auto const text = between(payload, "<body>", "</body>"); !text.empty()) {
            listener.on_message(text);
        } else if (payload.find(R"(type='error')") != std::string_view::npos) {
            listener.on_wrong(payload);
        }
    }

    void advance(std::string_view payload, Listener& listener) {
        auto const has = [&](std::string_view word) {
            return payload.find(word) != std::string_view::npos;
        };
        if (has("<failure") || has("stream:error") || has("type='error'")) {
            listener.on_wrong(payload);
        } else if (step_ == Step::kFeatures && has("mechanisms")) {
            step_ = Step::kSuccess;
            auto const login = std::string(1, '\0') + account(member_.place) + '\0' + "bench";
            listener.answer(fmt::format(
                R"(<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">{}</auth>)",
                base64(login)));
        } else if (step_ == Step::kSuccess && has("<success")) {
            step_ = Step::kBindable;
            listener.answer(kOpen);
        } else if (step_ == Step::kBindable && has("xmpp-bind")) {
            step_ = Step::kBound;
            listener.answer(R"(<iq xmlns="jabber:client" type="set" id="bind">)"
                            R"(<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">)"
                            "<resource>b</resource></bind></iq>");
        } else if (step_ == Step::kBound && has("<jid>")) {
            step_ = Step::kJoined;
            listener.answer(presence());
        } else if (step_ == Step::kJoined && has(is_pair_ ? "<presence" : "<subject")) {
            step_ = Step::kLive;
            listener.on_live();
        }
    }

    std::string presence() const {
        if (is_pair_) return R"(<presence xmlns="jabber:client"/>)";
        return fmt::format(R"(<presence xmlns="jabber:client" to="{}/m{}">)"
                           R"(<x xmlns="http://jabber.org/protocol/muc"><history maxstanzas="0"/>)"
                           "</x></presence>",
                           room(), member_.place);
    }

    Member const member_;
    bool const is_pair_;
    Step step_ = Step::kFeatures;
};

}  // namespace

std::unique_ptr<Dialect> make_xmpp(Speech const& speech, Member const& member) {
    return std::make_unique<Xmpp>(speech, member);
}

}  // namespace sewa::peer_load
