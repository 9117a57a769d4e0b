#include "screen.h"

namespace sewa::simulation {

namespace {

constexpr std::size_t kSnapshotMessages = 20;

}  // namespace

void Screen::show(client::Event const& event) {
    std::visit([this](auto const& content) { on(content); }, event);
}

void Screen::on(client::Snapshot const& snapshot) {
    conversations_.clear();
    for (auto const& shown : snapshot.conversations) {
        auto& conversation = conversations_[shown.id];
        conversation.is_whole = shown.latest_messages.size() < kSnapshotMessages;
        for (auto const& message : shown.latest_messages) add(conversation, message);
        conversation.newest = shown.last_conv_seq;
        for (auto const& marker : shown.read_markers) {
            conversation.read[marker.user] = marker.read_up_to;
        }
    }
}

void Screen::add(Conversation& conversation, client::Message const& message) {
    check_content(message);
    Line line{message.conv_seq, message.sender.id, message.content, message.deleted, {}};
    for (auto const& reaction : message.reactions) {
        for (auto const user : reaction.users) line.reactions.emplace(reaction.emoji, user);
    }
    if (!conversation.lines.emplace(message.id, std::move(line)).second) {
        trace_->complain("{} shows message {} twice", name_, message.id.value);
    }
}

void Screen::check_content(client::Message const& message) {
    if (message.deleted) return;
    auto const* const send = sends_->by_content(message.content);
    bool const was_sent = send != nullptr && send->sender == message.sender.id &&
                          send->conversation == message.conversation;
    if (!was_sent && !sends_->was_edit(message.content, message.id, message.sender.id)) {
        trace_->complain("{} shows \"{:.20}\" of {}, who never sent it", name_, message.content,
                         message.sender.id.value);
    }
}

bool Screen::in_order(ConversationId id, ConvSeq seq, char const* what) {
    auto& newest = conversations_[id].newest;
    if (seq <= newest) {
        trace_->complain("{} shows {} {} after {} in {}", name_, what, seq.value, newest.value,
                         id.value);
    }
    newest = std::max(newest, seq);
    return true;
}

void Screen::on(client::MessageAdded const& added) {
    auto const& message = added.message;
    in_order(message.conversation, message.conv_seq, "message");
    auto& conversation = conversations_[message.conversation];
    add(conversation, message);
    typists_.erase({message.conversation, message.sender.id});
    if (added.own != (message.sender.id == user_)) {
        trace_->complain("{} takes message {} for another's", name_, message.id.value);
    }
}

void Screen::on(client::MessageUpdated const& updated) {
    in_order(updated.conversation, updated.conv_seq, "edit");
    auto& lines = conversations_[updated.conversation].lines;
    auto const line = lines.find(updated.id);
    if (line == lines.end()) return;
    if (line->second.is_deleted) return;
    if (!updated.content.empty() && !sends_->was_edit(updated.content, updated.id, updated.user)) {
        trace_->complain("{} shows an edit that nobody made", name_);
    }
    line->second.content = updated.content;
}

void Screen::on(client::MessageDeleted const& deleted) {
    if (deleted.for_everyone) in_order(deleted.conversation, deleted.conv_seq, "delete");
    auto& lines = conversations_[deleted.conversation].lines;
    auto const line = lines.find(deleted.id);
    if (line == lines.end()) return;
    line->second.is_deleted = true;
    line->second.reactions.clear();
}

void Screen::on(client::ReactionChanged const& changed) {
    in_order(changed.conversation, changed.conv_seq, "reaction");
    auto& lines = conversations_[changed.conversation].lines;
    auto const line = lines.find(changed.message);
    if (line == lines.end()) return;
    std::pair const reaction{changed.emoji, changed.user};
    if (changed.added) line->second.reactions.insert(reaction);
    else line->second.reactions.erase(reaction);
}

void Screen::on(client::ReadMoved const& moved) {
    auto& marker = conversations_[moved.conversation].read[moved.user];
    if (moved.up_to < marker) {
        trace_->complain("{}: M-9 the marker of {} goes back from {} to {} in {}", name_,
                         moved.user.value, marker.value, moved.up_to.value,
                         moved.conversation.value);
    }
    marker = moved.up_to;
}

void Screen::on(client::TypingChanged const& changed) {
    if (changed.user == user_) trace_->complain("{}: P-6 sees itself typing", name_);
    std::pair const typist{changed.conversation, changed.user};
    if (changed.is_typing) typists_.insert(typist);
    else typists_.erase(typist);
}

void Screen::on(client::PresenceChanged const& changed) {
    if (changed.is_online) online_.insert(changed.user);
    else online_.erase(changed.user);
}

void Screen::on(client::ConversationChanged const& changed) {
    if (changed.change == "created") conversations_[changed.conversation].is_whole = true;
}

}  // namespace sewa::simulation
