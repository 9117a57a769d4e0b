#include "cli/chat_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/chat_text.h"

namespace sewa::cli {

using namespace client;
using Lines = std::vector<std::string>;

void ChatTimeline::open(UserId me, Conversation const& conversation) {
    if (conversation_ != conversation.id) {
        forget_messages();
        typists_.clear();
        read_.clear();
    }
    me_ = me;
    conversation_ = conversation.id;
    title_ = conversation.title;
    participants_ = conversation.participants;
    for (auto const& marker : conversation.read_markers) {
        read_[marker.user] = std::max(read_[marker.user], marker.read_up_to);
    }
}

void ChatTimeline::forget_messages() {
    messages_.clear();
    newest_ = {};
}

bool ChatTimeline::add(Message const& message) {
    // A deleted message keeps its place, so that numbers stay explainable.
    std::erase_if(pending_, [&](Pending const& pending) {
        return message.sender.id == me_ && pending.key == message.client_msg_id;
    });
    newest_ = std::max(newest_, message.conv_seq);
    bool const is_new = messages_.insert_or_assign(message.conv_seq, message).second;
    if (messages_.size() > kLinesMax) messages_.erase(messages_.begin());
    return is_new;
}

std::vector<std::string> ChatTimeline::apply(Event const& event) {
    return std::visit([this](auto const& what) { return on(what); }, event);
}

Lines ChatTimeline::on(MessageAdded const& added) {
    if (added.message.conversation != conversation_) return {};
    if (!add(added.message)) return {};
    return {line(added.message)};
}

Message* ChatTimeline::find_id(MessageId id) {
    for (auto& [number, message] : messages_) {
        if (message.id == id) return &message;
    }
    return nullptr;
}

Message const* ChatTimeline::find(ConvSeq number) const {
    auto const found = messages_.find(number);
    return found == messages_.end() ? nullptr : &found->second;
}

Lines ChatTimeline::on(MessageUpdated const& updated) {
    auto* const message = updated.conversation == conversation_ ? find_id(updated.id) : nullptr;
    if (!message) return {};
    message->content = updated.content;
    message->edited_at = updated.edited_at.empty() ? "edited" : updated.edited_at;
    return {"-- edited: " + line(*message)};
}

Lines ChatTimeline::on(MessageDeleted const& deleted) {
    auto* const message = find_id(deleted.id);
    if (!message || deleted.conversation != conversation_) return {};
    message->deleted = true;
    message->content.clear();
    return {fmt::format("-- #{} was deleted", message->conv_seq.value)};
}

Lines ChatTimeline::on(ReactionChanged const& changed) {
    auto* const message =
        changed.conversation == conversation_ ? find_id(changed.message) : nullptr;
    if (!message) return {};
    auto& reactions = message->reactions;
    auto found = std::find_if(reactions.begin(), reactions.end(),
                              [&](Reaction const& item) { return item.emoji == changed.emoji; });
    if (found == reactions.end()) found = reactions.insert(found, {changed.emoji, {}});
    std::erase(found->users, changed.user);
    if (changed.added) found->users.push_back(changed.user);
    if (found->users.empty()) reactions.erase(found);
    return {fmt::format("-- {} {} {} {} #{}", name_of(changed.user), changed.added ? "put" : "took",
                        terminal_safe(changed.emoji), changed.added ? "on" : "from",
                        message->conv_seq.value)};
}

Lines ChatTimeline::on(ReadMoved const& moved) {
    if (moved.conversation != conversation_ || moved.up_to <= read_[moved.user]) return {};
    read_[moved.user] = moved.up_to;
    if (moved.user == me_) return {};
    return {fmt::format("-- ✓✓ {} has read up to #{}", name_of(moved.user), moved.up_to.value)};
}

Lines ChatTimeline::on(TypingChanged const& changed) {
    if (changed.conversation != conversation_ || changed.user == me_) return {};
    if (!changed.is_typing) {
        typists_.erase(changed.user);
        return {};
    }
    typists_[changed.user] =
        changed.user_name.empty() ? name_of(changed.user) : terminal_safe(changed.user_name);
    return {"-- " + typists_[changed.user] + " is typing…"};
}

Lines ChatTimeline::on(PresenceChanged const& changed) {
    auto& known = presence_[changed.user];
    bool const same = known.user == changed.user && known.is_online == changed.is_online;
    auto const last_seen = changed.last_seen.empty() ? known.last_seen : changed.last_seen;
    known = changed;
    known.last_seen = last_seen;
    auto const person = std::find_if(participants_.begin(), participants_.end(),
                                     [&](Person const& item) { return item.id == changed.user; });
    if (same || person == participants_.end() || changed.user == me_) return {};
    return {fmt::format("-- {}: {}", name_of(person->id), presence_of(*person))};
}

Lines ChatTimeline::on(ConversationChanged const& changed) {
    if (changed.conversation != conversation_ || changed.change == "discovered") return {};
    if (changed.change == "renamed") title_ = changed.title;
    return {fmt::format("-- conversation: {}", terminal_safe(changed.change))};
}

Lines ChatTimeline::on(SendProgress const& progress) {
    if (!progress.is_message) {
        if (progress.state != SendState::kFailed) return {};
        return {"-- not done: " + terminal_safe(progress.error.message)};
    }
    if (progress.conversation != conversation_) return {};
    auto const found = std::find_if(pending_.begin(), pending_.end(), [&](Pending const& pending) {
        return pending.key == progress.key;
    });
    if (progress.state == SendState::kSent) return {};  // MessageAdded takes it over.
    auto const reason = terminal_safe(progress.error.message);
    if (found != pending_.end()) {
        found->state = progress.state;
        found->reason = reason;
    } else {
        pending_.push_back({progress.key, progress.content, progress.state, reason});
        if (pending_.size() > kLinesMax) pending_.pop_front();
    }
    if (progress.state != SendState::kFailed) return {};
    return {fmt::format("-- ✗ not sent: {} ({})", terminal_safe(progress.content), reason)};
}

std::string ChatTimeline::name_of(UserId user) const {
    if (user == me_) return "you";
    for (auto const& person : participants_) {
        if (person.id != user) continue;
        if (!person.name.empty()) return terminal_safe(person.name);
        if (!person.full_name.empty()) return terminal_safe(person.full_name);
    }
    return fmt::format("user {}", user.value);
}

std::string ChatTimeline::title() const {
    std::string names;
    for (auto const& person : participants_) {
        if (person.id == me_) continue;
        if (!names.empty()) names += ", ";
        names += terminal_safe(person.full_name.empty() ? person.name : person.full_name);
    }
    if (!title_.empty()) return terminal_safe(title_);
    return names.empty() ? fmt::format("conversation {}", conversation_.value) : names;
}

ConvSeq ChatTimeline::oldest() const {
    return messages_.empty() ? ConvSeq{} : messages_.begin()->first;
}

bool ChatTimeline::is_read(ConvSeq number) const {
    return std::any_of(read_.begin(), read_.end(), [&](auto const& marker) {
        return marker.first != me_ && marker.second >= number;
    });
}

std::string ChatTimeline::line(Message const& message) const {
    bool const own = message.sender.id == me_;
    auto name = own ? "you" : terminal_safe(message.sender.name);
    if (name.empty()) name = name_of(message.sender.id);
    auto text = message.deleted ? "(deleted)" : terminal_safe(message.content);
    if (text.empty()) text = fmt::format("({})", terminal_safe(message.message_type));
    if (!message.edited_at.empty() && !message.deleted) text += " (edited)";
    for (auto const& reaction : message.reactions) {
        if (reaction.users.empty()) continue;
        text += fmt::format(" [{} {}]", terminal_safe(reaction.emoji), reaction.users.size());
    }
    auto const mark = !own ? "" : is_read(message.conv_seq) ? " ✓✓" : " ✓";
    return fmt::format("{} {}: {}  #{}{}", clock_text(message.created_at), name, text,
                       message.conv_seq.value, mark);
}

std::string ChatTimeline::line(Pending const& pending) {
    auto const text = terminal_safe(pending.content);
    if (pending.state == SendState::kFailed) {
        return fmt::format("✗ you: {}  (not sent: {})", text, pending.reason);
    }
    auto const waits = pending.state == SendState::kSending ? "sending" : "waiting to be sent";
    return fmt::format("… you: {}  ({})", text, waits);
}

std::string ChatTimeline::typing_line() const {
    if (typists_.empty()) return {};
    if (typists_.size() > 2) return fmt::format("{} people are typing…", typists_.size());
    std::string names;
    for (auto const& [user, name] : typists_) names += (names.empty() ? "" : " and ") + name;
    return names + (typists_.size() == 1 ? " is typing…" : " are typing…");
}

std::string ChatTimeline::presence_of(Person const& person) const {
    auto const found = presence_.find(person.id);
    if (found != presence_.end() && found->second.is_online) return "online";
    if (found == presence_.end() || found->second.last_seen.empty()) return "offline";
    return fmt::format("last seen {} {}", terminal_safe(found->second.last_seen.substr(0, 10)),
                       clock_text(found->second.last_seen));
}

std::string ChatTimeline::presence_line() const {
    std::size_t online = 0;
    Person const* other = nullptr;
    for (auto const& person : participants_) {
        if (person.id == me_) continue;
        other = &person;
        auto const found = presence_.find(person.id);
        online += found != presence_.end() && found->second.is_online ? 1 : 0;
    }
    if (!other) return {};
    if (participants_.size() == 2) return presence_of(*other);
    return fmt::format("{} online", online);
}

Lines ChatTimeline::who() const {
    Lines lines;
    for (auto const& person : participants_) {
        lines.push_back(person.id == me_
                            ? "-- you"
                            : fmt::format("-- {}: {}", name_of(person.id), presence_of(person)));
    }
    return lines;
}

}  // namespace sewa::cli
