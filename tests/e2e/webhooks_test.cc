// PROTOCOL W-1 to W-5: every event reaches the receiver, in order, whatever fails in between.
#include <fmt/format.h>

#include <set>

#include "core/clock.h"
#include "keyed_server_fixture.h"
#include "webhook_receiver.h"

namespace sewa::e2e {
namespace {

class Webhooks : public KeyedServerTest {
protected:
    void SetUp() override {
        key_ = make_key("all");
        start({"--set", "webhooks.url=" + receiver_.url(), "--set",
               "webhooks.secret_file=" + folder().write("hook-secret", kHookSecret), "--set",
               "webhooks.backoff_ms=20", "--set", "webhooks.timeout_s=1"});
        conversation_ = open_conversation(300);
    }
    static constexpr std::string_view kHookSecret = "kR8vT3yW6zB1nM4qP7sX0dF2gH5jL9aC-hook";

    void say(int from, int to) {
        for (int i = from; i < to; ++i) {
            auto const body =
                fmt::format(R"({{"conversation":{},"text":"text {}"}})", conversation_, i);
            ASSERT_EQ(post(300, "messages/", body).status, 201);
        }
    }
    // The texts that were taken, each at its first time.
    std::vector<std::string> texts() {
        std::vector<std::string> all;
        std::set<std::string> ids;
        for (auto const& post : receiver_.taken()) {
            auto const json = Json::parse(post.body);
            if (!(json["type"] == "message") || !ids.insert(json["id"].text()).second) continue;
            if (json["data"]["conversation_id"].number() != conversation_) continue;
            all.push_back(json["data"]["content"].text());
        }
        return all;
    }
    std::vector<std::string> expected(int to) {
        std::vector<std::string> all;
        for (int i = 0; i < to; ++i) all.push_back(fmt::format("text {}", i));
        return all;
    }
    Json state() { return ask("GET", "webhooks/").json(); }

    WebhookReceiver receiver_;
    std::int64_t conversation_ = 0;
};

TEST_F(Webhooks, W_1_events_come_in_order_and_once_when_nothing_fails) {
    say(0, 20);
    EXPECT_TRUE(eventually([&] { return texts() == expected(20); }));
    auto const posts = receiver_.taken();
    std::set<std::string> ids;
    for (auto const& post : posts)
        EXPECT_TRUE(ids.insert(Json::parse(post.body)["id"].text()).second);
    auto const last = Json::parse(posts.back().body);
    EXPECT_EQ(last["id"].text(), posts.back().headers.at("x-sewa-event-id"));
    EXPECT_EQ(last["participant_ids"].size(), 2u);
    EXPECT_EQ(last["data"]["sender"]["id"].number(), 300);
    EXPECT_EQ(posts.back().target, "/hook?k=1");
}

TEST_F(Webhooks, W_3_failures_of_the_receiver_lose_nothing) {
    receiver_.answer_next({500, 0, 429, 302, 404, 0, 503});
    say(0, 5);
    EXPECT_TRUE(eventually([&] { return texts() == expected(5); }));
    EXPECT_GE(state()["failed"].number(), 5);
    EXPECT_GE(metric("sewa_webhook_posts_total{result=\"failed\"}"), 5);
    for (auto const& post : receiver_.posts()) EXPECT_EQ(post.target, "/hook?k=1") << "no redirect";
}

TEST_F(Webhooks, W_3_a_receiver_that_hangs_is_left_and_asked_again) {
    receiver_.hang(true);
    say(0, 3);
    EXPECT_TRUE(eventually([&] { return state()["attempts"].number() >= 1; }));
    EXPECT_GT(state()["waiting"].number(), 0);
    EXPECT_FALSE(state()["last_error"].is_null());
    EXPECT_EQ(state()["url"].text().find("k=1"), std::string::npos) << "a query may be a secret";
    receiver_.hang(false);
    EXPECT_TRUE(eventually([&] { return texts() == expected(3); }));
    EXPECT_TRUE(eventually([&] { return state()["waiting"].number() == 0; }));
    EXPECT_TRUE(state()["last_error"].is_null());
}

TEST_F(Webhooks, W_4_crashes_of_the_server_lose_nothing) {
    say(0, 5);
    kill();
    restart();
    receiver_.hang(true);
    say(5, 10);
    EXPECT_TRUE(eventually([&] { return state()["waiting"].number() > 0; }));
    kill();
    receiver_.hang(false);
    restart();
    EXPECT_TRUE(eventually([&] { return texts() == expected(10); }));
    say(10, 12);
    EXPECT_EQ(stop(), 0);
    restart();
    EXPECT_TRUE(eventually([&] { return texts() == expected(12); }));
}

TEST_F(Webhooks, W_4_a_clean_stop_repeats_nothing) {
    say(0, 5);
    EXPECT_TRUE(eventually([&] { return state()["waiting"].number() == 0; }));
    auto const before = receiver_.taken().size();
    EXPECT_EQ(stop(), 0);
    restart();
    say(5, 6);
    EXPECT_TRUE(eventually([&] { return texts() == expected(6); }));
    EXPECT_EQ(receiver_.taken().size(), before + 1);
}

TEST_F(Webhooks, W_4_a_server_whose_receiver_hangs_still_stops) {
    receiver_.hang(true);
    say(0, 1);
    EXPECT_TRUE(eventually([&] { return state()["waiting"].number() > 0; }));
    EXPECT_EQ(stop(), 0);
    receiver_.hang(false);
}

// The code of the documentation, as a reader would run it.
TEST_F(Webhooks, W_2_the_signature_check_of_the_documentation_holds) {
    say(0, 1);
    EXPECT_TRUE(eventually([&] { return texts() == expected(1); }));
    auto const page = read_file(SEWA_DOCS "/BACKEND.md");
    auto const begin = page.find("def verify(");
    ASSERT_NE(begin, std::string::npos);
    auto const code =
        "import hashlib, hmac, time\n" + page.substr(begin, page.find("```", begin) - begin);
    auto const check = [&](std::string const& body, std::string const& signature, int later_s) {
        auto const script = folder().write(
            "check.py",
            code + fmt::format("\nreal = time.time\ntime.time = lambda: real() + {}\n"
                               "body = open(r'{}', 'rb').read()\n"
                               "print(verify(body, '{}', b'{}'))\n",
                               later_s, folder().write("body", body), signature, kHookSecret));
        Process python({{"/usr/bin/env", "python3", script}, folder().file("python-errors")});
        auto const output = python.read_all();
        EXPECT_EQ(python.wait(), 0) << read_file(folder().file("python-errors"));
        return output;
    };
    auto const post = receiver_.taken().back();
    auto const signature = post.headers.at("x-sewa-signature");
    EXPECT_EQ(check(post.body, signature, 0), "True\n");
    EXPECT_EQ(check(post.body + " ", signature, 0), "False\n");
    EXPECT_EQ(check(post.body, signature, 301), "False\n") << "a recorded post grows old";
    EXPECT_EQ(check(post.body, "t=1,v1=00", 0), "False\n");
    EXPECT_EQ(check(post.body, "rubbish", 0), "False\n");
}

}  // namespace
}  // namespace sewa::e2e
