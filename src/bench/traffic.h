#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bench/board.h"
#include "bench/frame_text.h"
#include "bench/plan.h"
#include "shard/loop.h"

namespace sewa::bench {

// A member of a conversation of this worker.
struct Place {
    std::uint32_t conversation = 0;  // From the worker's first one.
    std::uint32_t member = 0;
};

// How traffic speaks through the worker's clients.
class Speaker {
public:
    virtual ~Speaker() = default;
    // What somebody says who is away goes nowhere; see on_resumed.
    virtual void send(Place place, std::string_view text) = 0;
    virtual bool is_present(Place place) const = 0;
    // Ends the run: something cannot be.
    virtual void fail(std::string why) = 0;
};

// What the clients of one worker say to each other. Runs on the worker's loop.
class TrafficSource {
public:
    virtual ~TrafficSource() = default;
    // From here on it sends; latencies count from `kMeasure` on.
    virtual void begin(Stage stage) = 0;
    // The server was killed and everybody returns: an open loop of messages goes on where all
    // members are back, everything else has ended.
    virtual void begin_storm() { end(); }
    // Nothing new from here on.
    virtual void end() = 0;
    // Once per turn.
    virtual void on_turn() {}
    // A `message` for the member at `place`. Returns its position. A replay may repeat frames.
    virtual std::int64_t on_message(Place place, std::string_view text, bool is_replay) = 0;
    // Any other frame that is no part of the session's own beginning.
    virtual void on_frame(Place place, ReceivedFrame const& frame) = 0;
    // The member missed frames and has them all now: sends again what was not acknowledged.
    virtual void on_resumed(Place place) = 0;
    virtual bool is_settled() const = 0;
    // What has not arrived, for people.
    virtual std::string missing() const = 0;
};

struct TrafficParts {
    Plan const& plan;
    std::uint32_t first_conversation;
    std::uint32_t conversations;
    shard::Loop& loop;
    Speaker& speaker;
    Tally& tally;
};

std::unique_ptr<TrafficSource> make_message_traffic(TrafficParts const& parts);
std::unique_ptr<TrafficSource> make_typing_traffic(TrafficParts const& parts);
std::unique_ptr<TrafficSource> make_no_traffic();
// `inner` with typing signals besides.
std::unique_ptr<TrafficSource> make_with_signals(TrafficParts const& parts,
                                                 std::unique_ptr<TrafficSource> inner);

}  // namespace sewa::bench
