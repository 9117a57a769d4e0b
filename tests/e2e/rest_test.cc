// PROTOCOL section 8.
#include <fmt/format.h>

#include <set>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Rest : public ServerTest {
protected:
    void SetUp() override { start(); }
    HttpAnswer post_text(std::int64_t user, std::int64_t conversation, std::string_view text) {
        return post(user, "messages/",
                    fmt::format(R"({{"conversation":{},"text":"{}"}})", conversation, text));
    }
};

class CrossOrigin : public ServerTest {};

TEST_F(CrossOrigin, H_4_pages_of_allowed_origins_and_no_others_may_read_answers) {
    start({"--origin", "https://shop.example"});
    auto const asked_by = [&](std::string const& origin, std::string method = "GET") {
        return http(port(), {.method = std::move(method),
                             .target = "/api/messaging/conversations/",
                             .token = token(100),
                             .more_headers = "Origin: " + origin + "\r\n"});
    };
    auto const allowed = asked_by("https://shop.example");
    EXPECT_EQ(allowed.status, 200);
    EXPECT_EQ(allowed.headers.at("access-control-allow-origin"), "https://shop.example");
    EXPECT_EQ(allowed.headers.at("vary"), "Origin");
    auto const preflight = asked_by("https://shop.example", "OPTIONS");
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "https://shop.example");
    EXPECT_NE(preflight.headers.at("access-control-allow-headers").find("Authorization"),
              std::string::npos);
    EXPECT_NE(preflight.headers.at("access-control-allow-methods").find("PATCH"),
              std::string::npos);
    auto const refused = http(port(), {.target = "/api/messaging/sync/",
                                       .more_headers = "Origin: https://shop.example\r\n"});
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.headers.count("access-control-allow-origin"), 1u) << "errors can be read";
    for (auto const* const origin : {"https://evil.example", "https://shop.example.evil", "null"}) {
        EXPECT_EQ(asked_by(origin).headers.count("access-control-allow-origin"), 0u) << origin;
        EXPECT_EQ(asked_by(origin, "OPTIONS").headers.count("access-control-allow-methods"), 0u);
    }
}

TEST_F(Rest, health_needs_no_login) {
    auto const answer = http(port(), {.target = "/api/messaging/health/"});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json()["status"], "ok");
    EXPECT_EQ(answer.json()["service"], "sewa");
    EXPECT_EQ(http(port(), {.target = "/api/messaging/health"}).status, 200) << "slash optional";
}

TEST_F(Rest, everything_else_does) {
    for (auto const* path : {"conversations/", "sync/", "messages/?conversation=1", "presence/",
                             "conversations/1/events/"}) {
        auto const answer = http(port(), {.target = fmt::format("/api/messaging/{}", path)});
        EXPECT_EQ(answer.status, 401) << path;
        EXPECT_EQ(answer.json()["code"], "unauthorized");
        EXPECT_EQ(answer.json()["detail"], answer.json()["message"].text());
        EXPECT_EQ(answer.headers.at("www-authenticate"), "Bearer");
    }
    EXPECT_EQ(http(port(), {.target = "/api/messaging/sync/", .token = "x.y.z"}).status, 401);
}

TEST_F(Rest, a_conversation_is_opened_once_and_found_again) {
    std::string const body = R"({"service_id":1,"provider_id":2,"initial_message":"Hello",)"
                             R"("client_msg_id":"first"})";
    auto const opened = post(100, "conversations/", body);
    ASSERT_EQ(opened.status, 201) << opened.body;
    auto const id = opened.json()["conversation_id"].number();
    EXPECT_EQ(opened.json()["message"]["content"], "Hello");
    auto const again = post(100, "conversations/", body);
    EXPECT_EQ(again.json()["conversation_id"], id);
    EXPECT_EQ(again.json()["message"]["id"], opened.json()["message"]["id"].number());

    auto const object = get(100, fmt::format("conversations/{}/", id)).json();
    EXPECT_EQ(object["id"], id);
    EXPECT_EQ(object["kind"], "direct");
    EXPECT_EQ(object["service"]["id"], 1);
    EXPECT_EQ(object["other_participant"]["id"], kProvider);
    EXPECT_EQ(object["other_participant"]["first_name"], "Bikash");
    EXPECT_EQ(object["messages"].size(), 1u);
    EXPECT_EQ(object["messages_count"], 1);
    EXPECT_TRUE(object["is_active"].truth());
    for (auto const* key :
         {"title",          "participants",      "provider",          "customer",
          "created_at",     "updated_at",        "last_message_at",   "last_message_preview",
          "last_message",   "is_blocked",        "is_archived",       "is_pinned",
          "is_muted",       "provider_archived", "customer_archived", "unread_count",
          "last_conv_seq",  "read_up_to",        "delivered_up_to",   "read_markers",
          "latest_messages"}) {
        EXPECT_TRUE(object.has(key)) << key;
    }
    auto const message = object["messages"][0];
    for (auto const* key : {"attachment", "attachment_url", "read_statuses", "is_read",
                            "is_flagged", "is_deleted", "deletion_type", "is_deleted_for_user",
                            "edited_at", "rev", "reactions", "text", "timestamp", "status"}) {
        EXPECT_TRUE(message.has(key)) << key;
    }
}

TEST_F(Rest, opening_wants_an_existing_service_of_that_provider) {
    EXPECT_EQ(post(100, "conversations/", R"({"provider_id":2})").json()["field"], "service_id");
    EXPECT_EQ(post(100, "conversations/", R"({"service_id":99,"provider_id":2})").status, 404);
    EXPECT_NE(post(100, "conversations/", R"({"service_id":1,"provider_id":3})").status, 201);
    EXPECT_NE(post(kProvider, "conversations/", R"({"service_id":1,"provider_id":2})").status, 201)
        << "a provider is not its own customer";
}

TEST_F(Rest, lists_have_counts_and_links_that_lead_through_all_pages) {
    std::set<std::int64_t> opened;
    for (int customer = 100; customer < 125; ++customer) {
        opened.insert(open_conversation(customer));
        post_text(customer, *opened.rbegin(), "hello");
    }
    std::set<std::int64_t> seen;
    std::string path = "/api/messaging/conversations/?page_size=7";
    int pages = 0;
    while (path != "<none>") {
        auto const answer = http(port(), {.target = path, .token = token(kProvider)}).json();
        EXPECT_EQ(answer["count"], 26) << "25 and the demo's own";
        EXPECT_EQ(answer["previous"].is_null(), pages == 0);
        for (std::size_t i = 0; i < answer["results"].size(); ++i) {
            EXPECT_TRUE(seen.insert(answer["results"][i]["id"].number()).second);
        }
        path = answer["next"].text();
        ASSERT_LE(++pages, 4);
    }
    EXPECT_EQ(pages, 4);
    EXPECT_EQ(seen.size(), 26u);
    auto const first = get(kProvider, "conversations/").json()["results"];
    EXPECT_EQ(first.size(), 10u);
    EXPECT_EQ(first[0]["id"], *opened.rbegin()) << "newest activity first";
    EXPECT_EQ(get(kProvider, "conversations/?search=User%20103").json()["count"], 1);
}

TEST_F(Rest, page_parameters_out_of_range_are_bad_request_with_their_name) {
    for (auto const* field : {"page", "page_size"}) {
        for (auto const* value : {"0", "-1", "x", "99999999999999999999", "1.5"}) {
            auto const answer = get(100, fmt::format("conversations/?{}={}", field, value));
            EXPECT_EQ(answer.status, 400) << field << value;
            EXPECT_EQ(answer.json()["field"], field);
        }
    }
    EXPECT_EQ(get(100, "conversations/?page_size=101").status, 400);
}

TEST_F(Rest, messages_by_page_and_by_cursor) {
    auto const id = open_conversation(100);
    for (int i = 0; i < 25; ++i) post_text(100, id, fmt::format("m{}", i));
    auto const newest =
        get(kProvider, fmt::format("messages/?conversation={}&page_size=10", id)).json();
    EXPECT_EQ(newest["count"], 25);
    EXPECT_EQ(newest["results"][0]["content"], "m15");
    EXPECT_EQ(newest["results"][9]["content"], "m24");
    auto const before = newest["results"][0]["conv_seq"].number();
    auto const older =
        get(kProvider, fmt::format("messages/?conversation={}&before={}&limit=15", id, before))
            .json();
    EXPECT_EQ(older["results"].size(), 15u);
    EXPECT_EQ(older["results"][14]["content"], "m14");
    EXPECT_FALSE(older["has_more"].truth());
}

TEST_F(Rest, H_2_foreign_and_absent_ids_are_the_same_404) {
    auto const id = open_conversation(100);
    auto const message = post_text(100, id, "x").json()["id"].number();
    auto const both = [&](std::string const& method, std::string_view pattern, std::int64_t mine,
                          std::string const& body) {
        auto const foreign = call(method, 101, fmt::format(fmt::runtime(pattern), mine), body);
        auto const absent = call(method, 101, fmt::format(fmt::runtime(pattern), 987'654), body);
        EXPECT_EQ(foreign.status, 404) << method << pattern << foreign.body;
        EXPECT_EQ(foreign.json()["code"], "not_found");
        EXPECT_EQ(absent.status, 404) << method << pattern;
        EXPECT_EQ(foreign.body, absent.body) << method << pattern;
    };
    both("GET", "conversations/{}/", id, "");
    both("GET", "conversations/{}/events/", id, "");
    both("GET", "messages/?conversation={}", id, "");
    both("GET", "messages/{}/", message, "");
    both("POST", "conversations/{}/mark_as_read/", id, "{}");
    both("POST", "conversations/{}/archive/", id, "{}");
    both("POST", "conversations/{}/typing/", id, R"({"is_typing":true})");
    both("DELETE", "conversations/{}/", id, "");
    both("PATCH", "messages/{}/", message, R"({"text":"y"})");
    both("DELETE", "messages/{}/", message, R"({"deletion_type":"everyone"})");
    both("POST", "messages/{}/reactions/", message, R"({"emoji":"👍","op":"add"})");
    auto const post_to = [&](std::int64_t conversation) {
        return post_text(101, conversation, "x");
    };
    EXPECT_EQ(post_to(id).status, 404);
    EXPECT_EQ(post_to(id).body, post_to(987'654).body);
    for (auto const* path : {"conversations/x/", "conversations/-1/", "conversations/0/",
                             "conversations/99999999999999999999/", "nothing/"}) {
        EXPECT_EQ(get(100, path).status, 404) << path;
    }
}

TEST_F(Rest, a_wrong_method_is_405_with_Allow) {
    auto const answer = call("PUT", 100, "conversations/");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, POST, OPTIONS");
    EXPECT_EQ(answer.json()["code"], "bad_request");
    EXPECT_EQ(call("POST", 100, "sync/").headers.at("allow"), "GET, HEAD, OPTIONS");
}

TEST_F(Rest, malformed_bodies_are_bad_request_and_the_next_request_works) {
    auto const id = open_conversation(100);
    for (auto const* body : {"", "{", "[]", "null", "7", R"({"conversation":"x","text":"y"})",
                             R"({"conversation":1.5,"text":"y"})", R"({"text":"y"})",
                             "{\"conversation\":1,\"text\":\"\xFF\"}"}) {
        EXPECT_EQ(post(100, "messages/", body).status, 400) << body;
    }
    EXPECT_EQ(post_text(100, id, "").json()["code"], "bad_request");
    EXPECT_EQ(post_text(100, id, std::string(5'001, 'x')).status, 413);
    EXPECT_EQ(post(100, "messages/", std::string(3'000'000, ' ')).status, 413);
    EXPECT_EQ(post_text(100, id, "still here").status, 201);
}

TEST_F(Rest, M_6_a_refused_text_is_named_as_it_was_sent) {
    auto const id = open_conversation(100);
    auto const field_of = [&](std::string const& text) {
        auto const body = fmt::format(R"({{"conversation":{}{}}})", id, text);
        return post(100, "messages/", body).json()["field"].text();
    };
    EXPECT_EQ(field_of(R"(,"text":" ")"), "text");
    EXPECT_EQ(field_of(R"(,"content":" ")"), "content");
    EXPECT_EQ(field_of(""), "text");
    auto const message = post_text(100, id, "here").json()["id"].number();
    auto const edited = call("PATCH", 100, fmt::format("messages/{}/", message), R"({"text":""})");
    EXPECT_EQ(edited.json()["field"], "text");
    auto const opening =
        fmt::format(R"({{"service_id":1,"provider_id":{},"initial_message":"{}"}})", kProvider,
                    std::string(5'001, 'x'));
    EXPECT_EQ(post(101, "conversations/", opening).json()["field"], "initial_message");
}

TEST_F(Rest, malformed_http_is_refused) {
    EXPECT_TRUE(http_raw(port(), "nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(http_raw(port(), "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400")) << "Host";
    EXPECT_TRUE(http_raw(port(),
                         "POST /api/messaging/messages/ HTTP/1.1\r\nHost: a\r\n"
                         "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(
        http_raw(port(), "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n")
            .starts_with("HTTP/1.1 431"));
    EXPECT_EQ(http(port(), {.target = "/api/messaging/health/"}).status, 200);
}

TEST_F(Rest, own_settings_of_a_conversation_are_per_user_and_reach_own_devices) {
    auto const id = open_conversation(100);
    auto device = connect(100), other = connect(kProvider);
    ASSERT_TRUE(device.is_alive() && other.is_alive());
    auto const path = fmt::format("conversations/{}/", id);
    for (auto const* change : {"archive", "pin", "mute"}) {
        auto const answer = post(100, path + change + "/");
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.json()["status"], "ok");
        auto const event = device.expect("conversation")["data"];
        EXPECT_TRUE(event["change"].text().starts_with(change)) << event.dump();
        EXPECT_FALSE(event.has("conv_seq"));
    }
    auto const mine = get(100, path).json(), theirs = get(kProvider, path).json();
    for (auto const* key : {"is_archived", "is_pinned", "is_muted"}) {
        EXPECT_TRUE(mine[key].truth()) << key;
        EXPECT_FALSE(theirs[key].truth()) << key;
    }
    EXPECT_EQ(get(100, "conversations/archived/").json()["count"], 1);
    EXPECT_EQ(get(100, "conversations/").json()["count"], 0);
    EXPECT_EQ(post(100, path + "unarchive/").status, 200);
    EXPECT_EQ(get(100, "conversations/").json()["count"], 1);
    EXPECT_TRUE(other.is_alive());
    EXPECT_FALSE(other.expect("conversation", Deadline(std::chrono::milliseconds(20))).is_valid());
}

TEST_F(Rest, sync_is_a_snapshot_to_go_on_from) {
    auto const id = open_conversation(100);
    for (int i = 0; i < 25; ++i) post_text(100, id, fmt::format("m{}", i));
    auto const sync = get(100, "sync/").json();
    EXPECT_EQ(sync["conversations"].size(), 1u);
    EXPECT_EQ(sync["conversations"][0]["latest_messages"].size(), 20u);
    EXPECT_EQ(sync["conversations"][0]["latest_messages"][19]["content"], "m24");
    EXPECT_TRUE(sync["next_cursor"].is_null());
    auto resumed =
        connect(100, fmt::format("&since={}:{}", sync["epoch"].text(), sync["pos"].number()));
    EXPECT_EQ(resumed.expect("connection")["data"]["resume"], "resumed");
    auto const next = resumed.next();
    ASSERT_TRUE(next);
    EXPECT_NE((*next)["type"].text(), "message") << "nothing was missed";
}

TEST_F(Rest, tickets_need_a_login_and_are_limited) {
    EXPECT_EQ(http(port(), {.method = "POST", .target = "/api/messaging/ws-ticket/"}).status, 401);
    auto const answer = post(100, "ws-ticket/");
    EXPECT_EQ(answer.json()["expires_in"], 30);
    EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
    int refused = 0;
    for (int i = 0; i < 100; ++i) refused += post(100, "ws-ticket/").status == 429;
    EXPECT_EQ(refused, 41);
    EXPECT_EQ(post(101, "ws-ticket/").status, 201);
}

TEST_F(Rest, the_demo_lists_people_and_logs_in) {
    auto const people = http(port(), {.target = "/api/demo/"}).json();
    EXPECT_EQ(people["people"].size(), 4u);
    auto const login = http(
        port(), {.method = "POST", .target = "/api/demo/login/", .body = R"({"person":"asha"})"});
    EXPECT_EQ(login.status, 200);
    auto const access = login.json()["access"].text();
    EXPECT_EQ(http(port(), {.target = "/api/messaging/sync/", .token = access}).status, 200);
    EXPECT_EQ(
        http(port(),
             {.method = "POST", .target = "/api/demo/login/", .body = R"({"person":"nobody"})"})
            .status,
        404);
}

TEST_F(Rest, a_message_is_flagged_by_its_reader) {
    auto const id = open_conversation(100);
    auto const message = post_text(100, id, "rude").json()["id"].number();
    auto const path = fmt::format("messages/{}/flag/", message);
    EXPECT_EQ(post(kProvider, path, R"({"reason":"insult"})").status, 200);
    EXPECT_EQ(post(kProvider, path, "").status, 200) << "a reason is optional";
    auto const object = fmt::format("messages/{}/", message);
    EXPECT_TRUE(get(kProvider, object).json()["is_flagged"].truth());
    EXPECT_FALSE(get(100, object).json()["is_flagged"].truth());
    EXPECT_EQ(post(100, path).status, 403);
    EXPECT_EQ(post(101, path).status, 404);
    EXPECT_EQ(post(kProvider, path, R"({"reason":7})").json()["field"], "reason");
    auto const long_reason = fmt::format(R"({{"reason":"{}"}})", std::string(501, 'x'));
    EXPECT_EQ(post(kProvider, path, long_reason).json()["field"], "reason");
}

TEST_F(Rest, messages_after_a_conv_seq) {
    auto const id = open_conversation(100);
    for (int i = 0; i < 5; ++i) post_text(100, id, fmt::format("m{}", i));
    auto const path = fmt::format("messages/?conversation={}&after=", id);
    auto const first = get(kProvider, path + "0&limit=2").json();
    EXPECT_EQ(first["results"][0]["content"], "m0");
    EXPECT_TRUE(first["has_more"].truth());
    auto const seq = first["results"][1]["conv_seq"].number();
    auto const rest = get(kProvider, path + fmt::format("{}", seq)).json();
    EXPECT_EQ(rest["results"].size(), 3u);
    EXPECT_FALSE(rest["has_more"].truth());
    EXPECT_EQ(get(kProvider, path + "1&before=3").json()["field"], "before");
}

TEST_F(Rest, participants_are_people_in_pages) {
    auto const id = open_conversation(100);
    auto const path = fmt::format("conversations/{}/participants/", id);
    auto const page = get(100, path + "?page_size=1").json();
    EXPECT_EQ(page["count"], 2);
    EXPECT_EQ(page["results"][0]["id"], kProvider);
    EXPECT_EQ(http(port(), {.target = page["next"].text(), .token = token(100)})
                  .json()["results"][0]["id"],
              100);
    EXPECT_EQ(get(101, path).status, 404);
}

TEST_F(Rest, OPTIONS_says_what_a_path_allows) {
    auto const answer = call("OPTIONS", 100, "messages/");
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, POST, OPTIONS");
    EXPECT_EQ(answer.body, "");
    auto const head = call("HEAD", 100, "conversations/");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
}

}  // namespace
}  // namespace sewa::e2e
