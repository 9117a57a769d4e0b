#include "chat/write_limiter.h"

#include <variant>

namespace sewa::chat {

namespace {

struct Target {
    UserId user;                  // 0: nobody's limit.
    ConversationId conversation;  // 0: no message.
};

Target target_of(store::PostMessage const& post) {
    if (post.type == MessageType::kSystem) return {};
    return {post.sender, post.conversation};
}
Target target_of(store::EditMessage const& edit) {
    return {edit.user, {}};
}
Target target_of(store::DeleteMessage const& deletion) {
    return {deletion.user, {}};
}
Target target_of(store::React const& reaction) {
    return {reaction.user, {}};
}
Target target_of(store::FlagMessage const& flag) {
    return {flag.user, {}};
}
Target target_of(store::OpenConversation const& open) {
    return {open.customer, {}};
}
template <typename Other>
Target target_of(Other const&) {
    return {};
}

Status refusal(std::uint32_t wait_ms, std::string_view why) {
    auto refused = error(Errc::kRateLimited, std::string(why));
    refused.retry_after_ms = wait_ms;
    return fail(std::move(refused));
}

}  // namespace

Status WriteLimiter::admit(store::Command const& command, MonoMs now) {
    auto const target = std::visit([](auto const& c) { return target_of(c); }, command);
    if (target.user) {
        if (auto const wait_ms = users_.take(target.user, now)) {
            return refusal(wait_ms, "you write too much; slow down");
        }
    }
    if (!target.conversation) return {};
    auto const wait_ms = conversations_.take(target.conversation, now);
    return wait_ms == 0 ? Status{} : refusal(wait_ms, "too many messages in this conversation");
}

}  // namespace sewa::chat
