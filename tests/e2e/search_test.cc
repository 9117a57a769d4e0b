// PROTOCOL section 8, search: F-1 to F-4.
#include <fmt/format.h>

#include "deadline.h"
#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Search : public ServerTest {
protected:
    void SetUp() override { start(); }

    std::int64_t post_text(std::int64_t user, std::int64_t conversation, std::string_view text) {
        auto const answer =
            post(user, "messages/",
                 fmt::format(R"({{"conversation":{},"text":"{}"}})", conversation, text));
        return answer.json()["id"].number();
    }
    // The answer to a search, as soon as it has so many hits: the index follows the log (F-3).
    Json search(std::int64_t user, std::string const& query, std::size_t hits) {
        Json answer;
        EXPECT_TRUE(eventually([&] {
            answer = get(user, "search/?" + query).json();
            return answer["results"].size() == hits;
        })) << query;
        return answer;
    }
};

TEST_F(Search, F_1_words_are_found_with_their_places) {
    auto const id = open_conversation(100);
    post_text(100, id, "धारा drips in the Kitchen");
    post_text(kProvider, id, "Which kitchen?");
    auto const both = search(100, "q=kitch", 2);
    ASSERT_EQ(both["results"].size(), 2u) << both.dump();
    EXPECT_EQ(both["results"][0]["content"], "Which kitchen?");
    EXPECT_EQ(both["results"][0]["sender"]["id"], kProvider);
    EXPECT_EQ(both["results"][0]["conversation_id"], id);
    EXPECT_TRUE(both["next_cursor"].is_null());
    auto const mark = both["results"][1]["highlights"][0];
    EXPECT_EQ(mark[0], 18);
    EXPECT_EQ(mark[1], 25);
    EXPECT_EQ(
        search(kProvider, "q=%E0%A4%A7%E0%A4%BE%E0%A4%B0%E0%A4%BE%20DRIPS", 1)["results"].size(),
        1u);
}

TEST_F(Search, F_2_others_find_nothing) {
    auto const id = open_conversation(100);
    post_text(100, id, "treasure");
    search(100, "q=treasure", 1);
    EXPECT_EQ(get(101, "search/?q=treasure").json()["results"].size(), 0u);
    auto const foreign = get(101, fmt::format("search/?q=treasure&conversation={}", id));
    auto const absent = get(101, "search/?q=treasure&conversation=99999");
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body, absent.body);
}

TEST_F(Search, F_3_an_edit_and_a_deletion_are_followed) {
    auto const id = open_conversation(100);
    auto const message = post_text(100, id, "dawnglow");
    search(kProvider, "q=dawnglow", 1);
    call("PATCH", 100, fmt::format("messages/{}/", message), R"({"text":"duskglow"})");
    EXPECT_EQ(get(kProvider, "search/?q=dawnglow").json()["results"].size(), 0u) << "at once";
    EXPECT_EQ(search(kProvider, "q=duskglow", 1)["results"].size(), 1u);
    call("DELETE", 100, fmt::format("messages/{}/", message), R"({"deletion_type":"everyone"})");
    EXPECT_EQ(get(kProvider, "search/?q=duskglow").json()["results"].size(), 0u) << "at once";
}

TEST_F(Search, F_3_the_index_survives_a_kill) {
    auto const id = open_conversation(100);
    for (int i = 0; i < 40; ++i) post_text(100, id, fmt::format("stone {}", i));
    kill();
    restart();
    EXPECT_EQ(search(100, "q=stone&limit=50", 40)["results"].size(), 40u);
}

TEST_F(Search, F_4_pages_go_on_by_cursor) {
    auto const id = open_conversation(100);
    for (int i = 0; i < 25; ++i) post_text(100, id, fmt::format("brick {}", i));
    search(100, "q=brick&limit=50", 25);
    std::size_t seen = 0;
    std::string cursor;
    int pages = 0;
    do {
        auto const page = get(100, "search/?q=brick&limit=10" + cursor).json();
        seen += page["results"].size();
        cursor = fmt::format("&cursor={}", page["next_cursor"].number());
        if (page["next_cursor"].is_null()) cursor.clear();
    } while (!cursor.empty() && ++pages < 10);
    EXPECT_EQ(seen, 25u);
}

TEST_F(Search, filters_and_their_mistakes) {
    auto const id = open_conversation(100);
    post_text(100, id, "water one");
    post_text(kProvider, id, "water two");
    EXPECT_EQ(search(100, "q=water&sender=2", 1)["results"][0]["content"], "water two");
    EXPECT_EQ(search(100, "q=water&type=text&after=2020-01-01", 2)["results"].size(), 2u);
    EXPECT_EQ(get(100, "search/?q=water&before=2020-01-01").json()["results"].size(), 0u);
    for (auto const* wrong :
         {"q", "type", "after", "before", "sender", "conversation", "cursor", "limit"}) {
        auto const answer = get(100, fmt::format("search/?q=a&{}=-", wrong));
        auto const q = get(100, "search/?q=-");
        EXPECT_EQ((std::string_view(wrong) == "q" ? q : answer).status, 400) << wrong;
        EXPECT_EQ((std::string_view(wrong) == "q" ? q : answer).json()["field"], wrong);
    }
    EXPECT_EQ(http(port(), {.target = "/api/messaging/search/?q=a"}).status, 401);
}

}  // namespace
}  // namespace sewa::e2e
