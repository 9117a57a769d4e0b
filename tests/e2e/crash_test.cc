// What a crash in the middle of traffic may cost: nothing (M-1, M-2, R-3).
#include <fmt/format.h>

#include "crowd.h"
#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Crash : public ServerTest {};

TEST_F(Crash, SIGKILL_in_the_middle_of_traffic_loses_and_doubles_nothing) {
    start();
    std::vector<std::int64_t> const conversations{open_conversation(100), open_conversation(101)};
    Crowd crowd(fmt::format("ws://127.0.0.1:{}", port()));
    // Two people and their second devices; the provider is in both conversations.
    crowd.add(token(100), {conversations[0]});
    crowd.add(token(100), {conversations[0]});
    crowd.add(token(101), {conversations[1]});
    crowd.add(token(kProvider), conversations);
    crowd.add(token(kProvider), conversations);
    ASSERT_TRUE(crowd.until([&] { return crowd.all_live(); }));
    for (int crash = 0; crash < 10; ++crash) {
        auto const before = crowd.acknowledged();
        crowd.talk(40);
        ASSERT_TRUE(crowd.until([&] { return crowd.acknowledged() > before + 30; }));
        restart();
    }
    crowd.talk(10);
    ASSERT_TRUE(crowd.until([&] { return crowd.is_quiet(); })) << crowd.describe();
    EXPECT_EQ(crowd.acknowledged(), crowd.posted()) << "everything was answered in the end";
    for (auto const conversation : conversations) {
        std::vector<std::string> stored;
        std::int64_t after = 0;
        for (bool has_more = true; has_more;) {
            auto const page = get(kProvider, fmt::format("conversations/{}/events/?after={}",
                                                         conversation, after))
                                  .json();
            for (std::size_t i = 0; i < page["results"].size(); ++i) {
                auto const event = page["results"][i];
                ASSERT_EQ(event["data"]["conv_seq"], ++after) << "dense";
                if (event["type"] == "message") stored.push_back(event["data"]["content"].text());
            }
            has_more = page["has_more"].truth();
        }
        crowd.expect_shown(conversation, stored);
    }
}

}  // namespace
}  // namespace sewa::e2e
