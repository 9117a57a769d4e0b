#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "load/dialect.h"

namespace sewa::peer_load {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

// The NATS client protocol, a stream of lines in binary frames: a frame ends anywhere, and holds
// many lines when the server is busy. Own messages do not come back (`echo`).
class Nats final : public Dialect {
public:
    explicit Nats(Member const& member) : room_(member.room) {}

    std::string target() const override { return "/"; }
    bool is_binary() const override { return true; }
    void on_open(Listener&) override {}
    void on_payload(std::string_view payload, Listener& listener) override {
        if (kept_.empty()) return keep(take(payload, listener));
        std::string const joined = std::exchange(kept_, {}) + std::string(payload);
        keep(take(joined, listener));
    }
    std::string message(std::string_view text) override {
        return fmt::format("PUB room.{} {}\r\n{}\r\n", room_, text.size(), text);
    }

private:
    void keep(std::string_view rest) { kept_.assign(rest); }

    // Takes whole operations off the front; returns the beginning of one that is not whole.
    std::string_view take(std::string_view bytes, Listener& listener) {
        while (true) {
            auto const end = bytes.find(kLineEnd);
            if (end == std::string_view::npos) return bytes;
            auto const line = bytes.substr(0, end);
            auto rest = bytes.substr(end + kLineEnd.size());
            if (line.starts_with("MSG ")) {
                std::size_t size = 0;
                auto const* const digits = line.data() + line.rfind(' ') + 1;
                std::from_chars(digits, line.data() + line.size(), size);
                if (rest.size() < size + kLineEnd.size()) return bytes;
                listener.on_message(rest.substr(0, size));
                rest.remove_prefix(size + kLineEnd.size());
            } else {
                on_line(line, listener);
            }
            bytes = rest;
        }
    }

    void on_line(std::string_view line, Listener& listener) {
        if (line.starts_with("INFO ")) {
            if (has_greeted_) return;
            has_greeted_ = true;
            listener.answer(fmt::format(
                "CONNECT {{\"verbose\":false,\"pedantic\":false,\"echo\":false,\"lang\":\"c++\","
                "\"version\":\"1\",\"protocol\":1}}\r\nSUB room.{} 1\r\nPING\r\n",
                room_));
        } else if (line == "PONG") {
            listener.on_live();
        } else if (line == "PING") {
            listener.answer("PONG\r\n");
        } else if (line.starts_with("-ERR")) {
            listener.on_wrong(line);
        }
    }

    std::uint32_t const room_;
    bool has_greeted_ = false;
    std::string kept_;
};

}  // namespace

std::unique_ptr<Dialect> make_nats(Speech const&, Member const& member) {
    return std::make_unique<Nats>(member);
}

}  // namespace sewa::peer_load
