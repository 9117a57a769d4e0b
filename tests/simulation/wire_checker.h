#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "seen_frame.h"
#include "trace.h"

namespace sewa::simulation {

// Watches what one connection brings to its client and holds it against the protocol: C-5, M-4,
// M-5, R-2, R-3. Knows nothing of the server.
class WireChecker {
public:
    WireChecker(Trace& trace, std::string name, UserId user, bool is_v1, bool has_since)
        : trace_(&trace),
          name_(std::move(name)),
          user_(user),
          is_v1_(is_v1),
          has_since_(has_since) {}

    SeenFrame check(std::string_view text);
    // P-5: those of whom no stop came.
    std::size_t typists() const { return typists_.size(); }

private:
    void check_first(SeenFrame const& seen);
    void check_order(SeenFrame const& seen);
    void check_density(SeenFrame const& seen);
    void check_copies(SeenFrame const& seen);
    void note_typing(SeenFrame const& seen);

    Trace* trace_;
    std::string name_;
    UserId user_;
    bool is_v1_;
    bool has_since_;
    bool is_first_ = true;
    bool is_replaying_ = false;
    Pos live_after_;
    Pos last_pos_;
    std::map<ConversationId, ConvSeq> newest_;
    std::set<std::pair<ConversationId, UserId>> typists_;
    std::set<Pos> own_copies_;  // Own messages that came as a frame or as an ack, live.
};

}  // namespace sewa::simulation
