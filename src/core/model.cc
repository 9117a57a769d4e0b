#include "core/model.h"

#include <algorithm>
#include <array>

namespace sewa {

namespace {

constexpr std::array<std::string_view, 3> kRoles{"customer", "provider", "staff"};
constexpr std::array<std::string_view, 2> kKinds{"direct", "group"};
constexpr std::array<std::string_view, 6> kTypes{"text",  "image",  "file",
                                                 "voice", "system", "deleted"};
constexpr std::array<std::string_view, 2> kScopes{"me", "all"};
constexpr std::array<std::string_view, 2> kOps{"add", "remove"};
constexpr std::array<std::string_view, 15> kChanges{
    "created", "closed", "reopened", "blocked", "unblocked", "participant_added",
    "participant_removed", "renamed", "archived", "unarchived", "pinned", "unpinned",
    "muted", "unmuted", "deleted"};

template <typename Table, typename Enum>
std::string_view name_in(Table const& table, Enum value) {
    return table.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view to_text(Role role) { return name_in(kRoles, role); }
std::string_view to_text(ConversationKind kind) { return name_in(kKinds, kind); }
std::string_view to_text(MessageType type) { return name_in(kTypes, type); }
std::string_view to_text(DeleteScope scope) { return name_in(kScopes, scope); }
std::string_view to_text(ReactionOp op) { return name_in(kOps, op); }
std::string_view to_text(ConversationChange change) { return name_in(kChanges, change); }

Role role_from_text(std::string_view text) {
    auto const* found = std::find(kRoles.begin(), kRoles.end(), text);
    return found == kRoles.end() ? Role::kCustomer : static_cast<Role>(found - kRoles.begin());
}

bool Audience::contains(UserId user) const {
    return std::binary_search(participants.begin(), participants.end(), user);
}

}  // namespace sewa
