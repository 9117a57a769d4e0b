#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/id.h"

namespace sewa {

// The words that store, wire, chat and api share. Plain values.

enum class Role : std::uint8_t { kCustomer, kProvider, kStaff };
enum class ConversationKind : std::uint8_t { kDirect, kGroup };
enum class MessageType : std::uint8_t { kText, kImage, kFile, kVoice, kSystem, kDeleted };
enum class DeleteScope : std::uint8_t { kMe, kAll };
enum class ReactionOp : std::uint8_t { kAdd, kRemove };

// Which way a write came in; rule M-3 compares it.
// `kBoth`: stored once, and absorbed its twin of the other way (M-3).
enum class Transport : std::uint8_t { kWebSocket, kRest, kBoth };

enum class ConversationChange : std::uint8_t {
    kCreated,
    kClosed,
    kReopened,
    kBlocked,
    kUnblocked,
    kParticipantAdded,
    kParticipantRemoved,
    kRenamed,
    // Personal: they concern one participant only.
    kArchived,
    kUnarchived,
    kPinned,
    kUnpinned,
    kMuted,
    kUnmuted,
    kDeleted,
};

std::string_view to_text(Role role);
std::string_view to_text(ConversationKind kind);
std::string_view to_text(MessageType type);
std::string_view to_text(DeleteScope scope);
std::string_view to_text(ReactionOp op);
std::string_view to_text(ConversationChange change);

// Customer for anything unknown: the role with the fewest rights.
Role role_from_text(std::string_view text);

constexpr bool is_personal(ConversationChange change) {
    return change >= ConversationChange::kArchived;
}

// Somebody, as others may see them: no e-mail, no phone (PROTOCOL E-4).
struct Person {
    UserId id;
    std::string name;
    std::string first_name;
    std::string last_name;
    std::string avatar;
    Role role = Role::kCustomer;

    friend bool operator==(Person const&, Person const&) = default;
};

struct Service {
    ServiceId id;
    UserId provider;
    std::string title;
    std::string category;
    std::string slug;
    std::string price;
};

// Who takes part in a conversation, sorted by id. Frozen: membership changes make a new one.
struct Audience {
    ConversationId conversation;
    std::uint64_t version = 0;  // Grows with every membership change of the conversation.
    std::vector<UserId> participants;

    bool contains(UserId user) const;
};
using AudiencePtr = std::shared_ptr<Audience const>;

}  // namespace sewa
