// Groups, several shards, compressed frames: the same order on every screen.
#include <fmt/format.h>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

constexpr int kMembers = 12;
constexpr std::int64_t kRoom = 3;
constexpr std::int64_t kFirst = 25;  // Behind the people of the demo.

class Rooms : public ServerTest {
protected:
    // Twelve users from kFirst in one group; connections go to two shards in turn.
    Rooms() {
        auto const prepared = run({"bench", "--prepare", data_folder(), "--rooms", "3", "--members",
                                   std::to_string(kMembers)});
        EXPECT_EQ(prepared.code, 0) << prepared.errors;
        start({"--shards", "2"});
    }
    std::vector<WsClient> connect_all() {
        std::vector<WsClient> clients;
        for (int i = 0; i < kMembers; ++i) clients.push_back(connect(kFirst + i));
        for (auto& client : clients) EXPECT_TRUE(client.is_alive());
        return clients;
    }
};

std::string texts_of(WsClient& client, int count) {
    std::string texts;
    for (int i = 0; i < count; ++i) {
        auto const frame = client.expect("message");
        texts += fmt::format("{}:{} ", frame["data"]["conv_seq"].number(),
                             frame["data"]["content"].text());
    }
    return texts;
}

TEST_F(Rooms, M_5_a_group_over_two_shards_sees_one_dense_order) {
    auto clients = connect_all();
    auto watcher = connect(kFirst);
    ASSERT_TRUE(watcher.is_alive());
    for (int i = 0; i < 10; ++i) {
        for (int member = 0; member < kMembers; ++member) {
            clients[member].send(message(kRoom, fmt::format("{}/{}", member, i)));
        }
    }
    auto const log = texts_of(watcher, 10 * kMembers);
    auto second =
        connect(kFirst + 1, "&since=" + get(kFirst + 1, "sync/").json()["epoch"].text() + ":1");
    EXPECT_EQ(texts_of(second, 10 * kMembers), log) << "the replay equals what was shown live";
    for (auto& client : clients) {
        int acks = 0, shown = 0;
        for (std::int64_t seq = 0; acks < 10 || shown < 10 * (kMembers - 1);) {
            auto const frame = client.next();
            ASSERT_TRUE(frame) << "acks " << acks << ", shown " << shown;
            bool const is_ack = (*frame)["type"] == "ack";
            if (!is_ack && !((*frame)["type"] == "message")) continue;
            auto const here = (*frame)["data"]["conv_seq"].number();
            EXPECT_GT(here, seq) << "own and foreign messages in one order";
            seq = here;
            ++(is_ack ? acks : shown);
        }
    }
}

TEST_F(Rooms, P_5_typing_reaches_the_members_on_the_other_shard) {
    auto clients = connect_all();
    clients[0].send(R"({"type":"typing","data":{"conversation_id":3,"is_typing":true}})");
    for (int member = 1; member < kMembers; ++member) {
        auto const typing = clients[member].expect("typing")["data"];
        EXPECT_EQ(typing["user_id"], kFirst) << "member " << member << ": " << typing.dump();
        EXPECT_TRUE(typing["is_typing"].truth());
    }
}

TEST_F(Rooms, P_2_presence_is_one_over_all_shards) {
    auto clients = connect_all();
    auto const users = get(kFirst, "presence/?ids=26,27,28,29,30,31").json()["users"];
    ASSERT_EQ(users.size(), 6u);
    for (std::size_t i = 0; i < users.size(); ++i) EXPECT_TRUE(users[i]["is_online"].truth());
}

TEST_F(Rooms, a_long_text_travels_compressed_both_ways_and_plain_to_who_did_not_ask) {
    WsOptions options{.target = "/ws/messaging/?v=1&token=" + token(kFirst),
                      .headers = "Sec-WebSocket-Extensions: permessage-deflate\r\n"};
    auto sender = dial(options);
    options.target = "/ws/messaging/?v=1&token=" + token(kFirst + 1);
    auto reader = dial(options);
    auto plain = connect(kFirst + 2);
    ASSERT_TRUE(sender.is_compressed() && reader.is_compressed() && !plain.is_compressed());
    ASSERT_TRUE(sender.is_alive() && reader.is_alive() && plain.is_alive());
    std::string const text(4000, 'n');
    auto const before = reader.bytes_received();
    sender.send(message(kRoom, text));
    EXPECT_TRUE(sender.expect("ack").is_valid());
    EXPECT_EQ(reader.expect("message")["data"]["content"], text);
    EXPECT_LT(reader.bytes_received() - before, text.size() / 2) << "it was compressed";
    EXPECT_EQ(plain.expect("message")["data"]["content"], text);
}

}  // namespace
}  // namespace sewa::e2e
