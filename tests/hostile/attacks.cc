#include "attacks.h"

#include <fmt/format.h>
#include <poll.h>

#include <deque>
#include <optional>

#include "auth/base64url.h"
#include "auth/jwt.h"
#include "auth/signature.h"
#include "core/clock.h"
#include "server_fixture.h"
#include "ws/deflate.h"
#include "ws/encoder.h"

namespace sewa::e2e {

namespace {

constexpr char kUpgrade[] =
    "GET {}?v=1{} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{}\r\n";
constexpr char kPath[] = "/ws/messaging/";

std::string token_of(Target const& target) {
    auth::Claims claims;
    claims.user = UserId{kAttacker};
    auto const now = SystemClock().wall();
    claims.expires_at = now + 3'600'000;
    return auth::sign_hs256(claims, {.secret = target.secret, .issued_at = now});
}

std::string raw_frame(char first, std::string_view payload) {
    auto bytes = frame(ws::Opcode::kText, payload);
    bytes[0] = first;
    return bytes;
}

// A session that is opened, hurt with these bytes until it ends, and opened again.
class HurtSession : public Attack {
public:
    struct Wound {
        std::string first;         // Once for each session.
        std::string again;         // Until it ends.
        std::string headers = {};  // Of the upgrade.
        bool reads = true;
        int receive_buffer = 0;
    };
    HurtSession(Target target, Wound wound)
        : target_(std::move(target)), wound_(std::move(wound)) {}

    void once() override {
        if (!client_) open();
        client_->send_bytes(wound_.again);
        if (!wound_.reads) {
            if (++rounds_ % 2'000 == 0) client_.reset();
            return;
        }
        if (wound_.again.empty() || ++rounds_ % 64 == 0) {
            static_cast<void>(client_->close_code(
                Deadline(std::chrono::milliseconds(wound_.again.empty() ? 2'000 : 1))));
            client_.reset();
        }
    }

private:
    void open() {
        client_.emplace(target_.port,
                        WsOptions{.target = std::string(kPath) + "?v=1&token=" + token_of(target_),
                                  .headers = wound_.headers,
                                  .receive_buffer = wound_.receive_buffer});
        static_cast<void>(client_->expect("connection", Deadline(std::chrono::seconds(2))));
        client_->send_bytes(wound_.first);
    }

    Target const target_;
    Wound const wound_;
    std::optional<WsClient> client_;
    int rounds_ = 0;
};

void rest(int ms) {
    ::poll(nullptr, 0, ms);
}

// Many connections at a time, each with these bytes, then one by one a few more, for ever.
class Trickle : public Attack {
public:
    struct Drops {
        std::string begin;
        std::string more;
        std::size_t at_a_time;
        int rest_ms;
    };
    Trickle(Target const& target, Drops const& drops)
        : target_(target),
          begin_(drops.begin),
          more_(drops.more),
          most_(drops.at_a_time),
          rest_ms_(drops.rest_ms) {}

    void once() override {
        if (rest_ms_ != 0) rest(rest_ms_);
        if (open_.size() == most_) {
            auto oldest = std::move(open_.front());
            open_.pop_front();
            if (!more_.empty() && oldest.send(more_)) open_.push_back(std::move(oldest));
            return;
        }
        open_.emplace_back(target_.port);
        open_.back().send(begin_);
    }

private:
    Target const target_;
    std::string const begin_, more_;
    std::size_t const most_;
    int const rest_ms_;
    std::deque<Tcp> open_;
};

// A session that writes as much as it may, and others of the same user that read a few bytes of it
// now and then.
class SlowReaders : public Attack {
public:
    explicit SlowReaders(Target target) : target_(std::move(target)) {}

    void once() override {
        rest(10);
        if (++rounds_ % 25 == 0) write();
        if (readers_.size() < kReaders) {
            readers_.emplace_back(target_.port,
                                  Tcp::Options{.receive_buffer = 4'096, .receive_max = 16});
            readers_.back().send(fmt::format(kUpgrade, kPath, "&token=" + token_of(target_), ""));
            return;
        }
        auto reader = std::move(readers_.front());
        readers_.pop_front();
        std::string few;
        if (reader.receive(few, Deadline(std::chrono::milliseconds(0))) != Tcp::Read::kEnd) {
            readers_.push_back(std::move(reader));
        }
    }

private:
    static constexpr std::size_t kReaders = 18;  // A user may have 20 connections.

    void write() {
        auto const text = frame(ws::Opcode::kText,
                                message(target_.conversation, std::string(4'000, 'x')));
        if (!writer_) {
            writer_.emplace(target_.port);
            writer_->send(fmt::format(kUpgrade, kPath, "&token=" + token_of(target_), ""));
        }
        if (!writer_->send(text)) writer_.reset();
        std::string answers;
        if (!writer_) return;
        static_cast<void>(writer_->receive(answers, Deadline(std::chrono::milliseconds(0))));
    }

    Target const target_;
    std::optional<Tcp> writer_;
    std::deque<Tcp> readers_;
    int rounds_ = 0;
};

// A request and its answer, each over a connection of its own or all over one.
class Ask : public Attack {
public:
    Ask(Target const& target, std::vector<std::string> requests)
        : target_(target), requests_(std::move(requests)) {}

    void once() override {
        Tcp tcp(target_.port);
        tcp.send(requests_[next_++ % requests_.size()]);
        std::string answer;
        Deadline const deadline(std::chrono::seconds(2));
        static_cast<void>(tcp.receive(answer, deadline));
    }

private:
    Target const target_;
    std::vector<std::string> const requests_;
    std::size_t next_ = 0;
};

std::string get(std::string_view path, std::string_view headers = {}) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n{}\r\n", path, headers);
}

std::string upgrade(std::string_view query, std::string_view headers = {}) {
    return fmt::format(kUpgrade, kPath, query, headers);
}

std::vector<std::string> forged_logins() {
    std::vector<std::string> all;
    for (auto const* header :
         {R"({"alg":"none"})", R"({"alg":"RS256"})", R"({"alg":"HS256","kid":"../../dev/null"})",
          R"({"alg":"HS256","jku":"http://127.0.0.1:1/"})", R"({"alg":"HS256"})"}) {
        auto const text = auth::base64url_encode(header) + "." +
                          auth::base64url_encode(R"({"user_id":1,"exp":99999999999})");
        auto const token = text + "." + auth::base64url_encode(auth::hmac_sha256("x", text));
        all.push_back(upgrade("&token=" + token));
    }
    return all;
}

std::string churn() {
    std::string all;
    for (int i = 1; i <= 20; ++i) {
        all += frame(ws::Opcode::kText,
                     fmt::format(R"({{"type":"focus","data":{{"conversation_id":{}}}}})", i));
        all += frame(ws::Opcode::kText,
                     fmt::format(R"({{"type":"presence","data":{{"ids":[{}]}}}})", i));
    }
    return all;
}

std::string script(std::int64_t conversation) {
    return frame(ws::Opcode::kText, message(conversation, "<script>alert(1)</script>"));
}

std::string bomb() {
    ws::Deflater deflater(9);
    return raw_frame('\xC1', deflater.deflate(std::string(40 << 20, ' ')));
}

std::string repeated(std::string const& piece, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += piece;
    return all;
}

AttackKind hurt(char const* name, char const* answer,
                std::function<HurtSession::Wound(Target const&)> const& wound) {
    return {name, answer, [wound](Target const& target) {
                return std::make_unique<HurtSession>(target, wound(target));
            }};
}

AttackKind hurt(char const* name, char const* answer, HurtSession::Wound const& wound) {
    return hurt(name, answer, [wound](Target const&) { return wound; });
}

AttackKind trickle(char const* name, char const* answer, Trickle::Drops const& drops) {
    return {name, answer,
            [=](Target const& target) { return std::make_unique<Trickle>(target, drops); }};
}

AttackKind ask(char const* name, char const* answer, std::vector<std::string> const& requests) {
    return {name, answer,
            [=](Target const& target) { return std::make_unique<Ask>(target, requests); }};
}

std::string unmasked() {
    std::string bytes;
    ws::append_frame(bytes, {.opcode = ws::Opcode::kText, .mask = {}}, "{}");
    return bytes;
}

std::vector<AttackKind> make_kinds() {
    std::string const kBody = "POST /api/messaging/messages/ HTTP/1.1\r\nHost: h\r\n";
    auto const pings = repeated(frame(ws::Opcode::kPing, std::string(125, 'p')), 100);
    auto const pieces = repeated(raw_frame('\0', std::string(1000, 'x')), 70);
    return {
        hurt("unmasked frames", "1002", {unmasked(), ""}),
        hurt("oversized frames", "1009", {std::string("\x81\xFF\0\0\0\1\0\0\0\0", 10), ""}),
        hurt("endless fragments", "1009", {raw_frame('\1', "x") + pieces, ""}),
        hurt("frame byte by byte", "4008",
             {frame(ws::Opcode::kText, std::string(60'000, 'x')).substr(0, 8), "x", "", false}),
        hurt("ping flood, unread", "4008", {"", pings, "", false}),
        hurt("compression bomb", "1009",
             {bomb(), "", "Sec-WebSocket-Extensions: permessage-deflate\r\n"}),
        // A byte for each connection every 1.5 seconds.
        trickle("slow header", "408", {"GET / HTTP/1.1\r\n", "X", 300, 5}),
        trickle("slow body", "408", {kBody + "Content-Length: 1000000\r\n\r\n", "{", 300, 5}),
        trickle("header flood", "408", {"GET / HTTP/1.1\r\n", "X", 300, 0}),
        {"slow reader", "4009",
         [](Target const& target) { return std::make_unique<SlowReaders>(target); }},
        hurt("writes without reading", "4009",
             [](Target const& target) -> HurtSession::Wound {
                 return {"", script(target.conversation), "", false, 4'096};
             }),
        trickle("half-open", "closed in time", {"", "", 800, 0}),
        trickle("connect and leave", "nothing", {"", "", 1, 0}),
        hurt("focus and presence churn", "rate_limited", {"", churn()}),
        ask("failed logins", "401",
            {get("/api/messaging/conversations/", "Authorization: Bearer a.b.c\r\n")}),
        ask("token games", "4001", forged_logins()),
        ask("foreign origins (CSWSH)", "403",
            {upgrade("", "Origin: https://evil.example\r\n"),
             upgrade("", "Origin: https://shop.example.evil.example\r\n")}),
        ask("request smuggling", "400",
            {kBody + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + get("/"),
             kBody + "Content-Length: 4\r\nContent-Length: 44\r\n\r\n"}),
        ask("path traversal", "400",
            {get("/../secret"), get("/%2e%2e%2fsecret"), get("/..%5csecret")}),
        hurt("stored XSS", "as text",
             [](Target const& target) -> HurtSession::Wound {
                 return {"", script(target.conversation)};
             }),
    };
}

}  // namespace

std::vector<AttackKind> const& attack_kinds() {
    static std::vector<AttackKind> const kinds = make_kinds();
    return kinds;
}

}  // namespace sewa::e2e
