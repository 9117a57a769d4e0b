// PROTOCOL section 4, and what a crash in the middle of traffic may cost: nothing.
#include <fmt/format.h>
#include <sqlite3.h>

#include <thread>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Resume : public ServerTest {
protected:
    // Sends `count` messages and waits for all acks; at most 100 are on their way.
    static void send_many(WsClient& client, std::int64_t conversation, int count) {
        int acknowledged = 0;
        for (int i = 0; i < count; ++i) {
            client.send(message(conversation, fmt::format("m{}", i)));
            if (i - acknowledged < 100) continue;
            ASSERT_TRUE(client.expect("ack").is_valid());
            ++acknowledged;
        }
        for (; acknowledged < count; ++acknowledged) {
            ASSERT_TRUE(client.expect("ack").is_valid());
        }
    }
    std::string since(std::int64_t pos) { return fmt::format("&since={}:{}", epoch(), pos); }
    std::string epoch() { return connect(999).expect("connection")["data"]["epoch"].text(); }
};

TEST_F(Resume, R_2_without_since_it_is_fresh_and_live_from_pos) {
    start();
    auto const conversation = open_conversation(100);
    auto reader = connect(kProvider), writer = connect(100);
    auto const first = reader.expect("connection")["data"];
    EXPECT_EQ(first["resume"], "fresh");
    writer.send(message(conversation, "x"));
    EXPECT_GT(reader.expect("message")["data"]["pos"].number(), first["pos"].number());
}

TEST_F(Resume, R_3_2300_missed_events_and_live_traffic_meet_without_gap_or_repetition) {
    start();
    auto const conversation = open_conversation(100);
    auto writer = connect(100);
    auto const from = writer.expect("connection")["data"]["pos"].number();
    send_many(writer, conversation, 2'300);
    auto reader = connect(kProvider, since(from));
    // While the replay runs: more than its hold queue takes, over another connection.
    std::thread traffic([&] {
        auto live = connect(100);
        send_many(live, conversation, 300);
    });
    EXPECT_EQ(reader.expect("connection")["data"]["resume"], "resumed");
    std::int64_t pos = from, seq = -1, synced = -1, seen = 0;
    while (seen < 2'600) {
        auto const frame = reader.next();
        if (!frame) break;
        auto const data = (*frame)["data"];
        if ((*frame)["type"] == "synced") synced = data["pos"].number();
        if ((*frame)["type"].text() != "message") continue;
        ASSERT_GT(data["pos"].number(), pos) << "M-5";
        if (seq >= 0) {
            ASSERT_EQ(data["conv_seq"], seq + 1);
        }
        if (synced >= 0) {
            EXPECT_GT(data["pos"].number(), synced);
        }
        pos = data["pos"].number();
        seq = data["conv_seq"].number();
        ++seen;
    }
    traffic.join();
    EXPECT_EQ(seen, 2'600);
    if (synced < 0) synced = reader.expect("synced")["data"]["pos"].number();
    EXPECT_GE(synced, from + 2'300);
    EXPECT_GE(metric("sewa_events_replayed_total"), 2'300);
}

TEST_F(Resume, R_3_who_missed_nothing_gets_synced_too) {
    start();
    open_conversation(100);
    auto const pos = connect(100).expect("connection")["data"]["pos"].number();
    auto client = connect(100, since(pos));
    EXPECT_EQ(client.expect("connection")["data"]["resume"], "resumed");
    auto const next = client.expect("synced");
    EXPECT_EQ(next["data"]["pos"], pos);
}

TEST_F(Resume, R_3_a_session_that_replays_can_send) {
    start({"--set", "limits.replay_page=10"});
    auto const conversation = open_conversation(100);
    auto writer = connect(100);
    auto const from = writer.expect("connection")["data"]["pos"].number();
    send_many(writer, conversation, 400);
    auto reader = connect(kProvider, since(from));
    reader.send(message(conversation, "in the middle", "k1"));
    for (std::int64_t pos = from;;) {
        auto const frame = reader.next();
        ASSERT_TRUE(frame);
        auto const at = (*frame)["data"]["pos"].number();
        // A replay may repeat its own message (R-5); the ack then has the same position.
        if ((*frame)["type"] == "ack") {
            EXPECT_GE(at, pos) << "the ack keeps its place among the events";
            break;
        }
        if ((*frame)["type"].text() != "message") continue;
        EXPECT_GT(at, pos);
        pos = at;
    }
}

TEST_F(Resume, R_4_a_foreign_epoch_or_a_position_from_the_future_is_a_snapshot) {
    start();
    open_conversation(100);
    auto const own = epoch();
    for (auto const& position : {std::string("another:1"), own + ":900000000"}) {
        auto client = connect(100, "&since=" + position);
        auto const data = client.expect("connection")["data"];
        EXPECT_EQ(data["resume"], "snapshot") << position;
        EXPECT_EQ(data["reason"], "epoch_changed");
        auto const sync = get(100, "sync/").json();
        EXPECT_EQ(sync["epoch"], own);
        EXPECT_GE(sync["pos"].number(), data["pos"].number());
    }
}

TEST_F(Resume, R_7_events_of_the_past_end_and_messages_stay) {
    start();
    auto const conversation = open_conversation(100);
    {
        auto client = connect(100);
        send_many(client, conversation, 20);
        client.send(fmt::format(R"({{"type":"read","data":{{"conversation_id":{},"up_to":5}}}})",
                                conversation));
        ASSERT_TRUE(client.is_alive());
    }
    auto const old = since(1);
    auto const stored = [&] {
        return get(100, fmt::format("messages/?conversation={}&page_size=50", conversation))
            .json()["results"]
            .size();
    };
    auto const before = stored();
    ASSERT_EQ(stop(), 0);
    // Forty days pass.
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((data_folder() + "/sewa.db").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, "UPDATE events SET created_at = created_at - 40 * 86400000", nullptr,
                           nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(db);
    restart();
    ASSERT_TRUE(eventually([&] {
        auto const data = connect(100, old).expect("connection")["data"];
        return data["resume"] == "snapshot" && data["reason"] == "too_old";
    })) << log();
    EXPECT_EQ(stored(), before) << "messages are kept for ever";
    auto const fresh =
        connect(100, since(get(100, "sync/").json()["pos"].number())).expect("connection")["data"];
    EXPECT_EQ(fresh["resume"], "resumed") << "what the snapshot names can be resumed from";
}

TEST_F(Resume, the_epoch_stays_over_a_restart) {
    start();
    auto const before = epoch();
    restart();
    EXPECT_EQ(epoch(), before);
}

TEST_F(Resume, R_6_events_repair_a_gap_page_by_page) {
    start();
    auto const conversation = open_conversation(100);
    auto writer = connect(100);
    auto live = connect(kProvider);
    ASSERT_TRUE(live.is_alive());
    send_many(writer, conversation, 1'050);
    std::int64_t after = 0;
    int pages = 0;
    for (bool has_more = true; has_more; ++pages) {
        auto const page =
            get(kProvider, fmt::format("conversations/{}/events/?after={}", conversation, after))
                .json();
        EXPECT_FALSE(page["snapshot_required"].truth());
        ASSERT_LE(page["results"].size(), 500u);
        for (std::size_t i = 0; i < page["results"].size(); ++i) {
            ASSERT_EQ(page["results"][i]["data"]["conv_seq"], ++after);
        }
        has_more = page["has_more"].truth();
        if (!has_more) {
            EXPECT_EQ(page["last_conv_seq"], after);
        }
        ASSERT_LT(pages, 5);
    }
    EXPECT_EQ(pages, 3);
    auto const frame = live.expect("message");
    auto const again =
        get(kProvider, fmt::format("conversations/{}/events/?after={}&limit=1", conversation,
                                   frame["data"]["conv_seq"].number() - 1))
            .json()["results"][0];
    EXPECT_EQ(again.dump(), frame.dump()) << "as sent live";
}

}  // namespace
}  // namespace sewa::e2e
