#include "session/replay.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sewa::session {

void Replay::hold_event(Pos pos, SharedFrame frame) {
    if (pos <= forgotten_up_to_) return;
    if (held_events_ == held_max_) {
        std::erase_if(held_, [](Held const& held) { return bool{held.pos}; });
        held_events_ = 0;
        forgotten_up_to_ = pos;
        return;
    }
    held_.push_back({pos, std::move(frame)});
    ++held_events_;
}

void Replay::hold_answer(SharedFrame frame) {
    held_.push_back({Pos{}, std::move(frame)});
}

void Replay::page_arrived(store::ResumePage page) {
    is_reading_ = false;
    has_more_ = page.has_more;
    if (!page.has_more) {
        cursor_ = std::max(cursor_, page.read_at);
    } else if (!page.frames.empty()) {
        cursor_ = page.frames.back().pos;
    }
    std::move(page.frames.begin(), page.frames.end(), std::back_inserter(page_));
}

SharedFrame Replay::take_frame() {
    auto frame = std::move(page_.front().frame);
    page_.pop_front();
    return frame;
}

bool Replay::is_caught_up() const {
    return !is_reading_ && !has_more_ && page_.empty() && forgotten_up_to_ <= cursor_;
}

SharedFrame Replay::take_held() {
    while (!held_.empty()) {
        auto held = std::move(held_.front());
        held_.pop_front();
        if (!held.pos || held.pos > cursor_) return std::move(held.frame);
    }
    return {};
}

}  // namespace sewa::session
