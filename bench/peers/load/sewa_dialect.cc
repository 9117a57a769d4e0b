#include <fmt/format.h>

#include "auth/jwt.h"
#include "bench/frame_text.h"
#include "core/clock.h"
#include "load/dialect.h"

namespace sewa::peer_load {

namespace {

constexpr std::int64_t kTokenMs = 24 * 3'600'000;

// PROTOCOL.md with v=1. Every message has a key and is acknowledged; that a message was lost or
// doubled shows in what the others hear, as with all dialects.
class Sewa final : public Dialect {
public:
    Sewa(Speech const& speech, Member const& member)
        : secret_(speech.secret),
          run_(speech.run),
          user_(speech.layout.user(member.room, member.place)),
          conversation_(speech.layout.id(member.room).value),
          place_(member.place) {}

    std::string target() const override {
        auto const now = SystemClock().wall();
        auth::Claims const claims{user_, now + kTokenMs, {}, {}, {}, {}, {}};
        return "/ws/messaging/?v=1&token=" +
               auth::sign_hs256(claims, {.secret = secret_, .issued_at = now});
    }
    void on_open(Listener&) override {}
    void on_payload(std::string_view payload, Listener& listener) override {
        auto const frame = bench::read_frame(payload);
        switch (frame.kind) {
            case bench::FrameKind::kMessage:
                return listener.on_message(frame.content);
            case bench::FrameKind::kConnection:
                return listener.on_live();
            case bench::FrameKind::kError:
            case bench::FrameKind::kDrain:
                return listener.on_wrong(payload);
            default:
                return;
        }
    }
    std::string message(std::string_view text) override {
        auto const key = bench::key_of(run_, conversation_, {place_, ++sent_, 0});
        return bench::message_frame(conversation_, key, text);
    }

private:
    std::string const secret_;
    std::uint32_t const run_;
    UserId const user_;
    std::int64_t const conversation_;
    std::uint32_t const place_;
    std::uint32_t sent_ = 0;
};

}  // namespace

std::unique_ptr<Dialect> make_sewa(Speech const& speech, Member const& member) {
    return std::make_unique<Sewa>(speech, member);
}

}  // namespace sewa::peer_load
