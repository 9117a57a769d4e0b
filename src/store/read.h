#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model.h"
#include "core/result.h"
#include "core/shared_frame.h"
#include "store/attachment.h"
#include "store/write.h"

namespace sewa::store {

struct LogState {
    std::string epoch;
    Pos head;   // Newest committed position.
    Pos floor;  // Events at or before it may have left the log (messages never do).
};

struct LoggedFrame {
    Pos pos;
    ConversationId conversation;
    ConvSeq conv_seq;
    SharedFrame frame;
};

// Missed events of one user, ascending by position.
struct ResumePage {
    std::vector<LoggedFrame> frames;
    bool has_more = false;
    Pos read_at;  // Everything of this user up to here is in `frames` or before; valid without
                  // has_more.
};

// Events of one conversation after a conv_seq.
struct EventsPage {
    std::vector<LoggedFrame> frames;
    bool has_more = false;
    bool snapshot_required = false;
    ConvSeq last_conv_seq;
};

struct Marker {
    UserId user;
    ConvSeq read_up_to;
    ConvSeq delivered_up_to;
};

struct ReactionCount {
    std::string emoji;
    std::vector<UserId> users;
};

struct MessageView {
    MessageId id;
    ConversationId conversation;
    ConvSeq conv_seq;
    UserId sender;
    WallMs created_at;
    std::string data;  // The `data` object of the message frame with the current content.
    std::optional<WallMs> edited_at;
    std::uint32_t rev = 0;
    bool is_deleted = false;  // For everyone.
    bool is_deleted_for_user = false;
    bool is_flagged = false;
    std::vector<ReactionCount> reactions;
};

struct ConversationView {
    ConversationId id;
    ConversationKind kind = ConversationKind::kDirect;
    std::string title;
    std::optional<Service> service;
    UserId provider;
    UserId customer;
    std::vector<Person> participants;  // At most 20.
    std::uint32_t participant_count = 0;
    WallMs created_at;
    WallMs updated_at;
    ConvSeq last_conv_seq;
    std::optional<MessageView> last_message;
    bool is_active = true;  // False: closed.
    bool is_blocked = false;
    bool is_archived = false;  // The caller's own.
    bool is_pinned = false;
    bool is_muted = false;
    bool provider_archived = false;
    bool customer_archived = false;
    std::uint32_t unread_count = 0;
    std::vector<Marker> markers;  // At most 20; the caller's own first.
};

struct ConversationFilter {
    std::optional<bool> archived = false;  // None: both.
    std::optional<bool> has_unread;
    std::optional<bool> is_active;
    std::string search;  // In titles, names and the last message.
};

struct PageRequest {
    std::uint32_t page = 1;
    std::uint32_t size = 10;
};

struct PersonPage {
    std::uint32_t count = 0;
    std::vector<Person> people;
};

struct ConversationPage {
    std::uint32_t count = 0;
    std::vector<ConversationView> conversations;
};

struct MessagePage {
    std::uint32_t count =
        0;  // All messages of the conversation that the caller may see; 0 by cursor.
    bool has_more = false;              // Older ones exist.
    std::vector<MessageView> messages;  // Ascending.
};

// Counted among the newest 2,000 events after the marker; what is older is not counted any more.
struct Unread {
    std::uint32_t count = 0;
    std::uint32_t total = 0;
};

// Full text, newest first. Every word must be in the message; the last one may be unfinished unless
// something stands after it.
struct SearchQuery {
    std::string text;
    ConversationId conversation;  // 0: everywhere the caller takes part.
    UserId sender;                // 0: anybody.
    std::optional<MessageType> type;
    std::optional<WallMs> after;
    std::optional<WallMs> before;
    Pos cursor;  // 0: from the newest; else where the page before ended.
    std::uint32_t limit = 20;
};

// Code points of the content, the end not included.
struct TextRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

struct SearchHit {
    MessageView message;
    std::vector<TextRange> highlights;
};

// A page may have fewer hits than asked for, even none, and go on: a look-up has a bound in time.
struct SearchPage {
    std::vector<SearchHit> hits;
    Pos next_cursor;  // 0: this was all.
};

struct Presence {
    Person person;
    std::optional<WallMs> last_seen;
};

struct PersonExport {
    struct Membership {
        ConversationId id;
        ConversationKind kind = ConversationKind::kDirect;
        std::string title;  // Of a group.
        ServiceId service;
        bool has_left = false;
    };
    std::optional<Presence> profile;
    std::vector<Membership> conversations;
    std::vector<MessageView> messages;
    ErasePerson::From next;  // `conversation` 0: that was the last page.
};

struct Account {
    std::string password_hash;
    Person person;
};

// A shared event as it stands in the log, with those who take part now.
struct LogEntry {
    Pos pos;
    SharedFrame frame;
    std::vector<UserId> participants;
};
struct LogPage {
    std::vector<LogEntry> entries;  // Ascending.
    Pos read_at;                    // Every shared event up to here is in `entries` or before.
};

// Synchronous reads of committed state; one snapshot per call. Used by one pool thread at a time,
// inside a job given to Store::read. Unknown and foreign ids are both `not_found` (M-12).
class Reader {
public:
    virtual ~Reader() = default;

    virtual Result<LogState> log_state() = 0;

    // ST-5: ascending, nothing of this user missing inside the page, never a personal event of
    // another.
    virtual Result<ResumePage> resume(UserId user, Pos after, std::uint32_t limit) = 0;
    // ST-6: dense; limit at most 500.
    virtual Result<EventsPage> events(UserId user, ConversationId conversation, ConvSeq after,
                                      std::uint32_t limit) = 0;

    virtual Result<ConversationPage> conversations(UserId user, ConversationFilter const& filter,
                                                   PageRequest page) = 0;
    virtual Result<ConversationView> conversation(UserId user, ConversationId id) = 0;
    virtual Result<MessagePage> messages(UserId user, ConversationId id, PageRequest page) = 0;
    // Messages with conv_seq < before (0: from the newest), the newest `limit` of them.
    virtual Result<MessagePage> messages_before(UserId user, ConversationId id, ConvSeq before,
                                                std::uint32_t limit) = 0;
    // Messages with conv_seq > after, the oldest `limit` of them; `has_more`: newer ones exist.
    virtual Result<MessagePage> messages_after(UserId user, ConversationId id, ConvSeq after,
                                               std::uint32_t limit) = 0;
    virtual Result<MessageView> message(UserId user, MessageId id) = 0;
    // All who take part, by id.
    virtual Result<PersonPage> participants(UserId user, ConversationId id, PageRequest page) = 0;
    // At most 20.
    virtual Result<std::vector<Marker>> markers(ConversationId id) = 0;
    virtual Result<Unread> unread(UserId user, ConversationId id) = 0;
    // What the log holds now, of messages up to a little ago; `unavailable` without an index.
    virtual Result<SearchPage> search(UserId user, SearchQuery const& query) = 0;

    // For its owner until it is sent, then for the participants of its conversation.
    virtual Result<Attachment> attachment(UserId user, AttachmentId id) = 0;
    // For whoever holds a link to it.
    virtual Result<Attachment> attachment(AttachmentId id) = 0;
    // Whose files are to be removed.
    virtual Result<std::vector<Attachment>> given_up_attachments(std::uint32_t limit) = 0;
    // Those of these files that belong to no attachment.
    virtual Result<std::vector<std::string>> unknown_files(
        std::vector<std::string> const& stored_names) = 0;

    virtual Result<AudiencePtr> audience(ConversationId id) = 0;
    // Those who share a conversation with `user`, most recent first, without `user`.
    virtual Result<std::vector<UserId>> partners(UserId user, std::uint32_t limit) = 0;
    virtual Result<std::vector<Presence>> people(std::vector<UserId> const& ids) = 0;
    virtual Result<std::vector<Service>> services(std::uint32_t limit) = 0;

    virtual Result<std::optional<Account>> account(std::string const& login) = 0;

    virtual Result<LogPage> log_after(Pos after, std::uint32_t limit) = 0;
    virtual Result<std::optional<Pos>> webhook_cursor() = 0;

    // Everybody with an entry; read once, at start.
    virtual Result<std::vector<AccessState>> access() = 0;
    // What `user` wrote and where they take part, a page at a time (see ErasePerson).
    virtual Result<PersonExport> export_person(UserId user, ErasePerson::From from) = 0;
};

}  // namespace sewa::store
