#include <fmt/format.h>

#include "load/dialect.h"

namespace sewa::peer_load {

namespace {

std::string filled(std::string text, std::string_view mark, std::uint32_t number) {
    auto const at = text.find(mark);
    return at == std::string::npos ? text : text.replace(at, mark.size(), fmt::to_string(number));
}

// The room is in the path, and what one member sends the others receive as it is.
class Plain : public Dialect {
public:
    Plain(Speech const& speech, Member const& member)
        : target_(filled(filled(speech.target, "{room}", member.room), "{place}", member.place)) {}

    std::string target() const override { return target_; }
    void on_open(Listener& listener) override { listener.on_live(); }
    void on_payload(std::string_view payload, Listener& listener) override {
        // With this nchan tells a publisher how its message fared.
        if (!payload.starts_with("queued messages:")) listener.on_message(payload);
    }
    std::string message(std::string_view text) override { return std::string(text); }

private:
    std::string const target_;
};

// The same with the text in an object, as in the tutorial of Django Channels.
class Json final : public Plain {
public:
    using Plain::Plain;

    void on_payload(std::string_view payload, Listener& listener) override {
        auto const text = between(payload, R"("message": ")", "\"");
        if (text.empty()) return listener.on_wrong(payload);
        listener.on_message(text);
    }
    std::string message(std::string_view text) override {
        return fmt::format(R"({{"message": "{}"}})", text);
    }
};

// Engine.IO 4 (the first digit) with Socket.IO 5 (the second) inside, over WebSocket alone.
class SocketIo final : public Dialect {
public:
    explicit SocketIo(Member const& member) : room_(member.room) {}

    std::string target() const override {
        return fmt::format("/socket.io/?EIO=4&transport=websocket&room={}", room_);
    }
    void on_open(Listener&) override {}
    void on_payload(std::string_view payload, Listener& listener) override {
        constexpr std::string_view kMessage = R"(42["message",")";
        if (payload.starts_with(kMessage)) {
            listener.on_message(between(payload, kMessage, "\"]"));
        } else if (payload == "2") {
            listener.answer("3");
        } else if (payload.starts_with("0{")) {
            listener.answer("40");
        } else if (payload.starts_with("40{")) {
            listener.on_live();
        } else {
            listener.on_wrong(payload);
        }
    }
    std::string message(std::string_view text) override {
        return fmt::format(R"(42["message","{}"])", text);
    }

private:
    std::uint32_t const room_;
};

}  // namespace

std::unique_ptr<Dialect> make_plain(Speech const& speech, Member const& member) {
    return std::make_unique<Plain>(speech, member);
}

std::unique_ptr<Dialect> make_json(Speech const& speech, Member const& member) {
    return std::make_unique<Json>(speech, member);
}

std::unique_ptr<Dialect> make_socketio(Speech const&, Member const& member) {
    return std::make_unique<SocketIo>(member);
}

}  // namespace sewa::peer_load
