#include "sewa/client_core.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sewa/utf8.h"

namespace sewa::client {
namespace {

constexpr ConversationId kOne{1};
constexpr ConversationId kTwo{2};

std::string greeting(std::string_view resume, std::string_view epoch = "e1", int pos = 10) {
    return fmt::format(R"({{"type":"connection","data":{{"user_id":1,"epoch":"{}","pos":{},)"
                       R"("resume":"{}","reason":null}}}})",
                       epoch, pos, resume);
}

std::string message(int conversation, int seq, int pos, std::string_view key = "") {
    return fmt::format(
        R"({{"type":"message","data":{{"id":{2},"conversation_id":{0},"conv_seq":{1},"pos":{2},)"
        R"("content":"m{1}","client_msg_id":"{3}","sender":{{"id":{4}}}}}}})",
        conversation, seq, pos, key, key.empty() ? 2 : 1);
}

std::string ack(std::string_view key, int seq, int pos, bool duplicate = false) {
    return fmt::format(
        R"({{"type":"ack","id":"{}","data":{{"conversation_id":1,"id":{},"conv_seq":{},)"
        R"("pos":{},"duplicate":{}}}}})",
        key, pos, seq, pos, duplicate);
}

class ClientCoreTest : public testing::Test {
protected:
    ClientCoreTest() { make({.sync_on_start = false}); }

    void make(CoreOptions options) {
        core_ = std::make_unique<ClientCore>(options, clock_, random_);
    }

    // Carries out the actions; answers every token request with "t1", "t2", …
    void settle() {
        for (auto actions = core_->take_actions(); !actions.empty();
             actions = core_->take_actions()) {
            for (auto& action : actions) std::visit([&](auto& what) { keep(what); }, action);
        }
    }
    void keep(FetchToken const& fetch) {
        fetches_.push_back(fetch);
        if (answer_tokens_) core_->on_token(fetch.request, fmt::format("t{}", fetches_.size()));
    }
    void keep(Connect const& connect) { connects_.push_back(connect); }
    void keep(SendText const& send) { sent_.push_back(send.text); }
    void keep(CloseSocket const& close) { closes_.push_back(close); }
    void keep(HttpGet const& get) { gets_.push_back(get); }
    void keep(Save const&) {}
    void keep(Event const& event) {
        events_.push_back(event);
        if (auto const* change = std::get_if<ConnectionChanged>(&event)) last_ = *change;
    }

    void start_live() {
        core_->start();
        settle();
        say(greeting("fresh"));
    }
    void say(std::string const& text) {
        core_->on_text(connects_.back().connection, text);
        settle();
    }
    void close(int code) {
        core_->on_closed(connects_.back().connection, static_cast<std::uint16_t>(code));
        settle();
    }
    void pass(std::int64_t ms) {
        clock_.advance(ms);
        core_->tick();
        settle();
    }
    void reconnect() {
        pass(30'000);
        settle();
    }
    std::string send(std::string_view text, ConversationId conversation = kOne) {
        auto const key = core_->send(conversation, text);
        settle();
        return key.value_or("");
    }
    template <typename Kind>
    std::vector<Kind> events() const {
        std::vector<Kind> found;
        for (auto const& event : events_) {
            if (auto const* kind = std::get_if<Kind>(&event)) found.push_back(*kind);
        }
        return found;
    }
    std::vector<std::string> shown() const {
        std::vector<std::string> texts;
        for (auto const& added : events<MessageAdded>()) texts.push_back(added.message.content);
        return texts;
    }
    SendState state_of(std::string const& key) const {
        SendState state = SendState::kQueued;
        for (auto const& progress : events<SendProgress>()) {
            if (progress.key == key) state = progress.state;
        }
        return state;
    }

    ManualClock clock_;
    SeededRandom random_{5};
    std::unique_ptr<ClientCore> core_;
    std::vector<FetchToken> fetches_;
    std::vector<Connect> connects_;
    std::vector<CloseSocket> closes_;
    std::vector<HttpGet> gets_;
    std::vector<std::string> sent_;
    std::vector<Event> events_;
    ConnectionChanged last_;
    bool answer_tokens_ = true;
};

using Texts = std::vector<std::string>;

TEST_F(ClientCoreTest, section_7_close_codes_decide_between_waiting_and_stopping) {
    struct Row {
        int code;
        LinkState state;
    };
    for (auto const& row : {Row{1000, LinkState::kStopped}, Row{1001, LinkState::kWaiting},
                            Row{1006, LinkState::kWaiting}, Row{4009, LinkState::kWaiting},
                            Row{4011, LinkState::kWaiting}, Row{4499, LinkState::kWaiting},
                            Row{4500, LinkState::kStopped}, Row{4503, LinkState::kStopped},
                            Row{4504, LinkState::kStopped}, Row{4999, LinkState::kStopped}}) {
        make({.sync_on_start = false});
        start_live();
        close(row.code);
        EXPECT_EQ(last_.state, row.state) << row.code;
        EXPECT_EQ(last_.close_code, row.code);
    }
}

TEST_F(ClientCoreTest, section_7_4001_asks_for_one_fresh_token_and_then_stops) {
    core_->start();
    settle();
    close(4001);
    ASSERT_EQ(last_.state, LinkState::kWaiting);
    reconnect();
    ASSERT_EQ(fetches_.size(), 2u);
    EXPECT_FALSE(fetches_[0].refresh);
    EXPECT_TRUE(fetches_[1].refresh);
    EXPECT_EQ(connects_.back().token, "t2");

    close(4001);

    EXPECT_EQ(last_.state, LinkState::kStopped);
    EXPECT_EQ(last_.reason, StopReason::kTokenInvalid);
}

TEST_F(ClientCoreTest, section_7_4001_after_a_greeting_may_refresh_again) {
    for (int i = 0; i < 3; ++i) {
        if (i == 0) core_->start();
        settle();
        say(greeting(i == 0 ? "fresh" : "resumed"));
        close(4001);
        ASSERT_EQ(last_.state, LinkState::kWaiting);
        reconnect();
    }
}

TEST_F(ClientCoreTest, C_9_expiring_token_is_replaced_on_the_open_connection_once) {
    start_live();
    answer_tokens_ = false;
    say(R"({"type":"token_expiring","data":{"expires_in_ms":60000}})");
    say(R"({"type":"token_expiring","data":{"expires_in_ms":50000}})");
    ASSERT_EQ(fetches_.size(), 2u) << "one for the start, one for the refresh";

    core_->on_token(fetches_.back().request, std::string("fresh"));
    settle();

    EXPECT_EQ(sent_.back(), R"({"type":"auth","data":{"token":"fresh"}})");
    EXPECT_EQ(connects_.size(), 1u);
}

TEST_F(ClientCoreTest, backoff_is_jittered_below_a_doubling_ceiling) {
    core_->start();
    settle();
    std::int64_t ceiling = 500;
    std::int64_t longest = 0;
    for (int i = 0; i < 20; ++i) {
        close(1006);
        EXPECT_GE(last_.delay_ms, 0);
        EXPECT_LE(last_.delay_ms, ceiling);
        longest = std::max(longest, last_.delay_ms);
        ceiling = std::min<std::int64_t>(30'000, ceiling * 2);
        pass(last_.delay_ms);
    }
    EXPECT_GT(longest, 5'000);
}

TEST_F(ClientCoreTest, a_connection_that_lived_ends_the_backoff) {
    core_->start();
    settle();
    for (int i = 0; i < 10; ++i) close(1006), reconnect();
    say(greeting("fresh"));
    pass(6'000);
    close(1006);
    EXPECT_LE(last_.delay_ms, 500);
}

TEST_F(ClientCoreTest, C_10_drain_sets_the_personal_delay) {
    start_live();
    say(R"({"type":"drain","data":{"reconnect_after_ms":12345}})");
    close(4012);
    EXPECT_EQ(last_.delay_ms, 12'345);
    pass(12'344);
    EXPECT_EQ(connects_.size(), 1u);
    pass(1);
    EXPECT_EQ(connects_.size(), 2u);
}

TEST_F(ClientCoreTest, silence_is_probed_and_then_ends_the_socket) {
    start_live();
    pass(30'000);
    EXPECT_NE(sent_.back().find("heartbeat"), std::string::npos);
    say(R"({"type":"heartbeat","data":{"status":"pong"}})");
    pass(29'000);
    EXPECT_TRUE(closes_.empty());
    pass(1'000);
    pass(15'000);
    ASSERT_EQ(closes_.size(), 1u);
    EXPECT_EQ(last_.state, LinkState::kWaiting);
}

TEST_F(ClientCoreTest, what_an_old_socket_still_says_is_void) {
    start_live();
    auto const old = connects_.back().connection;
    close(1006);
    reconnect();
    core_->on_text(old, message(1, 1, 20));
    core_->on_closed(old, 4503);
    settle();
    EXPECT_TRUE(shown().empty());
    EXPECT_EQ(last_.state, LinkState::kConnecting);
}

TEST_F(ClientCoreTest, M_2_keys_differ_and_ascend_with_the_time) {
    start_live();
    auto const first = send("one"), twin = send("one");
    EXPECT_NE(first, twin);
    EXPECT_EQ(first.size(), 27U);
    pass(1'000);
    EXPECT_GT(send("two"), std::max(first, twin));
}

TEST_F(ClientCoreTest, R_5_resumes_behind_the_last_applied_event) {
    start_live();
    say(message(1, 4, 20));
    close(1006);
    reconnect();
    EXPECT_EQ(connects_.back().since, "e1:20");
    say(greeting("resumed"));
    EXPECT_EQ(core_->state(), LinkState::kResuming);
    say(message(1, 4, 20));
    say(message(1, 5, 30));
    say(R"({"type":"synced","data":{"pos":33}})");
    EXPECT_EQ(core_->state(), LinkState::kLive);
    EXPECT_EQ(core_->cursor(), Pos{33});
    EXPECT_EQ(shown(), (Texts{"m4", "m5"}));
}

TEST_F(ClientCoreTest, R_6_gap_is_read_by_pages_and_shown_in_order) {
    start_live();
    say(message(1, 1, 20));
    say(message(1, 4, 50));
    say(message(2, 1, 60));
    ASSERT_EQ(gets_.size(), 1u);
    EXPECT_EQ(gets_[0].path, "conversations/1/events/?after=1");
    EXPECT_EQ(core_->cursor(), Pos{20});

    core_->on_http(gets_[0].request,
                   {200, fmt::format(R"({{"results":[{}],"has_more":true}})", message(1, 2, 30))});
    settle();
    ASSERT_EQ(gets_.size(), 2u);
    EXPECT_EQ(gets_[1].path, "conversations/1/events/?after=2");
    core_->on_http(gets_[1].request,
                   {200, fmt::format(R"({{"results":[{}],"has_more":false}})", message(1, 3, 40))});
    settle();

    EXPECT_EQ(shown(), (Texts{"m1", "m1", "m2", "m3", "m4"}));
    EXPECT_EQ(core_->cursor(), Pos{60});
}

TEST_F(ClientCoreTest, R_6_failed_gap_read_is_repeated_and_lost_history_becomes_a_snapshot) {
    start_live();
    say(message(1, 1, 20));
    say(message(1, 3, 50));
    core_->on_http(gets_[0].request, {0, ""});
    settle();
    pass(1'000);
    ASSERT_EQ(gets_.size(), 2u);
    core_->on_http(gets_[1].request, {200, R"({"results":[],"snapshot_required":true})"});
    settle();
    EXPECT_EQ(gets_.back().path, "sync/?limit=100");
}

TEST_F(ClientCoreTest, R_4_snapshot_comes_before_the_frames_that_follow_it) {
    start_live();
    say(message(1, 1, 20));
    close(1006);
    reconnect();
    say(greeting("snapshot", "e1", 90));
    say(message(1, 8, 91));
    say(message(1, 9, 95));
    EXPECT_EQ(shown(), Texts{"m1"});

    core_->on_http(
        gets_.back().request,
        {200, R"({"epoch":"e1","pos":92,"conversations":[{"id":1,"last_conv_seq":8}]})"});
    settle();

    EXPECT_EQ(events<Snapshot>().size(), 1u);
    EXPECT_EQ(shown(), (Texts{"m1", "m9"}));
    EXPECT_EQ(core_->cursor(), Pos{95});
}

TEST_F(ClientCoreTest, R_4_another_epoch_clears_what_was_known) {
    start_live();
    say(message(1, 7, 20));
    close(1006);
    reconnect();
    say(greeting("snapshot", "e2", 5));
    EXPECT_EQ(core_->applied(kOne), ConvSeq{});
    core_->on_http(gets_.back().request,
                   {200, R"({"epoch":"e2","pos":5,"conversations":[{"id":1,"last_conv_seq":2}]})"});
    settle();
    say(message(1, 3, 8));
    ASSERT_EQ(events<Snapshot>().size(), 1u);
    EXPECT_TRUE(events<Snapshot>()[0].epoch_changed);
    EXPECT_EQ(shown(), (Texts{"m7", "m3"}));
    EXPECT_EQ(core_->cursor(), Pos{8});
}

TEST_F(ClientCoreTest, section_7_4014_reconnects_without_a_position) {
    start_live();
    say(message(1, 7, 20));
    close(4014);
    reconnect();
    EXPECT_EQ(connects_.back().since, "");
    say(greeting("fresh"));
    EXPECT_EQ(gets_.back().path, "sync/?limit=100") << "what was missed is not guessed";
}

TEST_F(ClientCoreTest, M_4_ack_is_the_own_copy) {
    start_live();
    say(message(1, 1, 20));
    auto const key = send("  hello ");
    say(ack(key, 2, 30));
    say(message(1, 3, 40));
    EXPECT_EQ(shown(), (Texts{"m1", "hello", "m3"}));
    EXPECT_TRUE(events<MessageAdded>()[1].own);
    EXPECT_EQ(state_of(key), SendState::kSent);
}

TEST_F(ClientCoreTest, M_2_lost_answer_is_repeated_with_the_same_key) {
    start_live();
    auto const key = send("hello");
    auto const first = sent_.back();
    close(1006);
    EXPECT_EQ(state_of(key), SendState::kUnknown);
    reconnect();
    say(greeting("resumed"));
    EXPECT_EQ(sent_.back(), first);
    ASSERT_EQ(sent_.size(), 1u) << "not before the replay has ended";
    say(R"({"type":"synced","data":{"pos":10}})");
    ASSERT_EQ(sent_.size(), 2u);
    EXPECT_EQ(sent_[1], first);
    say(ack(key, 5, 12, true));
    EXPECT_EQ(state_of(key), SendState::kSent);
    EXPECT_EQ(shown(), Texts{"hello"});
}

TEST_F(ClientCoreTest, own_message_in_the_replay_settles_the_send) {
    start_live();
    auto const key = send("m5");
    close(1006);
    reconnect();
    say(greeting("resumed"));
    say(message(1, 5, 12, key));
    say(R"({"type":"synced","data":{"pos":12}})");
    EXPECT_EQ(state_of(key), SendState::kSent);
    EXPECT_EQ(sent_.size(), 1u);
    EXPECT_EQ(shown(), Texts{"m5"});
}

TEST_F(ClientCoreTest, R_5_answer_to_a_repeat_never_moves_the_cursor) {
    start_live();
    auto const key = send("hello");
    say(ack(key, 5, 99, true));
    EXPECT_EQ(core_->cursor(), Pos{10});
}

TEST_F(ClientCoreTest, only_retryable_errors_are_repeated_and_order_is_kept) {
    start_live();
    auto const first = send("first");
    auto const second = send("second");
    ASSERT_EQ(sent_.size(), 1u) << "one of a conversation at a time";
    say(fmt::format(R"({{"type":"error","id":"{}","data":{{"code":"rate_limited","message":"",)"
                    R"("retryable":true,"retry_after_ms":2000}}}})",
                    first));
    pass(1'999);
    EXPECT_EQ(sent_.size(), 1u);
    pass(1);
    ASSERT_EQ(sent_.size(), 2u);
    EXPECT_EQ(sent_[1], sent_[0]);
    say(fmt::format(R"({{"type":"error","id":"{}","data":{{"code":"blocked","message":"no",)"
                    R"("retryable":false}}}})",
                    first));
    EXPECT_EQ(state_of(first), SendState::kFailed);
    EXPECT_EQ(state_of(second), SendState::kSending);
    EXPECT_EQ(events<SendProgress>().back().state, SendState::kSending);
}

TEST_F(ClientCoreTest, M_9_read_markers_are_merged_and_hold_nothing_up) {
    (void)core_->mark_read(kOne, ConvSeq{3});
    (void)core_->mark_read(kOne, ConvSeq{5});
    start_live();
    send("hello");
    ASSERT_EQ(sent_.size(), 2u);
    EXPECT_NE(sent_[0].find(R"("up_to":5)"), std::string::npos);
    EXPECT_NE(sent_[1].find("hello"), std::string::npos);
}

TEST_F(ClientCoreTest, missing_answer_is_asked_for_again) {
    start_live();
    auto const key = send("hello");
    pass(15'000);
    ASSERT_EQ(sent_.size(), 2u);
    EXPECT_EQ(sent_[1], sent_[0]);
    EXPECT_EQ(core_->waiting(), 1u);
    say(ack(key, 5, 12));
    say(ack(key, 5, 12, true));
    EXPECT_EQ(shown(), Texts{"hello"});
}

TEST_F(ClientCoreTest, outbox_refuses_more_than_its_limit) {
    make({.sync_on_start = false, .queued_max = 3});
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(core_->send(kOne, "x"));
    auto const refused = core_->send(kOne, "x");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kUnavailable);
}

TEST_F(ClientCoreTest, at_most_so_many_are_on_the_wire) {
    make({.sync_on_start = false, .outstanding_max = 4});
    start_live();
    for (int i = 1; i <= 10; ++i) send("x", ConversationId{i});
    EXPECT_EQ(sent_.size(), 4u);
}

TEST_F(ClientCoreTest, M_6_empty_and_too_long_texts_are_refused_at_once) {
    EXPECT_EQ(core_->send(kOne, " \n\t ").error().code, Errc::kBadRequest);
    std::string devanagari;
    for (int i = 0; i < 5'000; ++i) devanagari += "क";
    EXPECT_TRUE(core_->send(kOne, devanagari));
    EXPECT_EQ(core_->send(kOne, devanagari + "क").error().code, Errc::kTooLarge);
}

TEST_F(ClientCoreTest, P_7_typing_is_signalled_at_most_every_3_s_and_stops_after_2_s) {
    start_live();
    for (int i = 0; i < 10; ++i) core_->keystroke(kOne), pass(400);
    auto const signs = sent_.size();
    EXPECT_EQ(signs, 2u) << "4 s of typing";
    pass(1'600);
    ASSERT_EQ(sent_.size(), 3u);
    EXPECT_NE(sent_.back().find(R"("is_typing":false)"), std::string::npos);
}

TEST_F(ClientCoreTest, P_5_typing_of_others_ends_by_time_by_message_and_by_disconnect) {
    start_live();
    auto const sign = R"({"type":"typing","data":{"conversation_id":1,"user_id":2,"user_name":"B",)"
                      R"("is_typing":true,"expires_in_ms":6000}})";
    auto const ended = [&] { return !events<TypingChanged>().back().is_typing; };
    say(sign);
    EXPECT_FALSE(ended());
    pass(5'999);
    EXPECT_FALSE(ended());
    pass(1);
    EXPECT_TRUE(ended());
    say(sign);
    say(message(1, 1, 20));
    EXPECT_TRUE(ended());
    say(sign);
    close(1006);
    EXPECT_TRUE(ended());
    EXPECT_EQ(events<TypingChanged>().size(), 6u);
}

TEST_F(ClientCoreTest, P_3_who_is_missing_in_the_first_snapshot_is_offline) {
    start_live();
    say(R"({"type":"status_snapshot","data":{"users":[{"user_id":2,"is_online":true}]}})");
    close(1006);
    reconnect();
    say(greeting("resumed"));
    say(R"({"type":"status_snapshot","data":{"users":[{"user_id":3,"is_online":true}]}})");
    auto const changes = events<PresenceChanged>();
    ASSERT_EQ(changes.size(), 3u);
    EXPECT_EQ(changes[1].user, UserId{2});
    EXPECT_FALSE(changes[1].is_online);
}

TEST_F(ClientCoreTest, a_crash_between_send_and_ack_repeats_the_same_key) {
    start_live();
    send("hello");
    auto const first = sent_.back();
    SavedState state{"e1", Pos{10}, {{kOne, ConvSeq{4}}}, {}};
    state.requests.push_back(
        {.kind = Request::Kind::kMessage, .key = "kkkk", .conversation = kTwo, .content = "q\"\n"});
    auto const loaded = saved_state_from_json(to_json(state));
    ASSERT_TRUE(loaded);
    make({});
    core_->restore(*loaded);
    core_->start();
    settle();
    EXPECT_EQ(connects_.back().since, "e1:10");
    say(greeting("resumed"));
    say(R"({"type":"synced","data":{"pos":10}})");
    EXPECT_NE(sent_.back().find(R"("client_msg_id":"kkkk")"), std::string::npos);
    say(message(1, 4, 9));
    EXPECT_TRUE(shown().empty());
}

TEST_F(ClientCoreTest, E_2_what_is_unknown_or_broken_is_left_out) {
    start_live();
    for (auto const* text :
         {"", "[]", "{", R"({"type":"novelty","data":{}})", R"({"type":5})",
          R"({"type":"message","data":{"conv_seq":1}})", R"({"type":"message"})",
          R"({"type":"ack"})", R"({"type":"error","data":{"code":"new_code"}})"}) {
        say(text);
    }
    EXPECT_EQ(core_->state(), LinkState::kLive);
    EXPECT_TRUE(shown().empty());
}

TEST(Utf8, M_6_trims_and_counts_code_points) {
    EXPECT_EQ(trimmed("\u00a0 a b\u3000\n"), "a b");
    EXPECT_EQ(count_code_points("नमस्ते"), 6u);
    EXPECT_EQ(valid_utf8("a\xC0\xAF\xEDz"), "a\uFFFD\uFFFD\uFFFDz");
}

}  // namespace
}  // namespace sewa::client
