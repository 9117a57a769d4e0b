#include "checker.h"

#include <algorithm>

#include "seen_frame.h"

namespace sewa::simulation {

void Checker::read(UserId user, ConversationId conversation) {
    if (truths_.contains(conversation)) return;
    auto const audience = reader_.audience(conversation);
    if (!audience || !(*audience)->contains(user)) return;
    auto& truth = truths_[conversation];
    truth.members = {(*audience)->participants.begin(), (*audience)->participants.end()};
    for (bool has_more = true; has_more;) {
        auto const page = reader_.events(user, conversation, truth.last, 100);
        if (!page || page->snapshot_required) {
            return trace_.complain("conversation {} cannot be read", conversation.value);
        }
        has_more = page->has_more;
        for (auto const& event : page->frames) {
            apply(truth, conversation, event.frame.payload(), event.conv_seq, event.pos);
        }
    }
    check_stored(truth, conversation);
}

void Checker::apply(Truth& truth, ConversationId id, std::string_view frame, ConvSeq seq, Pos pos) {
    if (seq.value != truth.last.value + 1) {
        trace_.complain("ST-3 conversation {} holds {} after {}", id.value, seq.value,
                        truth.last.value);
    }
    truth.last = seq;
    auto const seen = read_seen(frame);
    if (seen.conv_seq != seq || seen.pos != pos || seen.conversation != id) {
        trace_.complain("the frame of event {} in {} speaks of another", seq.value, id.value);
    }
    if (seen.type == "message") {
        truth.messages[seen.id] = {seq, seen.user, seen.key, seen.content, seen.flag, {}};
        if (!seen.key.empty() && !by_key_.emplace(std::pair{id, seen.key}, seen.id).second) {
            trace_.complain("M-2 {} is stored twice in {}", seen.key, id.value);
        }
    } else if (seen.type == "message_updated") {
        auto& message = truth.messages[seen.id];
        if (!message.is_deleted) message.content = seen.content;
    } else if (seen.type == "message_deleted") {
        truth.messages[seen.id].is_deleted = true;
        truth.messages[seen.id].reactions.clear();
    } else if (seen.type == "reaction") {
        auto& reactions = truth.messages[seen.id].reactions;
        std::pair const reaction{seen.word, seen.user};
        if (seen.flag) reactions.insert(reaction);
        else reactions.erase(reaction);
    } else if (seen.type == "read") {
        if (seen.up_to <= truth.read[seen.user]) trace_.complain("M-9 a stored marker goes back");
        truth.read[seen.user] = seen.up_to;
    } else if (seen.word == "participant_removed") {
        truth.left_once.insert(seen.participant);
    }
}

// What is stored was sent, by the one it is stored under, to that conversation.
void Checker::check_stored(Truth const& truth, ConversationId id) {
    for (auto const& [message, stored] : truth.messages) {
        if (stored.is_deleted) continue;
        auto const* const send = sends_.by_content(stored.content);
        bool const was_sent = send != nullptr && send->sender == stored.sender &&
                              send->conversation == id && send->key == stored.key;
        if (!was_sent && !sends_.was_edit(stored.content, message, stored.sender)) {
            trace_.complain("message {} in {} was never sent", message.value, id.value);
        }
    }
}

void Checker::check_sends() {
    for (auto const& send : sends_.all()) {
        if (!send.is_acknowledged || !truths_.contains(send.conversation)) continue;
        auto const found = by_key_.find({send.conversation, send.key});
        if (found == by_key_.end()) {
            trace_.complain("M-1 {} was acknowledged and is lost", send.key);
            continue;
        }
        auto const& stored = truths_[send.conversation].messages[found->second];
        if (found->second != send.id || stored.seq != send.conv_seq) {
            trace_.complain("{} was acknowledged as {} at {} and is {} at {}", send.key,
                            send.id.value, send.conv_seq.value, found->second.value,
                            stored.seq.value);
        }
    }
}

// M-11, from the log alone.
void Checker::check_unread(UserId user) {
    for (auto const& [id, truth] : truths_) {
        auto const view = reader_.conversation(user, id);
        if (!view) continue;
        auto const marker = truth.read.find(user);
        auto const read = marker == truth.read.end() ? ConvSeq{} : marker->second;
        auto const counts = [&](auto const& entry) {
            auto const& message = entry.second;
            if (message.sender == user || message.is_deleted || message.seq <= read) return false;
            auto const own = reader_.message(user, entry.first);
            return own && !own->is_deleted_for_user;
        };
        auto const unread =
            std::count_if(truth.messages.begin(), truth.messages.end(), counts);
        if (view->unread_count != unread) {
            trace_.complain("M-11 user {} has {} unread in {}, the log says {}", user.value,
                            view->unread_count, id.value, unread);
        }
        if (view->last_conv_seq != truth.last) {
            trace_.complain("conversation {} ends at {} in lists", id.value,
                            view->last_conv_seq.value);
        }
    }
}

void Checker::check_screen(Viewer const& viewer) {
    for (auto const& [id, truth] : truths_) {
        if (truth.members.contains(viewer.user)) compare(viewer, id, truth);
    }
    if (!viewer.screen.typists().empty()) trace_.complain("{}: P-5 somebody types on", viewer.name);
}

void Checker::compare(Viewer const& viewer, ConversationId id, Truth const& truth) {
    auto const found = viewer.screen.conversations().find(id);
    if (found == viewer.screen.conversations().end()) {
        return trace_.complain("{} does not show conversation {}", viewer.name, id.value);
    }
    auto const applied = viewer.applied.find(id);
    if (applied == viewer.applied.end() || applied->second != truth.last) {
        trace_.complain("{} is not at {} in {}", viewer.name, truth.last.value, id.value);
    }
    auto const& shown = found->second;
    ConvSeq from;
    if (!shown.is_whole && !shown.lines.empty()) from = shown.lines.begin()->second.seq;
    for (auto const& [message, stored] : truth.messages) {
        if (stored.seq < from || (!shown.is_whole && shown.lines.empty())) continue;
        auto const line = shown.lines.find(message);
        compare_line(viewer, message, stored, line == shown.lines.end() ? nullptr : &line->second);
    }
    for (auto const& [message, line] : shown.lines) {
        if (!truth.messages.contains(message)) {
            trace_.complain("{} shows {}, which is not stored", viewer.name, message.value);
        }
    }
    for (auto const& [user, up_to] : truth.read) {
        if (truth.left_once.contains(user)) continue;
        auto const marker = shown.read.find(user);
        if (marker == shown.read.end() || marker->second != up_to) {
            trace_.complain("{}: marker of {} in {} is not {}", viewer.name, user.value, id.value,
                            up_to.value);
        }
    }
}

void Checker::compare_line(Viewer const& viewer, MessageId id, Message const& stored,
                           Screen::Line const* shown) {
    if (shown == nullptr) return trace_.complain("{} lacks message {}", viewer.name, id.value);
    if (shown->seq != stored.seq || shown->sender != stored.sender) {
        trace_.complain("{} shows {} in another place", viewer.name, id.value);
    }
    if (stored.is_deleted && !shown->is_deleted) {
        trace_.complain("{} shows {}, which was deleted", viewer.name, id.value);
    }
    if (stored.is_deleted || shown->is_deleted) return;  // Also: deleted for this user only.
    if (shown->content != stored.content) {
        trace_.complain("{} shows an old text of {}", viewer.name, id.value);
    }
    if (shown->reactions != stored.reactions) {
        trace_.complain("{} shows other reactions to {}", viewer.name, id.value);
    }
}

}  // namespace sewa::simulation
