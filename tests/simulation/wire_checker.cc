#include "wire_checker.h"

#include <algorithm>

namespace sewa::simulation {

SeenFrame WireChecker::check(std::string_view text) {
    auto seen = read_seen(text);
    if (seen.type.empty()) trace_->complain("{} got something that is no frame", name_);
    check_first(seen);
    if (seen.type == "synced") {
        if (!is_replaying_) trace_->complain("{}: synced without a resume", name_);
        is_replaying_ = false;
        live_after_ = std::max(live_after_, seen.pos);
        if (seen.pos < last_pos_) trace_->complain("{}: R-3 synced before what was sent", name_);
    }
    bool const is_copy = seen.type == "ack" && seen.id && !seen.duplicate;
    // In base mode a message that is sent again is answered by its frame, out of order (M-4).
    bool const is_repeat = !is_v1_ && seen.type == "message" && seen.user == user_ &&
                           seen.pos <= last_pos_;
    if ((seen.is_durable || is_copy) && !is_repeat) {
        check_order(seen);
        check_density(seen);
        check_copies(seen);
    }
    note_typing(seen);
    return seen;
}

// One who left, or saw another leave, is told nothing more about it.
void WireChecker::note_typing(SeenFrame const& seen) {
    std::pair const typist{seen.conversation, seen.user};
    if (seen.type == "typing") {
        if (seen.user == user_) trace_->complain("{}: P-6 hears of its own typing", name_);
        if (seen.flag) typists_.insert(typist);
        else typists_.erase(typist);
    }
    if (seen.word != "participant_removed") return;
    std::erase_if(typists_, [&](auto const& entry) {
        return entry.first == seen.conversation &&
               (seen.participant == user_ || entry.second == seen.participant);
    });
}

void WireChecker::check_first(SeenFrame const& seen) {
    if (!is_first_) return;
    is_first_ = false;
    if (seen.type != "connection") return trace_->complain("{}: C-5 first is {}", name_, seen.type);
    if (seen.user != user_) trace_->complain("{}: connected as {}", name_, seen.user.value);
    bool const expects_fresh = !has_since_;
    if (expects_fresh != (seen.word == "fresh")) {
        trace_->complain("{}: R-2 {} {} since", name_, seen.word, has_since_ ? "with" : "without");
    }
    is_replaying_ = seen.word == "resumed";
    live_after_ = last_pos_ = seen.pos;
}

// M-5. Acks that waited for the replay may speak of what the pages have brought.
void WireChecker::check_order(SeenFrame const& seen) {
    bool const is_ack = seen.type == "ack";
    if (seen.pos <= last_pos_) {
        bool const was_replayed = is_ack && seen.pos <= live_after_;
        if (!was_replayed) {
            trace_->complain("{}: M-5 {} at {} after {}", name_, seen.type, seen.pos.value,
                             last_pos_.value);
        }
        return;
    }
    last_pos_ = seen.pos;
}

// M-4, R-3: on one connection no event of a conversation is left out.
void WireChecker::check_density(SeenFrame const& seen) {
    if (!seen.conv_seq) return;
    auto const [at, is_first] = newest_.try_emplace(seen.conversation, seen.conv_seq);
    auto& newest = at->second;
    if (!is_first && seen.conv_seq.value > newest.value + 1) {
        trace_->complain("{}: conversation {} jumps from {} to {} ({})", name_,
                         seen.conversation.value, newest.value, seen.conv_seq.value, seen.type);
    }
    newest = std::max(newest, seen.conv_seq);
    bool const left = seen.word == "participant_removed" && seen.participant == user_;
    if (left) newest_.erase(at);
}

// M-4: one copy of each own message, after the replay.
void WireChecker::check_copies(SeenFrame const& seen) {
    bool const is_own = seen.type == "ack" || (seen.type == "message" && seen.user == user_);
    if (!is_own || !is_v1_ || is_replaying_ || seen.pos <= live_after_) return;
    if (!own_copies_.insert(seen.pos).second) {
        trace_->complain("{}: M-4 two copies of own message {}", name_, seen.pos.value);
    }
}

}  // namespace sewa::simulation
