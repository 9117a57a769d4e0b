#include "wire/session_frames.h"

#include "wire/golden_for_test.h"

namespace sewa::wire {
namespace {

constexpr WallMs kTime{1'767'225'600'000};  // 2026-01-01

std::string ack_text(AckFrame const& ack) {
    std::string text;
    append_ack(text, ack);
    return text;
}

class SessionFramesTest : public testing::Test {
protected:
    void expect_golden(std::string const& name, std::string const& frame) {
        ASSERT_TRUE(golden_.server.contains(name)) << name << " is not in frames.json";
        EXPECT_EQ(minified(frame), golden_.server[name]) << name;
    }

    static ConnectionFrame connection() {
        ConnectionFrame frame;
        frame.user = UserId{42};
        frame.connection_id = "00000000000000ab";
        frame.version = 1;
        frame.epoch = "e7";
        frame.pos = Pos{980};
        frame.ping_interval_ms = 25'000;
        frame.token_expires_in_s = 3540;
        frame.server_time = kTime;
        frame.frame_bytes_max = 65'536;
        frame.content_chars_max = 5000;
        return frame;
    }

    Golden golden_;
};

TEST_F(SessionFramesTest, C_5_the_first_frame_tells_how_the_stream_goes_on) {
    auto frame = connection();
    expect_golden("connection_fresh", encode_connection(frame));
    frame.version = 0;
    expect_golden("connection_base_mode", encode_connection(frame));
    frame.version = 1;
    frame.resume = ResumeOutcome::kSnapshot;
    frame.reason = "too_old";
    expect_golden("connection_snapshot_too_old", encode_connection(frame));
    frame.resume = ResumeOutcome::kResumed;
    frame.reason = {};
    frame.pos = Pos{970};
    expect_golden("connection_resumed", encode_connection(frame));
}

TEST_F(SessionFramesTest, acks_leave_out_what_is_not_there) {
    AckFrame ack;
    ack.request_id = "k-1";
    ack.conversation = ConversationId{1};
    ack.id = MessageId{981};
    ack.conv_seq = ConvSeq{12};
    ack.pos = Pos{981};
    ack.client_msg_id = "k-1";
    ack.created_at = kTime;
    expect_golden("ack_message", ack_text(ack));
    ack.request_id = ack.client_msg_id = {};
    expect_golden("ack_message_without_key", ack_text(ack));
    expect_golden("ack_event",
                  ack_text({"r-2", ConversationId{1}, {}, ConvSeq{13}, Pos{982}, {}, kTime}));
    expect_golden("ack_nothing_stored",
                  ack_text({"r-3", ConversationId{1}, {}, {}, {}, {}, {}, true}));
}

TEST_F(SessionFramesTest, errors_say_whether_to_try_again) {
    expect_golden("error", encode_error("r-4", error(Errc::kBadRequest,
                                                     "`up_to` must be an integer", "up_to")));
    auto limited = error(Errc::kRateLimited, "too many frames; slow down");
    limited.retry_after_ms = 500;
    expect_golden("error_rate_limited", encode_error("k-5", limited, "k-5"));
    expect_golden("error_without_id", encode_error({}, error(Errc::kUnknownType, "no such type")));
}

TEST_F(SessionFramesTest, ephemeral_frames) {
    ConversationId const one{1};
    UserId const asha{42};
    expect_golden("typing_start", encode_typing(one, asha, "Asha", 6000));
    expect_golden("typing_stop", encode_typing(one, asha, "Asha", 0));
    StatusEntry const online{asha, "Asha", true, {}};
    expect_golden("status_online", encode_status(online));
    expect_golden("status_offline", encode_status({asha, "Asha", false, kTime}));
    expect_golden("status_snapshot",
                  encode_status_snapshot({online, {UserId{7}, "Bina", false, kTime}}));
    expect_golden("status_snapshot_empty", encode_status_snapshot({}));
    expect_golden("delivered", encode_delivered(one, asha, ConvSeq{12}));
    expect_golden("unread", encode_unread(one, 3, 8));
}

TEST_F(SessionFramesTest, frames_about_the_connection) {
    expect_golden("synced", encode_synced(Pos{982}));
    expect_golden("drain", encode_drain(1500));
    expect_golden("token_expiring", encode_token_expiring(60'000));
    expect_golden("auth_ok", encode_auth_ok(3540));
    expect_golden("heartbeat", encode_heartbeat());
}

TEST_F(SessionFramesTest, E_4_relayed_frames_name_the_real_sender) {
    expect_golden("voice_message", encode_relay("voice_message", ConversationId{1}, UserId{42},
                                                "Asha", R"({"url":"/v/1.ogg","seconds":3})"));
    expect_golden("message_status_empty",
                  encode_relay("message_status", ConversationId{1}, UserId{42}, "Asha", "{}"));
}

}  // namespace
}  // namespace sewa::wire
