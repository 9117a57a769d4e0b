#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/model.h"
#include "core/result.h"
#include "core/shared_frame.h"
#include "store/attachment.h"

namespace sewa::store {

// What a caller asks the store to change, and what it answers. Validation that needs no stored
// state (lengths, characters) happened before; everything that needs stored state (takes part?
// same key? window passed?) is decided inside the write's transaction, so that no decision can be
// stale.

struct PostMessage {
    ConversationId conversation;
    UserId sender;  // 0: the marketplace.
    std::string content;
    std::string client_msg_id;  // Empty: none, and rule M-3 applies.
    MessageId reply_to;         // 0: none.
    MessageType type = MessageType::kText;
    Transport transport = Transport::kWebSocket;
    std::vector<std::int64_t> attachments;
};

struct EditMessage {
    MessageId message;
    UserId user;
    std::string content;
};

struct DeleteMessage {
    MessageId message;
    UserId user;
    DeleteScope scope = DeleteScope::kMe;
};

struct React {
    MessageId message;
    UserId user;
    std::string emoji;
    ReactionOp op = ReactionOp::kAdd;
};

// Reports a message of somebody else. No event: only the user and whoever moderates get to know.
struct FlagMessage {
    MessageId message;
    UserId user;
    std::string reason;  // Empty: none given.
};

struct MarkRead {
    ConversationId conversation;
    UserId user;
    ConvSeq up_to;  // Clamped to the newest.
};

// No event: the marker is stored, coalesced by the caller, and relayed as an ephemeral frame.
struct MarkDelivered {
    ConversationId conversation;
    UserId user;
    ConvSeq up_to;
};

// A customer opens, or continues, the one conversation about (service, provider, customer).
struct OpenConversation {
    ServiceId service;
    UserId provider;
    UserId customer;
    std::string initial_message;  // Empty: none.
    std::string client_msg_id;
    Transport transport = Transport::kRest;
};

struct CreateGroup {
    std::string title;
    std::vector<UserId> participants;
    UserId created_by;  // 0: the marketplace.
};

// Personal changes (archive … delete) need `user`; the others are for the server-side API and
// name the one concerned in `participant`.
struct ChangeConversation {
    ConversationId conversation;
    UserId user;  // 0: the marketplace.
    ConversationChange change = ConversationChange::kArchived;
    UserId participant;
    std::string title;
};

struct UpsertPerson {
    Person person;
    // From the marketplace's back end: a token with another role must not undo it.
    bool is_authoritative = false;
};

struct UpsertService {
    Service service;
};

struct TouchLastSeen {
    UserId user;
    WallMs at;
};

// A file that is on the disk becomes known; the receipt names it.
struct AddAttachment {
    Attachment attachment;
    std::int64_t owner_bytes_max = 0;  // Of all that the owner has; 0: no limit.
};

// What was uploaded before and never sent will be removed.
struct GiveUpAttachments {
    WallMs created_before;
};

// Those of them that were given up and whose files are gone.
struct ForgetAttachments {
    std::vector<AttachmentId> ids;
};

// Who may come in. Every change makes the tokens of before worthless.
enum class AccessVerb : std::uint8_t { kBan, kUnban, kRevoke };

struct ChangeAccess {
    UserId user;
    AccessVerb verb = AccessVerb::kRevoke;
};

// Removes a person's name, picture and texts, some messages at a time; `next` of the receipt is
// where to go on, and its `conversation` is 0 when all is done. Bans the person.
struct ErasePerson {
    UserId user;
    struct From {
        ConversationId conversation;
        ConvSeq conv_seq;
    } from;
};

// A login of the built-in identity: what is kept of its refresh token.
struct Login {
    std::string family;
    std::string secret_hash;
    WallMs expires_at;
};

// A new account and its first login. `conflict` when the name is taken.
struct CreateAccount {
    std::string login;
    std::string password_hash;
    Person person;  // Without id: the store gives one.
    Login first;
};

struct StartLogin {
    UserId user;
    Login login;
};

// Each secret counts once. One that was used before ends its login and the user's tokens; the
// receipt then has no `user`, as for one that was never there.
struct RotateLogin {
    std::string family;
    std::string secret_hash;
    std::string next_hash;
    WallMs expires_at;
};

struct EndLogin {
    std::string family;
    std::string secret_hash;
};

// Everything up to here was delivered.
struct SaveWebhookCursor {
    Pos pos;
};

using Command =
    std::variant<PostMessage, EditMessage, DeleteMessage, React, FlagMessage, MarkRead,
                 MarkDelivered, OpenConversation, CreateGroup, ChangeConversation, UpsertPerson,
                 UpsertService, TouchLastSeen, AddAttachment, GiveUpAttachments, ForgetAttachments,
                 ChangeAccess, ErasePerson,
                 CreateAccount, StartLogin, RotateLogin, EndLogin, SaveWebhookCursor>;

// Who waits for the outcome: a slot of the waiter table of one shard. Opaque to the store.
struct Origin {
    static constexpr std::uint16_t kNobody = 0xFFFF;

    std::uint16_t shard = kNobody;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
};

struct Write {
    Command command;
    Origin origin;
};

enum class EventKind : std::uint8_t {
    kMessage = 1,
    kMessageUpdated,
    kMessageDeleted,
    kReaction,
    kRead,
    kConversation,
};

// One committed event. Frozen.
struct Event {
    Pos pos;
    ConversationId conversation;
    ConvSeq conv_seq;  // 0: personal.
    EventKind kind = EventKind::kMessage;
    UserId actor;
    UserId only_for;  // 0: every participant; otherwise a personal event of this user.
    SharedFrame frame;
    AudiencePtr audience;  // Who takes part after this event.
    UserId also_for;       // Whom this event removed; 0: nobody.
};

// What counts for a user's tokens from now on. In the batch for all shards, in commit order.
struct AccessState {
    UserId user;
    bool is_banned = false;
    std::int64_t revoked_up_to_s = 0;  // Issued in this second (since 1970) or before: worthless.
};

// What the one who asked gets to know.
struct Receipt {
    ConversationId conversation;
    Pos pos;  // 0: nothing was stored.
    ConvSeq conv_seq;
    WallMs created_at;
    bool duplicate = false;
    SharedFrame frame;  // The event's frame, also for a duplicate; empty when nothing was stored.
    AttachmentId attachment;  // AddAttachment: the new one.
    // OpenConversation with a first message: the fields above speak of that message.
    bool conversation_created = false;
    ErasePerson::From next;  // ErasePerson only.
    UserId user;             // CreateAccount and RotateLogin: whose it is.
};

struct Outcome {
    Origin origin;
    Result<Receipt> result;
    std::uint32_t first_event =
        0;  // Its events are batch.events[first_event, first_event + event_count).
    std::uint32_t event_count = 0;
};

// All that one transaction made durable, in commit order. Frozen, shared by all shards. A batch
// whose transaction failed has outcomes (`unavailable`) and no events.
struct CommitBatch {
    std::vector<Event> events;
    std::vector<Outcome> outcomes;
    std::vector<AccessState> access;
    Pos head;  // The newest position of the log after this batch.
};
using CommitBatchPtr = std::shared_ptr<CommitBatch const>;

}  // namespace sewa::store
