// PROTOCOL section 1.
#include <fmt/format.h>
#include <signal.h>

#include <chrono>

#include "core/clock.h"
#include "server_fixture.h"

namespace sewa::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Connect : public ServerTest {
protected:
    static std::string bearer(std::int64_t user) {
        return "Authorization: Bearer " + token(user) + "\r\n";
    }
    static std::string auth_frame(std::string const& token) {
        return R"({"type":"auth","data":{"token":")" + token + R"("}})";
    }
};

TEST_F(Connect, C_1_the_token_may_come_in_the_query_the_header_or_the_subprotocol) {
    start();
    auto query = connect(100);
    EXPECT_EQ(query.expect("connection")["data"]["user_id"], 100);
    auto header = dial({.headers = bearer(101)});
    EXPECT_EQ(header.expect("connection")["data"]["user_id"], 101);
    auto subprotocol =
        dial({.target = "/ws/messaging/",
              .headers = "Sec-WebSocket-Protocol: sewa.v1, bearer." + token(102) + "\r\n"});
    auto const first = subprotocol.expect("connection");
    EXPECT_EQ(first["data"]["user_id"], 102);
    EXPECT_EQ(first["data"]["v"], 1) << "C-4: the subprotocol selects v=1";
    EXPECT_NE(subprotocol.http_head().find("Sec-WebSocket-Protocol: sewa.v1\r\n"),
              std::string::npos);
}

TEST_F(Connect, C_1_a_ticket_opens_one_connection) {
    start();
    auto const ticket = post(100, "ws-ticket/").json()["ticket"].text();
    WsOptions const options{.target = "/ws/messaging/?v=1&ticket=" + ticket};
    auto first = dial(options);
    EXPECT_EQ(first.expect("connection")["data"]["user_id"], 100);
    auto second = dial(options);
    EXPECT_EQ(second.close_code(), 4001);
    EXPECT_TRUE(first.is_alive());
}

TEST_F(Connect, C_1_a_first_auth_frame_identifies) {
    start();
    auto client = dial({});
    client.send(auth_frame(token(100)));
    EXPECT_EQ(client.expect("connection")["data"]["user_id"], 100);
    auto wrong = dial({});
    wrong.send(auth_frame("nonsense"));
    EXPECT_EQ(wrong.close_code(), 4001);
    auto impatient = dial({});
    impatient.send(R"({"type":"heartbeat"})");
    EXPECT_EQ(impatient.close_code(), 4001);
}

TEST_F(Connect, C_1_without_an_auth_frame_in_time_it_closes_4002) {
    start({"--set", "limits.auth_timeout_s=1"});
    auto client = dial({});
    EXPECT_EQ(client.close_code(), 4002);
}

TEST_F(Connect, C_2_another_user_id_closes_4503) {
    start();
    EXPECT_EQ(connect(100, "&user_id=101").close_code(), 4503);
    auto same = connect(100, "&user_id=100");
    EXPECT_EQ(same.expect("connection")["data"]["user_id"], 100);
}

TEST_F(Connect, C_3_who_is_refused_is_let_in_and_closed_with_a_code) {
    start();
    auto client = dial({.target = "/ws/messaging/?token=x.y.z"});
    EXPECT_EQ(client.http_status(), 101);
    EXPECT_EQ(client.close_code(), 4001);
    EXPECT_EQ(connect(100, "&since=nonsense").close_code(), 4014);
}

TEST_F(Connect, C_3_a_foreign_origin_is_refused_with_403) {
    start({"--origin", "https://shop.example"});
    auto const with_origin = [&](std::string const& origin) {
        return dial({.headers = bearer(100) + "Origin: " + origin + "\r\n"}).http_status();
    };
    EXPECT_EQ(with_origin("https://shop.example"), 101);
    EXPECT_EQ(with_origin("https://evil.example"), 403);
    for (auto const* origin :
         {"https://shop.example.evil.example", "https://evilshop.example", "https://a.shop.example",
          "https://evil.example/https://shop.example", "http://shop.example",
          "https://shop.example:8443", "shop.example", "null"}) {
        EXPECT_EQ(with_origin(origin), 403) << origin;
        EXPECT_NE(log().find("origin=" + std::string(origin)), std::string::npos) << origin;
    }
}

TEST_F(Connect, C_3_the_servers_own_origin_may_always_connect) {
    start({"--origin", "https://shop.example"});
    auto own = dial({.headers = bearer(100) + "Origin: http://127.0.0.1\r\n"});
    EXPECT_EQ(own.http_status(), 101);
}

TEST_F(Connect, C_3_a_full_server_answers_503) {
    start({"--set", "limits.connections_max=2"});
    auto first = connect(100), second = connect(101);
    EXPECT_TRUE(first.is_alive() && second.is_alive());
    auto third = connect(102);
    EXPECT_EQ(third.http_status(), 503);
    EXPECT_NE(third.http_head().find("Retry-After"), std::string::npos);
    first.cut();
    EXPECT_TRUE(eventually([&] { return connect(102).http_status() == 101; }));
}

TEST_F(Connect, C_4_versions) {
    start();
    EXPECT_EQ(connect(100).expect("connection")["data"]["v"], 1);
    EXPECT_EQ(connect_base(100).expect("connection")["data"]["v"], 0);
    auto const zero =
        dial({.target = "/ws/messaging/?v=0&token=" + token(100)}).expect("connection");
    EXPECT_EQ(zero["data"]["v"], 0);
    for (auto const* version : {"2", "x", "01"}) {
        auto client =
            dial({.target = fmt::format("/ws/messaging/?v={}&token={}", version, token(100))});
        EXPECT_EQ(client.close_code(), 4505) << version;
    }
}

TEST_F(Connect, C_5_the_first_frame_is_connection_with_everything_in_it) {
    start();
    auto client = connect(100);
    auto const first = client.next();
    ASSERT_TRUE(first);
    EXPECT_EQ((*first)["type"], "connection");
    auto const data = (*first)["data"];
    EXPECT_EQ(data["status"], "connected");
    EXPECT_EQ(data["resume"], "fresh");
    EXPECT_TRUE(data["reason"].is_null());
    EXPECT_EQ(data["ping_interval_ms"], 25'000);
    EXPECT_NEAR(static_cast<double>(data["token_expires_in"].number()), 3600, 60);
    EXPECT_FALSE(data["epoch"].text().empty());
    EXPECT_GE(data["pos"].number(), 0);
    EXPECT_EQ(data["limits"]["max_frame"], 65'536);
    EXPECT_EQ(data["limits"]["max_content"], 5'000);
    EXPECT_EQ(data["server_time"].text().size(), 24u);
    EXPECT_NE(data["connection_id"].text(),
              connect(100).expect("connection")["data"]["connection_id"].text());
}

TEST_F(Connect, C_6_the_21st_connection_of_a_user_closes_4504_and_the_others_live) {
    start();
    std::vector<WsClient> clients;
    for (int i = 0; i < 20; ++i) clients.push_back(connect(100));
    for (auto& client : clients) EXPECT_TRUE(client.is_alive());
    EXPECT_EQ(connect(100).close_code(), 4504);
    EXPECT_TRUE(clients.front().is_alive() && clients.back().is_alive());
    clients.back().close();
    EXPECT_EQ(clients.back().close_code(), 1000);
    EXPECT_EQ(connect(100).expect("connection")["data"]["user_id"], 100);
}

TEST_F(Connect, C_6_who_connects_again_and_again_closes_4008_and_the_others_live) {
    start({"--set", "limits.user_connects_per_minute=8"});  // Two at once.
    auto first = connect(100);
    EXPECT_TRUE(first.is_alive());
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(connect(100).expect("connection").is_valid());
    EXPECT_EQ(connect(100).close_code(), 4008);
    EXPECT_NE(log().find("user 100 connects too often"), std::string::npos);
    EXPECT_TRUE(first.is_alive());
    EXPECT_TRUE(connect(101).is_alive()) << "another user is not limited";
}

TEST_F(Connect, C_7_who_answers_no_ping_closes_4011_and_who_does_stays) {
    start({"--set", "presence.lease_s=2", "--set", "presence.ping_interval_s=1"});
    auto dead = dial({.target = "/ws/messaging/?v=1&token=" + token(100), .answers_pings = false});
    auto lively = connect(101);
    // Reads on, because pongs are sent while reading. Longer than the lease with nothing else.
    EXPECT_FALSE(lively.expect("nothing of this type", Deadline(milliseconds(3'500))).is_valid());
    EXPECT_EQ(dead.close_code(), 4011);
    EXPECT_NE(log().find("session_ended_4011 user=100 from=127.0.0.1:"), std::string::npos);
    EXPECT_GE(dead.pings(), 1);
    EXPECT_TRUE(lively.is_alive());
    EXPECT_GE(lively.pings(), 2);
}

TEST_F(Connect, C_8_heartbeat_is_answered) {
    start();
    auto client = connect(100);
    client.send(R"({"type":"heartbeat","data":{}})");
    EXPECT_EQ(client.expect("heartbeat")["data"]["status"], "pong");
}

TEST_F(Connect, C_9_a_token_that_ends_is_announced_and_can_be_renewed) {
    start();
    auto client = dial({.target = "/ws/messaging/?v=1&token=" + token(100, 30)});
    auto const warning = client.expect("token_expiring");
    EXPECT_LE(warning["data"]["expires_in_ms"].number(), 30'000);
    EXPECT_GT(warning["data"]["expires_in_ms"].number(), 20'000);
    client.send(auth_frame("nonsense"));
    EXPECT_EQ(client.expect("error")["data"]["code"], "unauthorized");
    client.send(auth_frame(token(100, 3600)));
    auto const renewed = client.expect("auth");
    EXPECT_EQ(renewed["data"]["status"], "ok");
    EXPECT_GT(renewed["data"]["token_expires_in"].number(), 3'500);
    client.send(auth_frame(token(101)));
    EXPECT_EQ(client.close_code(), 4503);
}

TEST_F(Connect, C_9_30_s_after_its_end_the_token_closes_4001) {
    // 28 s of the 30 are forgiven clock difference: the connection begins with an ended token.
    start({"--set", "jwt.leeway_s=60"});
    auto client = dial({.target = "/ws/messaging/?v=1&token=" + token(100, -28)});
    EXPECT_EQ(client.expect("connection")["data"]["token_expires_in"], 0);
    EXPECT_EQ(client.expect("token_expiring")["data"]["expires_in_ms"], 0);
    EXPECT_EQ(client.close_code(), 4001);
}

TEST_F(Connect, C_10_SIGTERM_drains_and_exits_with_0) {
    start();
    std::vector<WsClient> clients;
    for (int i = 0; i < 5; ++i) clients.push_back(connect(100 + i));
    for (auto& client : clients) EXPECT_TRUE(client.is_alive());
    process().signal(SIGTERM);
    for (auto& client : clients) {
        EXPECT_GT(client.expect("drain")["data"]["reconnect_after_ms"].number(), 0);
        EXPECT_EQ(client.close_code(), 4012);
    }
    EXPECT_EQ(process().wait(), 0) << log();
}

TEST_F(Connect, C_10_a_client_that_does_not_react_does_not_hold_the_server_up) {
    start({"--set", "drain_s=1"});
    auto deaf = dial({.target = "/ws/messaging/?v=1&token=" + token(100), .answers_pings = false});
    auto unidentified = dial({});
    Tcp silent(port());
    EXPECT_TRUE(deaf.is_alive());
    EXPECT_EQ(stop(), 0) << log();
}

TEST_F(Connect, base_mode_gets_the_message_itself_and_v1_an_ack) {
    start();
    auto const conversation = open_conversation(100);
    auto base = connect_base(100), full = connect(100);
    EXPECT_TRUE(base.is_alive() && full.is_alive());
    base.send(message(conversation, "from base"));
    EXPECT_EQ(base.expect("message")["data"]["content"], "from base");
    EXPECT_EQ(full.expect("message")["data"]["text"], "from base");
    full.send(message(conversation, "from v1", {}, "q1"));
    auto const ack = full.next();
    ASSERT_TRUE(ack);
    EXPECT_EQ((*ack)["type"], "ack") << ack->dump();
    EXPECT_EQ((*ack)["id"], "q1");
    EXPECT_EQ(base.expect("message")["data"]["content"], "from v1");
}

}  // namespace
}  // namespace sewa::e2e
