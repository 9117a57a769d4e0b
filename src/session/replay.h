#pragma once

#include <deque>

#include "core/id.h"
#include "core/result.h"
#include "store/read.h"
#include "store/write.h"

namespace sewa::session {

// What a session that resumes still has to catch up with, and what happened meanwhile.
//
// Shard-local; exists only while a session replays. Pages from the log are sent one after another.
// Live events that arrive meanwhile are held back, at most `held_max`; when there are more, the
// held events are forgotten, because the log has them, and one more page is read. Acks are never
// forgotten; they are bounded by the session's outstanding writes. So replay and live stream meet
// without a gap, without repetition and in ascending position.
class Replay {
public:
    Replay(Pos after, std::size_t held_max) : cursor_(after), held_max_(held_max) {}

    // Where the next page starts.
    Pos cursor() const { return cursor_; }

    void hold_event(Pos pos, SharedFrame frame);
    void hold_answer(SharedFrame frame);

    void page_started() { is_reading_ = true; }
    void page_arrived(store::ResumePage page);
    bool is_reading() const { return is_reading_; }

    // The next frame of the page; empty when it has been sent.
    bool has_frame() const { return !page_.empty(); }
    SharedFrame take_frame();

    // True when everything up to now is either sent or held: `take_held` brings the rest.
    bool is_caught_up() const;
    // The next held frame that the log's pages did not bring; empty at the end.
    SharedFrame take_held();

private:
    struct Held {
        Pos pos;  // 0: an answer.
        SharedFrame frame;
    };

    Pos cursor_;
    std::size_t const held_max_;
    bool is_reading_ = false;
    bool has_more_ = true;
    Pos forgotten_up_to_;
    std::size_t held_events_ = 0;
    std::deque<store::LoggedFrame> page_;
    std::deque<Held> held_;
};

}  // namespace sewa::session
