#include "bench/traffic.h"

namespace sewa::bench {

namespace {

// Typing signals at a fixed rate besides other traffic, everybody in turn. How many arrive is
// counted and not demanded: they may be dropped.
class WithSignals final : public TrafficSource {
public:
    WithSignals(TrafficParts const& parts, std::unique_ptr<TrafficSource> inner)
        : parts_(parts), inner_(std::move(inner)) {}

    void begin(Stage stage) override {
        inner_->begin(stage);
        if (!is_sending_) begun_ns_ = now_ns();
        is_sending_ = true;
    }
    void begin_storm() override {
        is_sending_ = false;
        inner_->begin_storm();
    }
    void end() override {
        is_sending_ = false;
        inner_->end();
    }
    void on_turn() override {
        inner_->on_turn();
        if (is_sending_) signal_what_is_due();
    }
    std::int64_t on_message(Place place, std::string_view text, bool is_replay) override {
        return inner_->on_message(place, text, is_replay);
    }
    void on_frame(Place place, ReceivedFrame const& frame) override {
        if (frame.kind != FrameKind::kTyping) return inner_->on_frame(place, frame);
        if (frame.is_typing) count(parts_.tally.signals);
    }
    void on_resumed(Place place) override { inner_->on_resumed(place); }
    bool is_settled() const override { return inner_->is_settled(); }
    std::string missing() const override { return inner_->missing(); }

private:
    void signal_what_is_due() {
        auto const share = parts_.plan.typing_rate / parts_.plan.processes;
        auto const passed = static_cast<double>(now_ns() - begun_ns_) / 1e9;
        for (; static_cast<double>(signalled_) < passed * share; ++signalled_) {
            auto const talk = static_cast<std::uint32_t>(signalled_ % parts_.conversations);
            auto const member = static_cast<std::uint32_t>(signalled_ / parts_.conversations %
                                                           parts_.plan.layout.members);
            auto const id = parts_.plan.layout.id(parts_.first_conversation + talk);
            parts_.speaker.send({talk, member}, typing_frame(id.value));
        }
    }

    TrafficParts const parts_;
    std::unique_ptr<TrafficSource> const inner_;
    bool is_sending_ = false;
    std::uint64_t begun_ns_ = 0;
    std::uint64_t signalled_ = 0;
};

}  // namespace

std::unique_ptr<TrafficSource> make_with_signals(TrafficParts const& parts,
                                                 std::unique_ptr<TrafficSource> inner) {
    return std::make_unique<WithSignals>(parts, std::move(inner));
}

}  // namespace sewa::bench
