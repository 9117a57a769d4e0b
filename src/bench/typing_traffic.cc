#include <vector>

#include "bench/traffic.h"

namespace sewa::bench {

namespace {

constexpr std::uint64_t kStallNs = 1'000'000'000;

struct Talk {
    explicit Talk(std::uint32_t members) : typed_ns(members, 0) {}

    std::vector<std::uint64_t> typed_ns;  // By member: when they typed last.
    std::uint64_t last_ns = 0;            // When anybody received anything.
};

// Ephemeral frames: turns go round. Who types is seen by all others, and the next member's turn is
// when they see it; `window` turns go round in each conversation. Such frames may be dropped
// (section 5 of the protocol), so that a conversation that stands still starts again and counts as
// shed.
class TypingTraffic final : public TrafficSource {
public:
    explicit TypingTraffic(TrafficParts const& parts)
        : parts_(parts), talks_(parts.conversations, Talk(parts.plan.layout.members)) {}

    void begin(Stage stage) override;
    void end() override { is_sending_ = false; }
    void on_turn() override;
    std::int64_t on_message(Place, std::string_view, bool) override {
        parts_.speaker.fail("a message that nobody sent");
        return 0;
    }
    void on_frame(Place place, ReceivedFrame const& frame) override;
    void on_resumed(Place) override {}
    bool is_settled() const override { return true; }
    std::string missing() const override { return {}; }

private:
    void start(std::uint32_t talk);
    void type(Place place);

    TrafficParts const parts_;
    std::vector<Talk> talks_;
    bool is_sending_ = false;
    bool is_measured_ = false;
    std::uint64_t looked_ns_ = 0;
};

void TypingTraffic::begin(Stage stage) {
    is_measured_ = stage == Stage::kMeasure;
    if (is_sending_) return;
    is_sending_ = true;
    for (std::uint32_t talk = 0; talk < talks_.size(); ++talk) start(talk);
}

void TypingTraffic::start(std::uint32_t talk) {
    auto const members = parts_.plan.layout.members;
    auto const turns = std::min(parts_.plan.window, members);
    talks_[talk].last_ns = now_ns();
    for (std::uint32_t i = 0; i < turns; ++i) type({talk, i * members / turns});
}

void TypingTraffic::type(Place place) {
    talks_[place.conversation].typed_ns[place.member] = now_ns();
    auto const id = parts_.plan.layout.id(parts_.first_conversation + place.conversation);
    parts_.speaker.send(place, typing_frame(id.value));
    count(parts_.tally.sent);
}

void TypingTraffic::on_turn() {
    auto const now = now_ns();
    if (!is_sending_ || now - looked_ns_ < kStallNs / 4) return;
    looked_ns_ = now;
    for (std::uint32_t talk = 0; talk < talks_.size(); ++talk) {
        if (now - talks_[talk].last_ns < kStallNs) continue;
        count(parts_.tally.shed);
        start(talk);
    }
}

void TypingTraffic::on_frame(Place place, ReceivedFrame const& frame) {
    if (frame.kind != FrameKind::kTyping || !frame.is_typing) return;
    auto const& layout = parts_.plan.layout;
    auto const conversation = parts_.first_conversation + place.conversation;
    auto const member = frame.user - layout.user(conversation, 0).value;
    bool const is_possible = frame.conversation == layout.id(conversation).value && member >= 0 &&
                             member < layout.members && member != place.member;
    if (!is_possible) return parts_.speaker.fail("a typing frame that nobody sent");
    auto& talk = talks_[place.conversation];
    auto const now = now_ns();
    talk.last_ns = now;
    count(parts_.tally.deliveries);
    auto const typist = static_cast<std::uint32_t>(member);
    if (is_measured_) parts_.tally.delivery_ns.record(now - talk.typed_ns[typist]);
    if (is_sending_ && place.member == (typist + 1) % layout.members) type(place);
}

class NoTraffic final : public TrafficSource {
public:
    void begin(Stage) override {}
    void end() override {}
    std::int64_t on_message(Place, std::string_view, bool) override { return 0; }
    void on_frame(Place, ReceivedFrame const&) override {}
    void on_resumed(Place) override {}
    bool is_settled() const override { return true; }
    std::string missing() const override { return {}; }
};

}  // namespace

std::unique_ptr<TrafficSource> make_typing_traffic(TrafficParts const& parts) {
    return std::make_unique<TypingTraffic>(parts);
}

std::unique_ptr<TrafficSource> make_no_traffic() {
    return std::make_unique<NoTraffic>();
}

}  // namespace sewa::bench
