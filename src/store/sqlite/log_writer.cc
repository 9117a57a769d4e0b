#include "store/sqlite/log_writer.h"

#include <algorithm>

#include "store/sqlite/fingerprint.h"
#include "wire/attachments.h"

namespace sewa::store::sqlite {

namespace {

constexpr char kSelectConversation[] =
    "SELECT kind, closed, blocked, last_seq, last_pos, activity_pos, last_message_pos, "
    "last_message_seq, message_count, audience_version FROM conversations WHERE id = ?";

constexpr char kSelectAudience[] =
    "SELECT user_id FROM participants WHERE conversation_id = ? AND left_seq = 0 ORDER BY user_id";

constexpr char kSelectPerson[] =
    "SELECT name, first_name, last_name, avatar, role FROM people WHERE id = ?";

constexpr char kSelectLeft[] =
    "SELECT left_seq FROM participants WHERE conversation_id = ? AND user_id = ?";

constexpr char kSelectByKey[] =
    "SELECT pos, conv_seq, created_at, frame, fingerprint, deleted FROM events "
    "WHERE conversation_id = ? AND actor_id = ? AND client_msg_id = ?";

constexpr char kSelectReceipt[] =
    "SELECT pos, conv_seq, created_at, frame, conversation_id FROM events WHERE pos = ?";

constexpr char kInsertEvent[] =
    "INSERT INTO events (pos, conversation_id, conv_seq, kind, actor_id, created_at, message_no, "
    "only_for, target, client_msg_id, fingerprint, transport, message_type, rev, checksum, "
    "frame) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (conversation_id, actor_id, client_msg_id) WHERE client_msg_id IS NOT NULL "
    "DO NOTHING";

// The old last_seq in the condition catches a cache that is not what the file says: two events
// would get one conv_seq.
constexpr char kUpdateConversation[] =
    "UPDATE conversations SET last_seq = ?, last_pos = ?, activity_pos = ?, last_message_pos = ?, "
    "last_message_seq = ?, message_count = ?, updated_at = ? WHERE id = ? AND last_seq = ?";

std::size_t weight_of(Conversation const& conversation) {
    return sizeof(Conversation) + 128 + conversation.audience->participants.size() * sizeof(UserId);
}

}  // namespace

LogWriter::LogWriter(Database& db, WriterLimits const& limits, Pos head, LinkSigner const* links)
    : db_(db),
      limits_(limits),
      links_(links),
      conversations_(limits.conversation_cache_bytes),
      people_(limits.people_cached_max),
      head_(head),
      last_pos_(head),
      select_conversation_(db, kSelectConversation),
      select_audience_(db, kSelectAudience),
      select_person_(db, kSelectPerson),
      select_left_(db, kSelectLeft),
      select_by_key_(db, kSelectByKey),
      select_receipt_(db, kSelectReceipt),
      insert_event_(db, kInsertEvent),
      update_conversation_(db, kUpdateConversation) {}

void LogWriter::begin(CommitBatch& batch, WallMs now) {
    batch_ = &batch;
    now_ = now;
    last_pos_ = head_;
}

void LogWriter::flush() {
    for (auto* touched : touched_) {
        auto const& c = *touched;
        auto const changed = update_conversation_.run(
            c.last_seq, c.last_pos, c.activity_pos, c.last_message_pos, c.last_message_seq,
            c.message_count, now_.value, c.id, c.stored_seq);
        if (changed != 1 && db_.failure() == Failure::kNone) {
            db_.fail("the conversation's row is not what the writer remembers");
        }
    }
}

void LogWriter::keep() {
    for (auto* conversation : touched_) {
        conversation->stored_seq = conversation->last_seq;
        conversation->is_touched = false;
    }
    touched_.clear();
    people_touched_.clear();
    twins_.keep();
    head_ = last_pos_;
    conversations_.trim();
    people_.trim();
}

void LogWriter::forget() {
    for (auto const* conversation : touched_) conversations_.erase(conversation->id);
    for (auto const id : people_touched_) people_.erase(id);
    touched_.clear();
    people_touched_.clear();
    twins_.forget();
    last_pos_ = head_;
}

Conversation* LogWriter::find_conversation(ConversationId id) {
    if (auto* cached = conversations_.find(id)) return cached;
    return load_conversation(id);
}

Conversation* LogWriter::load_conversation(ConversationId id) {
    Conversation conversation{.id = id};
    std::uint64_t version = 0;
    {
        auto row = select_conversation_.query(id);
        if (!row.next()) return nullptr;
        conversation.kind = static_cast<ConversationKind>(row.integer(0));
        conversation.is_closed = row.integer(1) != 0;
        conversation.is_blocked = row.integer(2) != 0;
        conversation.last_seq = conversation.stored_seq = row.id<ConvSeq>(3);
        conversation.last_pos = row.id<Pos>(4);
        conversation.activity_pos = row.id<Pos>(5);
        conversation.last_message_pos = row.id<Pos>(6);
        conversation.last_message_seq = row.id<ConvSeq>(7);
        conversation.message_count = row.integer(8);
        version = static_cast<std::uint64_t>(row.integer(9));
    }
    conversation.audience = load_audience(id, version);
    // A half-read audience must not be remembered.
    if (db_.failure() != Failure::kNone) return nullptr;
    auto const weight = weight_of(conversation);
    return &conversations_.insert(id, std::move(conversation), weight);
}

AudiencePtr LogWriter::load_audience(ConversationId id, std::uint64_t version) {
    auto audience = std::make_shared<Audience>();
    audience->conversation = id;
    audience->version = version;
    auto rows = select_audience_.query(id);
    while (rows.next()) audience->participants.push_back(rows.id<UserId>(0));
    return audience;
}

Result<Conversation*> LogWriter::conversation_of(ConversationId id, UserId user) {
    auto* conversation = find_conversation(id);
    if (conversation == nullptr) return fail(Errc::kNotFound, "no such conversation");
    if (conversation->audience->contains(user)) return conversation;
    auto row = select_left_.query(id, user);
    if (!row.next()) return fail(Errc::kNotFound, "no such conversation");
    return fail(Errc::kNotParticipant, "you no longer take part in this conversation");
}

Conversation& LogWriter::create_conversation(Conversation conversation) {
    auto const id = conversation.id;
    auto const weight = weight_of(conversation);
    auto& created = conversations_.insert(id, std::move(conversation), weight);
    touch(created);
    return created;
}

void LogWriter::touch(Conversation& conversation) {
    if (conversation.is_touched) return;
    conversation.is_touched = true;
    touched_.push_back(&conversation);
}

void LogWriter::set_audience(Conversation& conversation, AudiencePtr audience) {
    touch(conversation);
    conversation.audience = std::move(audience);
    conversations_.set_weight(conversation.id, weight_of(conversation));
}

Person const& LogWriter::person(UserId id) {
    if (auto const* cached = people_.find(id)) return *cached;
    Person person{.id = id};
    auto row = select_person_.query(id);
    if (row.next()) {
        person.name = row.string(0);
        person.first_name = row.string(1);
        person.last_name = row.string(2);
        person.avatar = row.string(3);
        person.role = static_cast<Role>(row.integer(4));
    }
    // Also what a failing transaction read: it may have read its own changes.
    people_touched_.push_back(id);
    return people_.insert(id, std::move(person), 1);
}

wire::EventHead LogWriter::next_head(Conversation const& conversation, UserId by) const {
    return {.conversation = conversation.id,
            .conv_seq = {conversation.last_seq.value + 1},
            .pos = {last_pos_.value + 1},
            .by = by,
            .created_at = now_};
}

wire::EventHead LogWriter::next_personal_head(Conversation const& conversation, UserId by) const {
    auto head = next_head(conversation, by);
    head.conv_seq = {};
    return head;
}

std::optional<Receipt> LogWriter::append(Conversation& conversation, NewEvent const& event) {
    if (!insert(conversation, event)) return std::nullopt;
    take_numbers(conversation, event);
    auto frame = SharedFrame::text(wire::with_links(event.json, links_));
    batch_->events.push_back({.pos = event.head.pos,
                              .conversation = conversation.id,
                              .conv_seq = event.head.conv_seq,
                              .kind = event.kind,
                              .actor = event.head.by,
                              .only_for = event.only_for,
                              .frame = frame,
                              .audience = conversation.audience,
                              .also_for = event.also_for});
    return Receipt{.conversation = conversation.id,
                   .pos = event.head.pos,
                   .conv_seq = event.head.conv_seq,
                   .created_at = event.head.created_at,
                   .frame = std::move(frame)};
}

bool LogWriter::insert(Conversation const& conversation, NewEvent const& event) {
    auto const& head = event.head;
    auto const message_no =
        conversation.message_count + (event.kind == EventKind::kMessage ? 1 : 0);
    auto const checksum = event_checksum(head.pos, head.conversation, head.conv_seq, event.json);
    return insert_event_.run(head.pos, head.conversation, OrNull{head.conv_seq}, event.kind,
                             head.by, head.created_at.value, message_no, OrNull{event.only_for},
                             OrNull{event.target}, OrNull{event.client_msg_id}, event.fingerprint,
                             event.transport, event.message_type, event.rev, checksum,
                             event.json) == 1;
}

void LogWriter::take_numbers(Conversation& conversation, NewEvent const& event) {
    auto const& head = event.head;
    last_pos_ = head.pos;
    if (!head.conv_seq) return;
    touch(conversation);
    conversation.last_seq = head.conv_seq;
    conversation.last_pos = head.pos;
    if (head.conv_seq.value == 1) conversation.activity_pos = head.pos;
    if (event.kind != EventKind::kMessage) return;
    conversation.message_count += 1;
    conversation.last_message_seq = head.conv_seq;
    conversation.last_message_pos = conversation.activity_pos = head.pos;
}

Receipt LogWriter::receipt_from(Rows const& row, ConversationId conversation) const {
    return {.conversation = conversation,
            .pos = row.id<Pos>(0),
            .conv_seq = row.id<ConvSeq>(1),
            .created_at = WallMs{row.integer(2)},
            .duplicate = true,
            .frame = SharedFrame::text(wire::with_links(row.text(3), links_))};
}

std::optional<LogWriter::Stored> LogWriter::find_by_key(ConversationId id, UserId sender,
                                                        std::string_view key) {
    auto row = select_by_key_.query(id, sender, key);
    if (!row.next()) return std::nullopt;
    return Stored{receipt_from(row, id), row.integer(4), row.integer(5) != 0};
}

Receipt LogWriter::receipt_of(Pos message) {
    auto row = select_receipt_.query(message);
    if (!row.next()) return {};
    return receipt_from(row, row.id<ConversationId>(4));
}

}  // namespace sewa::store::sqlite
