// PROTOCOL section 5.
#include <fmt/format.h>

#include <chrono>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

using std::chrono::milliseconds;

class PresenceAndTyping : public ServerTest {
protected:
    void begin(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"--set", "presence.offline_grace_s=1", "--set",
                                   "typing.ttl_ms=400", "--set", "typing.throttle_ms=250"});
        start(more);
        conversation_ = open_conversation(100);
    }
    // The next `status` about a user.
    static Json status_of(WsClient& viewer, std::int64_t user, Deadline deadline = Deadline()) {
        for (;;) {
            auto const frame = viewer.expect("status", deadline);
            if (!frame.is_valid() || frame["data"]["user_id"] == user) return frame["data"];
        }
    }
    std::string typing(bool is_typing) const {
        return fmt::format(R"({{"type":"typing","data":{{"conversation_id":{},"is_typing":{}}}}})",
                           conversation_, is_typing);
    }
    static bool hears_typing(WsClient& client, milliseconds within) {
        return client.expect("typing", Deadline(within)).is_valid();
    }

    std::int64_t conversation_ = 0;
};

TEST_F(PresenceAndTyping, P_2_offline_comes_after_the_grace_of_the_last_device_with_last_seen) {
    begin();
    auto viewer = connect(kProvider);
    ASSERT_TRUE(viewer.is_alive());
    auto phone = connect(100);
    auto const online = status_of(viewer, 100);
    EXPECT_TRUE(online["is_online"].truth());
    EXPECT_EQ(online["user_name"], "User 100");
    auto laptop = connect(100);
    ASSERT_TRUE(laptop.is_alive());
    phone.close();
    EXPECT_EQ(phone.close_code(), 1000);
    // Longer than the grace: neither a second "online" nor an "offline".
    EXPECT_FALSE(status_of(viewer, 100, Deadline(milliseconds(1'500))).is_valid());
    auto const left_at = std::chrono::steady_clock::now();
    laptop.cut();
    auto const offline = status_of(viewer, 100);
    EXPECT_GE(std::chrono::steady_clock::now() - left_at, milliseconds(900));
    EXPECT_FALSE(offline["is_online"].truth());
    EXPECT_EQ(offline["last_seen"].text().size(), 24u) << offline.dump();
}

TEST_F(PresenceAndTyping, P_2_a_reload_does_not_flap) {
    begin();
    auto viewer = connect(kProvider);
    auto before = connect(100);
    EXPECT_TRUE(status_of(viewer, 100)["is_online"].truth());
    before.cut();
    auto after = connect(100);
    ASSERT_TRUE(after.is_alive());
    EXPECT_FALSE(status_of(viewer, 100, Deadline(milliseconds(1'500))).is_valid());
}

TEST_F(PresenceAndTyping, P_2_who_left_and_is_refused_goes_offline_in_time) {
    begin({"--set", "limits.user_connects_per_minute=4"});
    auto viewer = connect(kProvider);
    ASSERT_TRUE(viewer.is_alive());
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(connect(100).expect("connection").is_valid());
    EXPECT_EQ(connect(100).close_code(), 4008);
    EXPECT_TRUE(status_of(viewer, 100)["is_online"].truth());
    auto const offline = status_of(viewer, 100);
    EXPECT_TRUE(offline.is_valid());
    EXPECT_FALSE(offline["is_online"].truth());
}

TEST_F(PresenceAndTyping, P_2_last_seen_survives_a_restart) {
    begin();
    auto viewer = connect(kProvider);
    {
        auto client = connect(100);
        EXPECT_TRUE(status_of(viewer, 100)["is_online"].truth());
    }
    auto const last_seen = status_of(viewer, 100)["last_seen"].text();
    EXPECT_EQ(last_seen.size(), 24u);
    restart();
    auto const user = get(kProvider, "presence/?ids=100").json()["users"][0];
    EXPECT_FALSE(user["is_online"].truth());
    EXPECT_EQ(user["last_seen"].text().substr(0, 19), last_seen.substr(0, 19));
}

TEST_F(PresenceAndTyping, P_3_who_connects_learns_which_partners_are_online) {
    begin();
    auto partner = connect(100), stranger = connect(555);
    ASSERT_TRUE(partner.is_alive() && stranger.is_alive());
    auto full = connect(kProvider);
    auto const snapshot = full.expect("status_snapshot")["data"]["users"];
    ASSERT_EQ(snapshot.size(), 1u) << snapshot.dump();
    EXPECT_EQ(snapshot[0]["user_id"], 100);
    EXPECT_TRUE(snapshot[0]["is_online"].truth());
    auto base = connect_base(kProvider);
    EXPECT_TRUE(status_of(base, 100)["is_online"].truth());
}

TEST_F(PresenceAndTyping, P_4_presence_answers_about_partners_only) {
    begin();
    auto partner = connect(100), stranger = connect(555), asking = connect(kProvider);
    ASSERT_TRUE(partner.is_alive() && stranger.is_alive());
    asking.expect("status_snapshot");
    asking.send(R"({"type":"presence","data":{"ids":[100,555,987654]}})");
    auto const users = asking.expect("status_snapshot")["data"]["users"];
    ASSERT_EQ(users.size(), 1u) << users.dump();
    EXPECT_EQ(users[0]["user_id"], 100);
    auto const rest = get(kProvider, "presence/?ids=100,555").json()["users"];
    EXPECT_EQ(rest.size(), 1u);
    std::string many = "1";
    for (int i = 2; i <= 201; ++i) many += fmt::format(",{}", i);
    asking.send(R"({"type":"presence","data":{"ids":[)" + many + "]}}");
    EXPECT_EQ(asking.expect("error")["data"]["code"], "bad_request");
}

TEST_F(PresenceAndTyping, P_5_typing_is_told_to_the_others_and_ends_by_time) {
    begin();
    auto typist = connect(100), own = connect(100), other = connect(kProvider);
    ASSERT_TRUE(own.is_alive() && other.is_alive());
    typist.send(typing(true));
    auto const begun = other.expect("typing")["data"];
    EXPECT_EQ(begun["conversation_id"], conversation_);
    EXPECT_EQ(begun["user_id"], 100);
    EXPECT_EQ(begun["user_name"], "User 100");
    EXPECT_TRUE(begun["is_typing"].truth());
    EXPECT_EQ(begun["expires_in_ms"], 400);
    EXPECT_FALSE(other.expect("typing")["data"]["is_typing"].truth());
    EXPECT_FALSE(hears_typing(own, milliseconds(50))) << "P-6: own sessions hear nothing";
}

TEST_F(PresenceAndTyping, P_5_typing_ends_by_a_message_by_a_stop_and_by_leaving) {
    begin({"--set", "typing.ttl_ms=60000", "--set", "typing.throttle_ms=0"});
    auto typist = connect(100), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    auto const expect_start_and_stop = [&](auto end) {
        typist.send(typing(true));
        EXPECT_TRUE(other.expect("typing")["data"]["is_typing"].truth());
        end();
        auto const stop = other.expect("typing")["data"];
        EXPECT_TRUE(stop.has("is_typing") && !stop["is_typing"].truth()) << stop.dump();
    };
    expect_start_and_stop([&] { typist.send(typing(false)); });
    expect_start_and_stop([&] { typist.send(message(conversation_, "done")); });
    expect_start_and_stop([&] { typist.cut(); });
}

TEST_F(PresenceAndTyping, P_6_one_sign_in_the_throttle_time_is_relayed) {
    begin({"--set", "typing.ttl_ms=60000", "--set", "typing.throttle_ms=50000"});
    auto typist = connect(100), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    for (int i = 0; i < 10; ++i) typist.send(typing(true));
    EXPECT_TRUE(typist.is_alive());
    EXPECT_TRUE(other.expect("typing")["data"]["is_typing"].truth());
    EXPECT_FALSE(hears_typing(other, milliseconds(50)));
}

TEST_F(PresenceAndTyping, P_6_who_writes_the_next_message_at_once_is_seen_typing) {
    begin({"--set", "typing.ttl_ms=60000", "--set", "typing.throttle_ms=50000"});
    auto typist = connect(100), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    for (int i = 0; i < 3; ++i) {
        typist.send(typing(true));
        EXPECT_TRUE(other.expect("typing")["data"]["is_typing"].truth());
        typist.send(message(conversation_, fmt::format("message {}", i)));
        auto const stop = other.expect("typing")["data"];
        EXPECT_TRUE(stop.has("is_typing") && !stop["is_typing"].truth()) << stop.dump();
    }
}

TEST_F(PresenceAndTyping, typing_over_REST_is_the_same) {
    begin();
    auto other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    EXPECT_EQ(
        post(100, fmt::format("conversations/{}/typing/", conversation_), R"({"is_typing":true})")
            .status,
        204);
    EXPECT_TRUE(other.expect("typing")["data"]["is_typing"].truth());
}

}  // namespace
}  // namespace sewa::e2e
