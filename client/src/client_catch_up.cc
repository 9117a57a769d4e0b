#include <utility>

#include "client_parts.h"

// What a ClientCore does with the answers of `sync/` and `events/`.
namespace sewa::client {

void ClientCore::Parts::begin_snapshot() {
    repairs.cancel();
    waiting_.clear();
    snapshot.begin();
}

void ClientCore::Parts::answered(std::uint64_t request, HttpAnswer const& answer) {
    auto const now = clock.mono();
    if (auto page = snapshot.answer(request, answer, now, random)) {
        return take_snapshot(std::move(*page));
    }
    if (auto page = repairs.answer(request, answer, now, random)) take_gap_page(std::move(*page));
}

void ClientCore::Parts::take_snapshot(SyncPage page) {
    if (page.epoch != epoch) {  // Another history than the one this connection speaks of.
        position_known_ = false;
        link.drop();
        return connection_lost();
    }
    auto const knowledge =
        page.next_cursor.empty() ? Ledger::Knowledge::kComplete : Ledger::Knowledge::kPartial;
    ledger.reset(page.pos, page.conversations, knowledge);
    position_known_ = true;
    std::vector<Message> own;
    for (auto const& conversation : page.conversations) {
        for (auto const& message : conversation.latest_messages) {
            if (message.sender.id == user && !message.client_msg_id.empty()) own.push_back(message);
        }
    }
    show(Snapshot{std::exchange(epoch_changed_, false), std::move(page.conversations)});
    for (auto const& message : own) finish(outbox.confirmed(message.client_msg_id, message));
    for (auto& frame : std::exchange(waiting_, {})) place_from_stream(std::move(frame));
    if (!snapshot.is_needed()) link.caught_up();
}

void ClientCore::Parts::take_gap_page(GapReader::Answer answer) {
    if (answer.no_access) return ledger.abandon(answer.conversation);
    for (auto& event : answer.page.events) {
        // Only what belongs to the gap: R-1 leaves out the rest.
        if (event.conversation == answer.conversation) place(std::move(event));
    }
    bool still_open = false;
    for (auto const& gap : ledger.gaps()) still_open |= gap.conversation == answer.conversation;
    if (still_open && answer.hopeless) begin_snapshot();
}

}  // namespace sewa::client
