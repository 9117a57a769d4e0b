#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/database.h"
#include "store/sqlite/lru_cache.h"
#include "store/sqlite/twins.h"
#include "store/write.h"
#include "wire/encode.h"

namespace sewa::store::sqlite {

// What the writer knows of a conversation; equals its row after every commit.
struct Conversation {
    ConversationId id;
    ConversationKind kind = ConversationKind::kDirect;
    bool is_closed = false;
    bool is_blocked = false;
    ConvSeq last_seq;
    Pos last_pos;
    Pos activity_pos;
    Pos last_message_pos;
    ConvSeq last_message_seq;
    std::int64_t message_count = 0;
    AudiencePtr audience;
    ConvSeq stored_seq;       // last_seq in the row, as of the last commit.
    bool is_touched = false;  // Changed by the transaction that runs.
};

// One event on its way into the log.
struct NewEvent {
    EventKind kind = EventKind::kConversation;
    wire::EventHead head;
    UserId only_for;
    Pos target;
    std::string_view client_msg_id;
    std::int64_t fingerprint = 0;
    Transport transport = Transport::kWebSocket;
    MessageType message_type = MessageType::kText;
    std::uint32_t rev = 0;
    std::string_view json;
    UserId also_for;  // Whom the event removed.
};

struct WriterLimits {
    std::size_t conversation_cache_bytes = 64 << 20;
    std::size_t people_cached_max = 50'000;
    std::int64_t delete_window_ms = 15 * 60 * 1000;  // M-7.
    std::size_t group_participants_max = 10'000;
    std::size_t attachments_max = 10;  // Of one message.
};

// Numbers events and puts them into the log: what all commands of one transaction share.
//
// Owned by Engine, not synchronised. Caches conversations and people within `WriterLimits`;
// pointers it hands out are good until the transaction ends. What a transaction changed here is
// believed only after `keep()`; `forget()` drops it, and the rows are read again when needed.
class LogWriter {
public:
    // `links` is for what leaves; what is stored has none. May be null.
    LogWriter(Database& db, WriterLimits const& limits, Pos head,
              LinkSigner const* links = nullptr);

    // One transaction: begin, commands, flush (still inside it), then keep or forget.
    void begin(CommitBatch& batch, WallMs now);
    void flush();
    void keep();
    void forget();

    // Null: no such conversation.
    Conversation* find_conversation(ConversationId id);
    // `not_found` also for a stranger (M-12), `not_participant` for one who was removed.
    Result<Conversation*> conversation_of(ConversationId id, UserId user);
    // A new row; its audience and counts are the caller's to set.
    Conversation& create_conversation(Conversation conversation);
    // Call before changing a conversation.
    void touch(Conversation& conversation);
    void set_audience(Conversation& conversation, AudiencePtr audience);

    Person const& person(UserId id);
    void forget_person(UserId id) { people_.erase(id); }

    // The next numbers, not yet taken: what does not reach `append` leaves no hole in conv_seq.
    wire::EventHead next_head(Conversation const& conversation, UserId by) const;
    wire::EventHead next_personal_head(Conversation const& conversation, UserId by) const;

    // Inserts, takes the numbers and adds to the batch. nullopt: this key is taken.
    std::optional<Receipt> append(Conversation& conversation, NewEvent const& event);

    // The same for an event without a key.
    Receipt record(Conversation& conversation, NewEvent const& event) {
        return append(conversation, event).value_or(Receipt{});
    }

    // Told to every shard with the batch.
    void announce(AccessState const& access) { batch_->access.push_back(access); }

    // What the store has for a key of this sender.
    struct Stored {
        Receipt receipt;
        std::int64_t fingerprint = 0;
        bool is_deleted = false;
    };
    std::optional<Stored> find_by_key(ConversationId id, UserId sender, std::string_view key);
    Receipt receipt_of(Pos message);

    Database& db() { return db_; }
    Twins& twins() { return twins_; }
    WallMs now() const { return now_; }
    Pos head() const { return head_; }
    WriterLimits const& limits() const { return limits_; }

private:
    Conversation* load_conversation(ConversationId id);
    AudiencePtr load_audience(ConversationId id, std::uint64_t version);
    Receipt receipt_from(Rows const& row, ConversationId conversation) const;
    bool insert(Conversation const& conversation, NewEvent const& event);
    void take_numbers(Conversation& conversation, NewEvent const& event);

    Database& db_;
    WriterLimits const limits_;
    LinkSigner const* const links_;
    LruCache<ConversationId, Conversation> conversations_;
    LruCache<UserId, Person> people_;
    Twins twins_;
    std::vector<Conversation*> touched_;
    std::vector<UserId> people_touched_;
    CommitBatch* batch_ = nullptr;
    WallMs now_;
    Pos head_;      // Of the last commit.
    Pos last_pos_;  // Of the transaction that runs.

    Statement select_conversation_;
    Statement select_audience_;
    Statement select_person_;
    Statement select_left_;
    Statement select_by_key_;
    Statement select_receipt_;
    Statement insert_event_;
    Statement update_conversation_;
};

}  // namespace sewa::store::sqlite
