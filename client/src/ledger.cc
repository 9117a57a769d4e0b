#include "ledger.h"

#include <algorithm>
#include <utility>

namespace sewa::client {

Ledger::Placed Ledger::place(DurableFrame frame, std::vector<DurableFrame>& ready) {
    if (!frame.conv_seq) {  // A personal event sets a state and has no place in the order.
        ready.push_back(std::move(frame));
        return Placed::kApplied;
    }
    auto& known = known_or_begun(frame.conversation, frame.conv_seq);
    if (frame.conv_seq <= known.applied) return Placed::kIgnored;
    if (frame.conv_seq.value > known.applied.value + 1) {
        if (held_ >= limits_.held_max) return Placed::kFull;
        open_gap();
        held_ += known.held.try_emplace(frame.conv_seq, std::move(frame)).second ? 1 : 0;
        return Placed::kHeld;
    }
    known.applied = frame.conv_seq;
    ready.push_back(std::move(frame));
    release(known, ready);
    return Placed::kApplied;
}

void Ledger::promise(ConversationId conversation, ConvSeq seq) {
    auto& known = known_or_begun(conversation, seq);
    if (seq <= known.applied || seq <= known.promised) return;
    open_gap();
    if (!known.promised) ++promises_;
    known.promised = seq;
}

void Ledger::open_gap() {
    if (is_whole()) floor_ = received_;
}

Ledger::Known& Ledger::known_or_begun(ConversationId conversation, ConvSeq first) {
    auto const found = known_.find(conversation);
    if (found != known_.end()) return found->second;
    make_room();
    bool const from_start = knowledge_ == Knowledge::kComplete && first.value <= kReadFromStartMax;
    auto const applied = from_start ? 0 : first.value - 1;
    return known_.emplace(conversation, Known{ConvSeq{applied}, {}, {}}).first->second;
}

void Ledger::make_room() {
    if (known_.size() < limits_.conversations_max) return;
    auto const victim = std::find_if(known_.begin(), known_.end(),
                                     [](auto const& item) {
                                         return item.second.held.empty() && !item.second.promised;
                                     });
    if (victim != known_.end()) known_.erase(victim);
    knowledge_ = Knowledge::kPartial;
}

void Ledger::release(Known& known, std::vector<DurableFrame>& ready) {
    while (!known.held.empty()) {
        auto const first = known.held.begin();
        if (first->first.value > known.applied.value + 1) break;
        if (first->first > known.applied) {
            known.applied = first->first;
            ready.push_back(std::move(first->second));
        }
        known.held.erase(first);
        --held_;
    }
    if (!known.promised || known.applied < known.promised) return;
    known.promised = {};
    --promises_;
}

void Ledger::received(Pos pos) {
    received_ = std::max(received_, pos);
}

Pos Ledger::cursor() const {
    return is_whole() ? received_ : floor_;
}

std::vector<Ledger::Gap> Ledger::gaps() const {
    std::vector<Gap> gaps;
    if (is_whole()) return gaps;
    for (auto const& [conversation, known] : known_) {
        if (!known.held.empty() || known.promised) gaps.push_back({conversation, known.applied});
    }
    std::sort(gaps.begin(), gaps.end(),
              [](Gap const& a, Gap const& b) { return a.conversation < b.conversation; });
    return gaps;
}

ConvSeq Ledger::applied(ConversationId conversation) const {
    auto const found = known_.find(conversation);
    return found == known_.end() ? ConvSeq{} : found->second.applied;
}

std::map<ConversationId, ConvSeq> Ledger::all_applied() const {
    std::map<ConversationId, ConvSeq> applied;
    for (auto const& [conversation, known] : known_) applied[conversation] = known.applied;
    return applied;
}

void Ledger::reset(Pos pos, std::vector<Conversation> const& conversations, Knowledge knowledge) {
    clear();
    knowledge_ = knowledge;
    received_ = pos;
    for (auto const& conversation : conversations) {
        known_[conversation.id].applied = conversation.last_conv_seq;
    }
}

void Ledger::restore(Pos pos, std::map<ConversationId, ConvSeq> const& applied) {
    clear();
    knowledge_ = Knowledge::kComplete;
    received_ = pos;
    for (auto const& [conversation, seq] : applied) known_[conversation].applied = seq;
}

void Ledger::clear() {
    known_.clear();
    knowledge_ = Knowledge::kPartial;
    held_ = 0;
    promises_ = 0;
    received_ = {};
    floor_ = {};
}

void Ledger::abandon(ConversationId conversation) {
    auto const found = known_.find(conversation);
    if (found == known_.end()) return;
    held_ -= found->second.held.size();
    found->second.held.clear();
    if (std::exchange(found->second.promised, {})) --promises_;
}

}  // namespace sewa::client
