// PROTOCOL section 9: what the marketplace's back end does with an API key.
#include <fmt/format.h>

#include "keyed_server_fixture.h"

namespace sewa::e2e {
namespace {

class ServerApi : public KeyedServerTest {};

TEST_F(ServerApi, K_1_without_a_good_key_nothing_is_answered) {
    EXPECT_EQ(ask("GET", "presence/?ids=1").status, 200);
    auto wrong = key_;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    auto const refused = ask("GET", "presence/?ids=1", {}, wrong);
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.json()["code"], "unauthorized");
    EXPECT_EQ(ask("GET", "presence/?ids=1", {}, "").status, 401);
    EXPECT_EQ(get(100, "server/presence/?ids=1").status, 401) << "a person's token is no key";
    EXPECT_EQ(http(port(), {.target = "/api/messaging/conversations/", .token = key_}).status, 401)
        << "a key is no person's token";
}

TEST_F(ServerApi, K_1_a_key_does_what_its_scopes_allow) {
    auto const narrow = make_key_while_running("presence");
    EXPECT_EQ(ask("GET", "presence/?ids=1", {}, narrow).status, 200);
    auto const refused = ask("PUT", "people/500/", R"({"name":"Maya"})", narrow);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.json()["code"], "forbidden");
}

TEST_F(ServerApi, K_1_a_revoked_key_ends_without_a_restart) {
    auto const id = key_.substr(5, 8);
    auto const listed = run({"apikey", "list", "--data", data_folder()});
    EXPECT_NE(listed.output.find(id + "  good"), std::string::npos) << listed.output;
    EXPECT_EQ(listed.output.find(key_.substr(14)), std::string::npos) << "no secret is shown";
    EXPECT_EQ(run({"apikey", "revoke", id, "--data", data_folder()}).code, 0);
    EXPECT_TRUE(eventually([&] { return ask("GET", "presence/").status == 401; }));
    restart();
    EXPECT_EQ(ask("GET", "presence/").status, 401);
    EXPECT_EQ(run({"apikey", "revoke", "00000000", "--data", data_folder()}).code, 1);
    EXPECT_EQ(run({"apikey", "revoke", "x", "--data", data_folder()}).code, 2);
}

TEST_F(ServerApi, K_2_people_and_services_are_upserted) {
    auto const maya = R"({"first_name":"Maya","last_name":"Lama","role":"provider"})";
    auto const person = ask("PUT", "people/500/", maya);
    EXPECT_EQ(person.status, 200) << person.body;
    EXPECT_EQ(person.json()["name"], "Maya Lama");
    auto const service = ask("PUT", "services/70/", R"({"provider_id":500,"title":"Painting"})");
    EXPECT_EQ(service.status, 200) << service.body;
    auto const opened = post(100, "conversations/", R"({"service_id":70,"provider_id":500})");
    EXPECT_EQ(opened.status, 201) << opened.body;
    EXPECT_EQ(opened.json()["conversation"]["provider"]["role"], "provider");
    EXPECT_EQ(opened.json()["conversation"]["service"]["title"], "Painting");
}

TEST_F(ServerApi, K_2_bad_fields_are_named) {
    auto const field = [&](std::string const& path, std::string body) {
        auto const answer = ask("PUT", path, std::move(body));
        EXPECT_EQ(answer.status, 400);
        return answer.json()["field"].text();
    };
    EXPECT_EQ(field("people/500/", "{}"), "name");
    EXPECT_EQ(field("people/500/", R"({"name":"M","role":"king"})"), "role");
    EXPECT_EQ(field("people/500/", R"({"name":"M","avatar":"javascript:alert"})"), "avatar");
    EXPECT_EQ(field("people/500/", fmt::format(R"({{"name":"{:x>201}"}})", "")), "name");
    EXPECT_EQ(field("services/70/", R"({"title":"x"})"), "provider_id");
    EXPECT_EQ(field("services/70/", R"({"provider_id":2})"), "title");
}

TEST_F(ServerApi, K_3_a_direct_conversation_is_made_once) {
    auto const body = R"({"kind":"direct","service_id":1,"provider_id":2,"customer_id":300})";
    auto const first = ask("POST", "conversations/", body);
    EXPECT_EQ(first.status, 201) << first.body;
    EXPECT_TRUE(first.json()["created"].truth());
    auto const again = ask("POST", "conversations/", body);
    EXPECT_EQ(again.status, 200);
    EXPECT_FALSE(again.json()["created"].truth());
    EXPECT_EQ(again.json()["conversation_id"].number(), first.json()["conversation_id"].number());
    EXPECT_EQ(open_conversation(300), first.json()["conversation_id"].number());
    EXPECT_EQ(ask("POST", "conversations/", R"({"service_id":1,"provider_id":2})").json()["field"],
              "customer_id");
}

TEST_F(ServerApi, K_3_a_group_and_its_members) {
    auto const made = ask("POST", "conversations/",
                          R"({"kind":"group","title":"Site","participant_ids":[300,301]})");
    ASSERT_EQ(made.status, 201) << made.body;
    auto const path = fmt::format("conversations/{}/", made.json()["conversation_id"].number());
    auto session = connect(302);
    session.expect("connection");
    EXPECT_EQ(get(302, path).status, 404);
    EXPECT_EQ(ask("POST", path + "participants/", R"({"user_id":302})").status, 200);
    EXPECT_EQ(session.expect("conversation")["data"]["change"], "participant_added");
    EXPECT_EQ(get(302, path).status, 200);
    EXPECT_EQ(ask("PATCH", path, R"({"title":"Roof"})").status, 200);
    EXPECT_EQ(session.expect("conversation")["data"]["title"], "Roof");
    EXPECT_EQ(ask("DELETE", path + "participants/302/").status, 200);
    EXPECT_EQ(session.expect("conversation")["data"]["change"], "participant_removed");
    EXPECT_EQ(get(302, path).status, 403);
    auto const again = ask("DELETE", path + "participants/302/");
    EXPECT_FALSE(again.json()["changed"].truth());
    EXPECT_EQ(ask("PATCH", "conversations/9999/", R"({"title":"x"})").status, 404);
}

TEST_F(ServerApi, K_4_a_system_message_reaches_live_sessions_once) {
    auto const id = open_conversation(300);
    auto customer = connect(300), provider = connect(kProvider);
    customer.expect("connection");
    provider.expect("connection");
    auto const path = fmt::format("conversations/{}/messages/", id);
    auto const body = R"({"text":"Booking confirmed","client_msg_id":"b-1"})";
    auto const posted = ask("POST", path, body);
    ASSERT_EQ(posted.status, 201) << posted.body;
    EXPECT_EQ(posted.json()["message_type"], "system");
    EXPECT_TRUE(posted.json()["sender"].is_null());
    for (auto* const session : {&customer, &provider}) {
        auto const frame = session->expect("message");
        EXPECT_EQ(frame["data"]["content"], "Booking confirmed");
        EXPECT_EQ(frame["data"]["id"].number(), posted.json()["id"].number());
    }
    EXPECT_TRUE(ask("POST", path, body).json()["duplicate"].truth());
    auto const other = ask("POST", path, R"({"text":"Other","client_msg_id":"b-1"})");
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(get(300, fmt::format("conversations/{}/", id)).json()["unread_count"].number(), 1);
    EXPECT_EQ(ask("POST", "conversations/9999/messages/", body).status, 404);
    EXPECT_EQ(ask("POST", path, R"({"text":"  "})").status, 400);
}

TEST_F(ServerApi, K_5_a_closed_conversation_refuses_messages_over_both_ways) {
    auto const id = open_conversation(300);
    auto session = connect(300);
    session.expect("connection");
    auto const say = [&](std::string_view text) {
        return post(300, "messages/",
                    fmt::format(R"({{"conversation":{},"text":"{}"}})", id, text));
    };
    struct Case {
        char const *begin, *end, *code;
    };
    for (auto const& [begin, end, code] :
         {Case{"close", "reopen", "conversation_closed"}, Case{"block", "unblock", "blocked"}}) {
        auto const path = fmt::format("conversations/{}/", id);
        EXPECT_TRUE(ask("POST", path + begin + "/").json()["changed"].truth());
        session.expect("conversation");
        EXPECT_EQ(say("rest").status, 403);
        EXPECT_EQ(say("rest").json()["code"], code);
        session.send(message(id, "socket"));
        EXPECT_EQ(session.expect("error")["data"]["code"], code);
        EXPECT_EQ(ask("POST", path + "messages/", R"({"text":"x"})").json()["code"], code);
        auto const reopened =
            post(300, "conversations/",
                 R"({"service_id":1,"provider_id":2,"initial_message":"hello?"})");
        EXPECT_EQ(reopened.json()["code"], code);
        EXPECT_TRUE(ask("POST", path + end + "/").json()["changed"].truth());
        EXPECT_EQ(say(std::string("again after ") + end).status, 201);
    }
    EXPECT_EQ(get(300, fmt::format("messages/?conversation={}", id)).json()["count"].number(), 2);
}

TEST_F(ServerApi, K_6_presence_of_anybody) {
    auto session = connect(300);
    session.expect("connection");
    Json users;
    EXPECT_TRUE(eventually([&] {
        users = ask("GET", "presence/?ids=300,2").json()["users"];
        return users.size() == 2;
    })) << "the profile of a token is saved behind its first frame";
    EXPECT_TRUE(users[0]["is_online"].truth());
    EXPECT_FALSE(users[1]["is_online"].truth());
}

TEST_F(ServerApi, K_1_each_key_has_its_own_rate) {
    auto const other = make_key("presence");
    stop();
    start({"--set", "limits.key_requests_per_minute=10"});
    int good = 0;
    HttpAnswer refused;
    for (int i = 0; i < 5; ++i) {
        auto answer = ask("GET", "presence/");
        answer.status == 200 ? static_cast<void>(++good) : static_cast<void>(refused = answer);
    }
    EXPECT_LT(good, 5);
    EXPECT_EQ(refused.status, 429);
    EXPECT_TRUE(refused.headers.contains("retry-after"));
    EXPECT_EQ(ask("GET", "presence/", {}, other).status, 200);
}

}  // namespace
}  // namespace sewa::e2e
