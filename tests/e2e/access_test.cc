// PROTOCOL K-7 to K-9: bans, logouts and roles reach open sockets; a person is forgotten or
// exported.
#include <fmt/format.h>

#include "core/clock.h"
#include "keyed_server_fixture.h"

namespace sewa::e2e {
namespace {

class AccessControl : public KeyedServerTest {
protected:
    static constexpr std::chrono::seconds kSoon{5};

    int status_of(std::string const& token) {
        return http(port(), {.target = "/api/messaging/conversations/", .token = token}).status;
    }
    std::string say(std::int64_t user, std::int64_t conversation, std::string_view text) {
        auto const body = fmt::format(R"({{"conversation":{},"text":"{}"}})", conversation, text);
        auto const answer = post(user, "messages/", body);
        EXPECT_EQ(answer.status, 201) << answer.body;
        return fmt::to_string(answer.json()["id"].number());
    }
    // Whether any file of the data folder holds the text.
    bool is_on_disk(std::string_view text) {
        for (auto const* const name : {"sewa.db", "sewa.db-wal"}) {
            if (read_file(data_folder() + "/" + name).find(text) != std::string::npos) return true;
        }
        return false;
    }
};

TEST_F(AccessControl, K_7_a_ban_ends_sessions_tokens_and_tickets) {
    auto session = connect(300), other = connect(301);
    session.expect("connection");
    other.expect("connection");
    auto const before = token(300);
    auto const ticket = post(300, "ws-ticket/").json()["ticket"].text();
    EXPECT_EQ(ask("POST", "people/300/ban/").status, 200);
    EXPECT_EQ(session.close_code(Deadline(kSoon)), 4503);
    EXPECT_EQ(status_of(before), 403);
    EXPECT_EQ(connect(300).close_code(), 4503);
    EXPECT_EQ(dial({.target = "/ws/messaging/?v=1&ticket=" + ticket}).close_code(), 4503);
    EXPECT_TRUE(other.is_alive()) << "nobody else is sent away";
    restart();
    EXPECT_EQ(status_of(token(300)), 403) << "a ban survives a restart";
    EXPECT_EQ(ask("POST", "people/300/unban/").status, 200);
    EXPECT_TRUE(eventually([&] { return status_of(token(300)) == 200; }, Deadline(kSoon)));
    EXPECT_EQ(status_of(before), 401) << "tokens of before stay worthless";
}

TEST_F(AccessControl, K_7_a_logout_ends_what_was_issued_before) {
    auto const before = token(300);
    auto session = connect(300);
    session.expect("connection");
    EXPECT_EQ(ask("POST", "people/300/logout/").status, 200);
    EXPECT_EQ(status_of(before), 401);
    EXPECT_EQ(session.close_code(Deadline(kSoon)), 4001);
    EXPECT_EQ(status_of(token(300)), 200) << "a token from after the close is good at once";
    EXPECT_EQ(status_of(before), 401);
    restart();
    EXPECT_EQ(status_of(before), 401);
}

TEST_F(AccessControl, K_7_a_session_that_renewed_its_token_goes_on) {
    auto session = connect(300);
    session.expect("connection");
    EXPECT_EQ(ask("POST", "people/300/logout/").status, 200);
    // The close waits for the end of the second; a token of the next second is one of after.
    auto const second = [] { return SystemClock().wall().value / 1000; };
    auto const now = second();
    EXPECT_TRUE(eventually([&] { return second() != now; }));
    session.send(fmt::format(R"({{"type":"auth","data":{{"token":"{}"}}}})", token(300)));
    EXPECT_TRUE(session.expect("auth", Deadline(kSoon)).is_valid());
    auto witness = connect(301);
    witness.expect("connection");
    EXPECT_EQ(ask("POST", "people/301/logout/").status, 200);
    EXPECT_EQ(witness.close_code(Deadline(kSoon)), 4001);
    EXPECT_TRUE(session.is_alive());
}

TEST_F(AccessControl, K_7_a_change_of_role_ends_tokens_of_before) {
    EXPECT_EQ(ask("PUT", "people/300/", R"({"name":"Maya","role":"customer"})").status, 200);
    auto session = connect(300);
    session.expect("connection");
    EXPECT_EQ(ask("PUT", "people/300/", R"({"name":"Maya L","role":"customer"})").status, 200);
    EXPECT_TRUE(session.is_alive()) << "a new name ends nothing";
    EXPECT_EQ(ask("PUT", "people/300/", R"({"name":"Maya","role":"provider"})").status, 200);
    EXPECT_EQ(session.close_code(Deadline(kSoon)), 4001);
}

TEST_F(AccessControl, K_8_an_erased_person_is_gone_from_screens_log_and_disk) {
    auto const id = open_conversation(300);
    auto const kept = say(kProvider, id, "the plumber speaks");
    auto const mine = say(300, id, "zanzibarsecret");
    auto const edited = say(300, id, "first version xylophone");
    EXPECT_EQ(call("PATCH", 300, "messages/" + edited + "/", R"({"text":"other quetzal"})").status,
              200);
    auto const removed = say(300, id, "taken back");
    EXPECT_EQ(
        call("DELETE", 300, "messages/" + removed + "/", R"({"deletion_type":"everyone"})").status,
        204);
    auto session = connect(300), provider = connect(kProvider);
    session.expect("connection");
    provider.expect("connection");

    auto const erased = ask("DELETE", "people/300/");
    EXPECT_EQ(erased.status, 200) << erased.body;
    EXPECT_EQ(session.close_code(Deadline(kSoon)), 4503);
    EXPECT_EQ(provider.expect("message_deleted")["message_id"].number(), std::stoll(mine));
    EXPECT_EQ(provider.expect("message_deleted")["message_id"].number(), std::stoll(edited));
    auto const path = fmt::format("conversations/{}/", id);
    auto const thread = get(kProvider, path);
    auto const events = get(kProvider, path + "events/?after=0");
    for (auto const* const text : {"zanzibarsecret", "xylophone", "quetzal", "User 300"}) {
        EXPECT_EQ(thread.body.find(text), std::string::npos) << text;
        EXPECT_EQ(events.body.find(text), std::string::npos) << text;
    }
    EXPECT_NE(thread.body.find("the plumber speaks"), std::string::npos) << kept;
    EXPECT_EQ(thread.json()["other_participant"]["name"], "Deleted user");
    EXPECT_EQ(ask("DELETE", "people/300/").status, 200) << "once more does no harm";
    stop();
    for (auto const* const text : {"zanzibarsecret", "xylophone", "quetzal", "User 300"}) {
        EXPECT_FALSE(is_on_disk(text)) << text;
    }
}

TEST_F(AccessControl, K_8_a_long_history_is_erased_in_steps) {
    auto const id = open_conversation(300);
    auto session = connect(300);
    session.expect("connection");
    constexpr int kMessages = 450;
    for (int i = 0; i < kMessages; ++i) {
        session.send(message(id, fmt::format("mine {}", i)));
        ASSERT_TRUE(session.expect("ack").is_valid());
    }
    EXPECT_EQ(ask("DELETE", "people/300/").status, 200);
    auto const events = get(kProvider, fmt::format("conversations/{}/events/?after=0", id));
    EXPECT_EQ(events.body.find("mine "), std::string::npos);
}

TEST_F(AccessControl, K_9_an_export_has_all_that_a_person_wrote) {
    auto const id = open_conversation(300);
    say(300, id, "mine one");
    say(kProvider, id, "not mine");
    say(300, id, "mine two");
    auto const page = ask("GET", "people/300/export/");
    EXPECT_EQ(page.status, 200) << page.body;
    EXPECT_EQ(page.json()["person"]["name"], "User 300");
    EXPECT_EQ(page.json()["conversations"][0]["id"].number(), id);
    EXPECT_EQ(page.json()["messages"].size(), 2u);
    EXPECT_EQ(page.json()["messages"][1]["content"], "mine two");
    EXPECT_TRUE(page.json()["next"].is_null());
    EXPECT_EQ(page.body.find("not mine"), std::string::npos);
    EXPECT_EQ(ask("GET", "people/99999/export/").status, 404);
}

TEST_F(AccessControl, K_9_an_export_goes_on_by_its_link) {
    auto session = connect(300);
    session.expect("connection");
    int const kMessages = 250;
    auto const id = open_conversation(300);
    for (int i = 0; i < kMessages; ++i) {
        session.send(message(id, fmt::format("mine {}", i)));
        ASSERT_TRUE(session.expect("ack").is_valid());
    }
    std::size_t seen = 0;
    std::string link;
    for (int pages = 0; pages < 10; ++pages) {
        auto const page = ask("GET", "people/300/export/" + link).json();
        seen += page["messages"].size();
        if (page["next"].is_null()) break;
        link = page["next"].text();
    }
    EXPECT_EQ(seen, static_cast<std::size_t>(kMessages));
}

TEST_F(AccessControl, K_1_privacy_and_access_are_scopes_of_their_own) {
    auto const narrow = make_key_while_running("directory,presence");
    EXPECT_EQ(ask("DELETE", "people/300/", {}, narrow).status, 403);
    EXPECT_EQ(ask("GET", "people/300/export/", {}, narrow).status, 403);
    EXPECT_EQ(ask("POST", "people/300/ban/", {}, narrow).status, 403);
}

}  // namespace
}  // namespace sewa::e2e
