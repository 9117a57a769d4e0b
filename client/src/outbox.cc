#include "outbox.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "frame_writer.h"

namespace sewa::client {

std::string write_request(Request const& request) {
    switch (request.kind) {
        case Request::Kind::kMessage:
            return write_message(request.key, request.conversation, request.content,
                                 request.message);
        case Request::Kind::kEdit:
            return write_edit(request.key, request.message, request.content);
        case Request::Kind::kDelete:
            return write_delete(request.key, request.message, request.flag);
        case Request::Kind::kReaction:
            return write_reaction(request.key, request.message, request.content, request.flag);
        case Request::Kind::kRead:
            break;
    }
    return write_read(request.key, request.conversation, request.up_to);
}

SendProgress Outbox::progress_of(Entry const& entry) {
    SendProgress progress;
    progress.key = entry.request.key;
    progress.conversation = entry.request.conversation;
    progress.state = entry.state;
    progress.is_message = entry.request.kind == Request::Kind::kMessage;
    if (progress.is_message) progress.content = entry.request.content;
    return progress;
}

Result<SendProgress> Outbox::add(Request request) {
    if (entries_.size() >= limits_.queued_max) {
        return fail(Errc::kUnavailable, "too much is waiting to be sent; try again when connected");
    }
    if (request.kind == Request::Kind::kRead) {
        for (auto& entry : entries_) {  // A marker only moves forward, so the newest will do.
            if (entry.request.kind != Request::Kind::kRead) continue;
            if (entry.request.conversation != request.conversation) continue;
            if (entry.state != SendState::kQueued) continue;
            entry.request.up_to = std::max(entry.request.up_to, request.up_to);
            return progress_of(entry);
        }
    }
    if (holds(request.key)) return fail(Errc::kConflict, "this key is being sent already");
    entries_.push_back(Entry{std::move(request)});
    return progress_of(entries_.back());
}

void Outbox::time_out(MonoMs now, std::vector<SendProgress>& progress) {
    for (auto& entry : entries_) {
        if (entry.state != SendState::kSending || entry.answer_by > now) continue;
        entry.state = SendState::kUnknown;
        ++entry.retries;
        progress.push_back(progress_of(entry));
    }
}

std::vector<Request const*> Outbox::take_due(MonoMs now, std::vector<SendProgress>& progress) {
    time_out(now, progress);
    std::vector<Request const*> due;
    if (paused_until_ > now) return due;
    std::unordered_set<ConversationId> busy;
    std::size_t outstanding = 0;
    for (auto& entry : entries_) outstanding += entry.state == SendState::kSending ? 1 : 0;
    for (auto& entry : entries_) {
        if (outstanding >= limits_.outstanding_max) break;
        // Whatever waits first in its conversation blocks what comes after it; a read marker
        // neither waits nor blocks, because it only moves forward.
        bool const in_order = entry.request.kind != Request::Kind::kRead;
        if (in_order && !busy.insert(entry.request.conversation).second) continue;
        if (entry.state == SendState::kSending || entry.not_before > now) continue;
        entry.state = SendState::kSending;
        auto const patience = limits_.ack_timeout_ms << std::min(entry.retries, 4);
        entry.answer_by = now + patience;
        ++outstanding;
        due.push_back(&entry.request);
        progress.push_back(progress_of(entry));
    }
    return due;
}

// When `take_due` has something to do. What waits behind another of its conversation, or for room
// among the outstanding, is woken by an answer and not by time.
std::optional<MonoMs> Outbox::next_due() const {
    std::optional<MonoMs> next;
    std::unordered_set<ConversationId> busy;
    std::size_t outstanding = 0;
    for (auto const& entry : entries_) outstanding += entry.state == SendState::kSending ? 1 : 0;
    for (auto const& entry : entries_) {
        bool const is_first = busy.insert(entry.request.conversation).second;
        bool const is_sending = entry.state == SendState::kSending;
        if (!is_sending && (!is_first || outstanding >= limits_.outstanding_max)) continue;
        auto const at = is_sending ? entry.answer_by : std::max(entry.not_before, paused_until_);
        next = std::min(next.value_or(at), at);
    }
    return next;
}

void Outbox::connection_lost(std::vector<SendProgress>& progress) {
    paused_until_ = {};  // Limits of the old connection say nothing about the next one.
    for (auto& entry : entries_) {
        if (entry.state != SendState::kSending) continue;
        entry.state = SendState::kUnknown;
        progress.push_back(progress_of(entry));
    }
}

Outbox::Iterator Outbox::find(std::string_view key) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&](Entry const& entry) { return entry.request.key == key; });
}

bool Outbox::holds(std::string_view key) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](Entry const& entry) { return entry.request.key == key; });
}

Outbox::Done Outbox::finish(Iterator entry, SendState state) {
    entry->state = state;
    Done done{{}, progress_of(*entry)};
    done.request = std::move(entry->request);
    entries_.erase(entry);
    return done;
}

std::optional<Outbox::Done> Outbox::acknowledged(AckFrame const& ack) {
    auto const entry = find(ack.request_id);
    if (entry == entries_.end()) return std::nullopt;
    auto done = finish(entry, SendState::kSent);
    done.progress.id = ack.id;
    done.progress.conv_seq = ack.conv_seq;
    done.progress.duplicate = ack.duplicate;
    return done;
}

std::optional<Outbox::Done> Outbox::confirmed(std::string const& client_msg_id,
                                              Message const& message) {
    auto const entry = find(client_msg_id);
    if (entry == entries_.end()) return std::nullopt;
    // The key is unique in its conversation only.
    if (entry->request.conversation != message.conversation) return std::nullopt;
    auto done = finish(entry, SendState::kSent);
    done.progress.id = message.id;
    done.progress.conv_seq = message.conv_seq;
    done.progress.duplicate = true;
    return done;
}

std::optional<Outbox::Done> Outbox::refused(ErrorFrame const& refusal, MonoMs now) {
    auto const entry = find(refusal.request_id);
    if (entry == entries_.end()) return std::nullopt;
    if (!refusal.retryable) {
        auto done = finish(entry, SendState::kFailed);
        done.progress.error = refusal.error;
        return done;
    }
    auto const own =
        std::min(limits_.retry_max_ms, limits_.retry_first_ms << std::min(entry->retries, 16));
    auto const wait = std::max<std::int64_t>(refusal.error.retry_after_ms, own);
    entry->state = SendState::kQueued;
    entry->not_before = now + wait;
    ++entry->retries;
    if (refusal.error.code == Errc::kRateLimited)
        paused_until_ = std::max(paused_until_, now + wait);
    return std::nullopt;
}

std::vector<Request> Outbox::saved() const {
    std::vector<Request> requests;
    for (auto const& entry : entries_) requests.push_back(entry.request);
    return requests;
}

}  // namespace sewa::client
