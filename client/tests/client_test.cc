#include "sewa/client.h"

#include <gtest/gtest.h>

#include <optional>

#include "loopback_server.h"
#include "url.h"

namespace sewa::client {
namespace {

using boost::asio::awaitable;

constexpr ConversationId kOne{1};

class ClientTest : public testing::Test {
protected:
    ClientOptions options() const {
        ClientOptions options;
        options.url = server_.url();
        options.core.backoff_first_ms = 1;
        options.core.backoff_max_ms = 20;
        return options;
    }
    void make(TokenProvider tokens = fixed_token("good")) {
        client_.emplace(io_, options(), std::move(tokens));
        client_->on_event([this](Event const& event) { events_.push_back(event); });
    }
    // Runs the loop until the coroutine has ended; fails after 10 s.
    void run(std::function<awaitable<void>()> body) {
        bool done = false;
        boost::asio::co_spawn(
            io_,
            [&done, body]() -> awaitable<void> {
                co_await body();
                done = true;
            },
            [](std::exception_ptr error) { EXPECT_FALSE(error); });
        until([&] { return done; });
    }
    template <typename Condition>
    void until(Condition condition) {
        auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing happens any more";
            io_.run_one_for(std::chrono::milliseconds(100));
        }
    }
    std::vector<std::string> shown() const {
        std::vector<std::string> texts;
        for (auto const& event : events_) {
            if (auto const* added = std::get_if<MessageAdded>(&event)) {
                texts.push_back(added->message.content);
            }
        }
        return texts;
    }

    boost::asio::io_context io_;
    LoopbackServer server_{io_};
    std::optional<Client> client_;
    std::vector<Event> events_;
};

using Texts = std::vector<std::string>;

TEST_F(ClientTest, sends_receives_and_reads_history) {
    make();
    run([this]() -> awaitable<void> {
        EXPECT_TRUE(co_await client_->connect());
        auto const sent = co_await client_->send(kOne, "namaste");
        EXPECT_TRUE(sent);
        server_.model.post(1, "hello back");
        server_.flush();
        auto const again = co_await client_->send(kOne, "good");
        EXPECT_EQ(again->conv_seq, ConvSeq{3});
        auto const page = co_await client_->history(kOne, {}, 2);
        EXPECT_EQ(page->messages.size(), 2u);
        EXPECT_TRUE(page->has_more);
        auto const older = co_await client_->history(kOne, page->messages.front().conv_seq, 2);
        EXPECT_EQ(older->messages.size(), 1u);
        EXPECT_FALSE(older->has_more);
    });
    EXPECT_EQ(shown(), (Texts{"namaste", "hello back", "good"}));
    EXPECT_EQ(server_.http_connections, 2) << "one WebSocket and one kept for REST";
}

TEST_F(ClientTest, M_2_a_send_whose_answer_was_lost_is_stored_and_shown_once) {
    make();
    server_.cut_after_messages = 1;
    run([this]() -> awaitable<void> {
        EXPECT_TRUE(co_await client_->connect());
        auto const sent = co_await client_->send(kOne, "once");
        EXPECT_TRUE(sent && sent->duplicate);
    });
    EXPECT_EQ(server_.model.texts[1].size(), 1u);
    EXPECT_EQ(shown(), Texts{"once"});
}

TEST_F(ClientTest, R_3_what_was_missed_arrives_after_a_cut) {
    make();
    run([this]() -> awaitable<void> { EXPECT_TRUE(co_await client_->connect()); });
    server_.cut();
    for (auto const* text : {"a", "b", "c"}) server_.model.post(1, text);
    until([&] { return shown().size() == 3; });
    EXPECT_EQ(shown(), (Texts{"a", "b", "c"}));
    EXPECT_NE(server_.targets.back().find("since=e1:"), std::string::npos);
}

TEST_F(ClientTest, section_7_4001_refreshes_the_token_once) {
    int asked = 0;
    make([&](bool refresh, auto done) {
        ++asked;
        done(std::string(refresh ? "good" : "old"));
    });
    run([this]() -> awaitable<void> { EXPECT_TRUE(co_await client_->connect()); });
    EXPECT_EQ(asked, 2);
}

TEST_F(ClientTest, section_7_a_token_that_stays_bad_stops_with_a_reason) {
    make(fixed_token("bad"));
    run([this]() -> awaitable<void> {
        auto const status = co_await client_->connect();
        EXPECT_EQ(status.error().code, Errc::kUnauthorized);
    });
    EXPECT_EQ(client_->state(), LinkState::kStopped);
}

TEST_F(ClientTest, several_REST_calls_with_an_ended_token_refresh_it_once) {
    int refreshes = 0;
    std::vector<std::function<void(Result<std::string>)>> pending;
    make([&](bool refresh, auto done) {
        if (!refresh) return done(std::string("good"));
        ++refreshes;
        pending.push_back(done);
    });
    run([this]() -> awaitable<void> { EXPECT_TRUE(co_await client_->connect()); });
    server_.good_token = "new";
    int answered = 0;
    for (int i = 0; i < 3; ++i) {
        boost::asio::co_spawn(
            io_,
            [&]() -> awaitable<void> {
                EXPECT_TRUE(co_await client_->history(kOne));
                ++answered;
            },
            boost::asio::detached);
    }
    until([&] { return server_.targets.size() >= 5 && !pending.empty(); });
    for (auto& done : pending) done(std::string("new"));
    until([&] { return answered == 3; });
    EXPECT_EQ(refreshes, 1);
}

TEST_F(ClientTest, overload_answer_503_is_waited_for) {
    make();
    server_.refuse_with_status = 503;
    client_->start();
    until([&] { return server_.targets.size() >= 3; });
    server_.refuse_with_status = 0;
    run([this]() -> awaitable<void> { EXPECT_TRUE(co_await client_->connect()); });
}

TEST_F(ClientTest, absent_server_is_waited_for) {
    make();
    server_.stop();
    client_->start();
    until([&] { return !events_.empty() && client_->state() == LinkState::kWaiting; });
}

TEST_F(ClientTest, destroying_the_client_in_its_callback_ends_what_waits) {
    make();
    std::optional<Errc> code;
    run([this]() -> awaitable<void> { EXPECT_TRUE(co_await client_->connect()); });
    client_->on_event([this](Event const& event) {
        if (std::holds_alternative<MessageAdded>(event)) client_.reset();
    });
    server_.model.lose_next_frame = true;  // The ack.
    boost::asio::co_spawn(
        io_,
        [&]() -> awaitable<void> {
            auto const sent = co_await client_->send(kOne, "x");
            code = sent ? std::nullopt : std::optional(sent.error().code);
        },
        boost::asio::detached);
    until([&] { return !server_.model.texts[1].empty(); });
    server_.model.post(1, "y");
    server_.flush();
    until([&] { return code.has_value() || !client_; });
    until([&] { return code.has_value(); });
    EXPECT_EQ(code, Errc::kUnavailable);
}

TEST_F(ClientTest, demo_login_gives_the_token) {
    make(demo_tokens(io_, server_.url(), "asha"));
    run([this]() -> awaitable<void> { EXPECT_TRUE(co_await client_->connect()); });
    EXPECT_EQ(server_.targets[0], "/api/demo/login/");
}

TEST_F(ClientTest, wrong_address_is_an_error_and_no_loop) {
    ClientOptions wrong;
    wrong.url = "chat.example";
    Client client(io_, wrong, fixed_token("t"));
    run([&client]() -> awaitable<void> {
        auto const status = co_await client.connect();
        EXPECT_EQ(status.error().field, "url");
    });
}

TEST(Url, reads_what_people_write) {
    auto const url = [](std::string_view text) { return parse_url(text).value(); };
    EXPECT_EQ(url("ws://127.0.0.1:8000").path, "/ws/messaging/");
    EXPECT_EQ(url("ws://127.0.0.1:8000/").port, "8000");
    EXPECT_EQ(url("https://chat.example").port, "443");
    EXPECT_TRUE(url("wss://chat.example").secure);
    EXPECT_EQ(url("ws://[::1]:80/x?y=1").host, "::1");
    EXPECT_EQ(url("ws://[::1]:80/x?y=1").authority(), "[::1]:80");
    EXPECT_EQ(url("ws://[::1]:80/x?y=1").path, "/x");
    for (auto const* text : {"", "ws://", "ftp://a", "ws://a:b", "ws://a:", "ws://u@h", "a:8000"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
}

}  // namespace
}  // namespace sewa::client
