#include "sewa/client_core.h"

#include <algorithm>
#include <utility>

#include "client_parts.h"
#include "frame_writer.h"

namespace sewa::client {

ClientCore::ClientCore(CoreOptions options, Clock const& clock, Random& random)
    : parts_(std::make_unique<Parts>(options, clock, random)) {}

ClientCore::~ClientCore() = default;

std::vector<Action> ClientCore::take_actions() {
    parts_->pump();
    return std::exchange(parts_->actions, {});
}

std::optional<MonoMs> ClientCore::next_deadline() const {
    return parts_->next_due();
}

void ClientCore::tick() {
    parts_->tick();
}

void ClientCore::on_token(std::uint64_t request, Result<std::string> token) {
    parts_->link.token(request, std::move(token), parts_->since());
}

void ClientCore::on_opened(std::uint64_t connection) {
    parts_->link.opened(connection);
}

void ClientCore::on_refused(std::uint64_t connection, int http_status,
                            std::int64_t retry_after_ms) {
    parts_->link.refused(connection, http_status, retry_after_ms);
}

void ClientCore::on_text(std::uint64_t connection, std::string_view text) {
    if (!parts_->link.is_current(connection)) return;
    parts_->link.heard();
    // What cannot be read is left out; if it was an event, the next one shows the gap.
    if (auto const frame = read_frame(text)) {
        std::visit([&](auto const& content) { parts_->on(content); }, *frame);
    }
}

void ClientCore::on_sign_of_life(std::uint64_t connection) {
    if (parts_->link.is_current(connection)) parts_->link.heard();
}

void ClientCore::on_closed(std::uint64_t connection, std::uint16_t code) {
    if (parts_->link.is_current(connection)) parts_->connection_closed(code);
}

void ClientCore::on_http(std::uint64_t request, HttpAnswer answer) {
    parts_->answered(request, answer);
}

void ClientCore::restore(SavedState state) {
    parts_->restore(std::move(state));
}

void ClientCore::start() {
    parts_->link.start();
}

void ClientCore::stop() {
    if (auto const sign = parts_->signal.stop(); sign && parts_->link.is_live()) {
        parts_->link.send(write_typing(sign->conversation, sign->is_typing));
    }
    parts_->link.stop(StopReason::kByUser);
    parts_->connection_lost();
}

void ClientCore::retry_now() {
    parts_->link.retry_now();
}

Result<std::string> ClientCore::send(ConversationId conversation, std::string_view text,
                                     MessageId reply_to) {
    SEWA_TRY(auto content, parts_->checked_content(text));
    parts_->signal.message_sent(conversation);
    return parts_->add({.kind = Request::Kind::kMessage,
                        .conversation = conversation,
                        .message = reply_to,
                        .content = std::move(content)});
}

Result<std::string> ClientCore::edit(ConversationId conversation, MessageId id,
                                     std::string_view text) {
    SEWA_TRY(auto content, parts_->checked_content(text));
    return parts_->add({.kind = Request::Kind::kEdit,
                        .conversation = conversation,
                        .message = id,
                        .content = std::move(content)});
}

Result<std::string> ClientCore::remove(ConversationId conversation, MessageId id,
                                       bool for_everyone) {
    return parts_->add({.kind = Request::Kind::kDelete,
                        .conversation = conversation,
                        .message = id,
                        .flag = for_everyone});
}

Result<std::string> ClientCore::react(ConversationId conversation, MessageId id,
                                      std::string_view emoji, bool add) {
    return parts_->add({.kind = Request::Kind::kReaction,
                        .conversation = conversation,
                        .message = id,
                        .content = std::string(emoji),
                        .flag = add});
}

Result<std::string> ClientCore::mark_read(ConversationId conversation, ConvSeq up_to) {
    return parts_->add(
        {.kind = Request::Kind::kRead, .conversation = conversation, .up_to = up_to});
}

void ClientCore::keystroke(ConversationId conversation) {
    if (!parts_->link.is_live()) return;
    for (auto const& sign : parts_->signal.keystroke(conversation, parts_->clock.mono())) {
        parts_->link.send(write_typing(sign.conversation, sign.is_typing));
    }
}

void ClientCore::stop_typing() {
    auto const sign = parts_->signal.stop();
    if (sign && parts_->link.is_live()) {
        parts_->link.send(write_typing(sign->conversation, sign->is_typing));
    }
}

LinkState ClientCore::state() const {
    return parts_->link.state();
}

UserId ClientCore::user() const {
    return parts_->user;
}

std::string const& ClientCore::epoch() const {
    return parts_->epoch;
}

Pos ClientCore::cursor() const {
    return parts_->ledger.cursor();
}

ConvSeq ClientCore::applied(ConversationId conversation) const {
    return parts_->ledger.applied(conversation);
}

std::size_t ClientCore::waiting() const {
    return parts_->outbox.size();
}

}  // namespace sewa::client
