#include "cli/chat_session.h"

#include <gtest/gtest.h>

#include <optional>

#include "loopback_server.h"

namespace sewa::cli {
namespace {

using namespace client;
using Lines = std::vector<std::string>;

class ChatSessionTest : public testing::Test {
protected:
    void begin() {
        ClientOptions options;
        options.url = server_.url();
        options.core.backoff_first_ms = 1;
        options.core.backoff_max_ms = 20;
        ChatSession::Output output{[this](Lines lines, bool is_notice) {
                                       auto& kept = is_notice ? notices_ : told_;
                                       kept.insert(kept.end(), lines.begin(), lines.end());
                                   },
                                   [] {}, [this](int code) { exit_code_ = code; }};
        session_.emplace(io_, options, fixed_token("good"), output);
        session_->start({});
    }
    template <typename Condition>
    void until(Condition condition) {
        auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing happens any more";
            io_.run_one_for(std::chrono::milliseconds(100));
        }
    }
    void until_told(std::size_t count) {
        until([&] { return told_.size() >= count; });
    }
    void say_as_other(std::string const& text) {
        server_.model.post(1, text);
        server_.flush();
    }
    bool noticed(std::string_view text) const {
        for (auto const& line : notices_) {
            if (line.find(text) != std::string::npos) return true;
        }
        return false;
    }

    boost::asio::io_context io_;
    LoopbackServer server_{io_};
    Lines told_;
    Lines notices_;
    std::optional<int> exit_code_;
    std::optional<ChatSession> session_;
};

TEST_F(ChatSessionTest, shows_the_newest_20_then_news_then_older_ones_on_request) {
    for (int i = 1; i <= 25; ++i) server_.model.post(1, "old " + std::to_string(i));
    begin();
    until_told(20);
    EXPECT_EQ(told_.front(), " N: old 6  #6");
    say_as_other("new");
    until_told(21);
    EXPECT_EQ(told_.back(), " N: new  #26");
    session_->enter("/history 3");
    until_told(24);
    EXPECT_EQ(told_.back(), " N: old 5  #5");
}

TEST_F(ChatSessionTest, lines_that_come_early_are_sent_and_leaving_waits_for_them) {
    server_.model.post(1, "hello");
    begin();
    for (auto const* line : {"one", "two", "three"}) session_->enter(line);
    session_->leave();
    until([&] { return exit_code_.has_value(); });
    EXPECT_EQ(exit_code_, 0);
    ASSERT_EQ(server_.model.texts[1].size(), 4u);
    EXPECT_EQ(server_.model.texts[1][3].content, "three");
    EXPECT_EQ(told_.size(), 4u);
}

TEST_F(ChatSessionTest, nothing_is_lost_or_told_twice_over_cuts) {
    server_.model.post(1, "first");
    begin();
    until_told(1);
    for (int round = 1; round <= 5; ++round) {
        server_.cut_after_messages = 1;
        session_->enter("mine " + std::to_string(round));
        server_.cut();
        server_.model.post(1, "theirs " + std::to_string(round));
        until_told(static_cast<std::size_t>(1 + 2 * round));
    }
    ASSERT_EQ(told_.size(), server_.model.texts[1].size());
    for (std::size_t i = 0; i < told_.size(); ++i) {
        EXPECT_NE(told_[i].find(": " + server_.model.texts[1][i].content + "  #"),
                  std::string::npos);
    }
    EXPECT_TRUE(noticed("connection lost, trying again"));
    EXPECT_TRUE(noticed("connected again"));
}

TEST_F(ChatSessionTest, R_4_what_a_snapshot_leaves_out_is_read_and_told_in_order) {
    server_.model.post(1, "first");
    server_.model.sync_messages = 2;
    begin();
    until_told(1);
    server_.cut();
    for (int i = 2; i <= 40; ++i) server_.model.post(1, std::to_string(i));
    server_.model.replay_from = 1'000'000;
    until_told(40);
    for (int i = 2; i <= 40; ++i) {
        EXPECT_EQ(told_[static_cast<std::size_t>(i - 1)], fmt::format(" N: {0}  #{0}", i));
    }
    EXPECT_EQ(told_.size(), 40u);
}

TEST_F(ChatSessionTest, wrong_commands_are_explained_and_a_bad_conversation_is_not_joined) {
    server_.model.post(1, "first");
    begin();
    until_told(1);
    session_->enter("/edit 99 x");
    EXPECT_TRUE(noticed("no message #99"));
    session_->enter("/nonsense");
    EXPECT_TRUE(noticed("/help"));
    session_->enter("/join 77");
    until([&] { return noticed("no such thing"); });
    EXPECT_EQ(session_->timeline().conversation(), ConversationId{1});
}

TEST_F(ChatSessionTest, a_refused_token_ends_with_1_and_a_reason) {
    server_.good_token = "another";
    begin();
    until([&] { return exit_code_.has_value(); });
    EXPECT_EQ(exit_code_, 1);
    EXPECT_TRUE(noticed("does not accept this token"));
}

}  // namespace
}  // namespace sewa::cli
