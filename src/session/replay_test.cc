#include "session/replay.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sewa::session {
namespace {

SharedFrame frame(std::string const& name) {
    return SharedFrame::text(name);
}

class ReplayTest : public testing::Test {
protected:
    void page(std::vector<std::int64_t> const& positions, bool has_more, std::int64_t read_at = 0) {
        replay_.page_started();
        store::ResumePage page;
        for (auto const pos : positions) {
            page.frames.push_back({Pos{pos}, {}, {}, frame("p" + std::to_string(pos))});
        }
        page.has_more = has_more;
        page.read_at = Pos{read_at};
        replay_.page_arrived(std::move(page));
    }
    void live(std::int64_t pos) { replay_.hold_event(Pos{pos}, frame("e" + std::to_string(pos))); }
    std::string page_frames() {
        std::string sent;
        while (replay_.has_frame()) sent += std::string(replay_.take_frame().payload()) + ' ';
        return sent;
    }
    std::string held() {
        std::string sent;
        while (auto const taken = replay_.take_held()) sent += std::string(taken.payload()) + ' ';
        return sent;
    }

    Replay replay_{Pos{10}, 3};
};

TEST_F(ReplayTest, R_3_pages_follow_one_another_without_a_gap) {
    EXPECT_EQ(replay_.cursor(), Pos{10});
    page({11, 15}, true);
    EXPECT_FALSE(replay_.is_caught_up());
    EXPECT_EQ(page_frames(), "p11 p15 ");
    EXPECT_FALSE(replay_.is_caught_up());
    EXPECT_EQ(replay_.cursor(), Pos{15});
    page({17}, false, 20);
    EXPECT_FALSE(replay_.is_caught_up());  // Not before its frames were sent.
    page_frames();
    EXPECT_TRUE(replay_.is_caught_up());
    EXPECT_EQ(replay_.cursor(), Pos{20});
}

TEST_F(ReplayTest, R_3_what_the_pages_brought_is_not_repeated_from_the_held) {
    page({}, true);
    live(12);
    live(21);
    page({12, 20}, false, 20);
    page_frames();
    EXPECT_EQ(held(), "e21 ");
}

TEST_F(ReplayTest, R_3_nothing_missed_is_caught_up_after_one_empty_page) {
    EXPECT_FALSE(replay_.is_caught_up());
    page({}, false, 10);
    EXPECT_TRUE(replay_.is_caught_up());
    EXPECT_EQ(held(), "");
}

TEST_F(ReplayTest, when_too_much_is_held_the_log_is_read_once_more) {
    replay_.page_started();
    for (std::int64_t pos = 21; pos <= 24; ++pos) live(pos);  // One more than fits.
    store::ResumePage first;
    first.read_at = Pos{20};
    replay_.page_arrived(first);
    EXPECT_FALSE(replay_.is_caught_up());
    EXPECT_EQ(replay_.cursor(), Pos{20});
    live(25);
    page({21, 22, 23, 24}, false, 24);
    EXPECT_EQ(page_frames(), "p21 p22 p23 p24 ");
    EXPECT_TRUE(replay_.is_caught_up());
    EXPECT_EQ(held(), "e25 ");
}

TEST_F(ReplayTest, answers_are_never_forgotten_and_keep_their_place) {
    live(21);
    replay_.hold_answer(frame("ack1"));
    for (std::int64_t pos = 22; pos <= 24; ++pos) live(pos);
    replay_.hold_answer(frame("ack2"));
    live(25);
    page({21, 22, 23, 24}, false, 24);
    page_frames();
    EXPECT_EQ(held(), "ack1 ack2 e25 ");
}

TEST_F(ReplayTest, a_page_that_was_read_before_a_forgotten_event_does_not_end_the_replay) {
    replay_.page_started();
    for (std::int64_t pos = 31; pos <= 34; ++pos) live(pos);
    store::ResumePage early;
    early.read_at = Pos{33};
    replay_.page_arrived(early);
    EXPECT_FALSE(replay_.is_caught_up());
    page({34}, false, 34);
    EXPECT_EQ(page_frames(), "p34 ");
    EXPECT_TRUE(replay_.is_caught_up());
}

TEST_F(ReplayTest, memory_stays_within_the_bound_however_long_it_takes) {
    for (std::int64_t pos = 11; pos < 10'000; ++pos) live(pos);
    page({}, false, 10'000);
    EXPECT_TRUE(replay_.is_caught_up());
    EXPECT_EQ(held(), "");
}

}  // namespace
}  // namespace sewa::session
