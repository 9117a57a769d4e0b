#include "store/sqlite/reader.h"

#include "store/sqlite/attachment_reads.h"
#include "store/sqlite/conversation_reads.h"
#include "store/sqlite/event_reads.h"
#include "store/sqlite/log_reads.h"
#include "store/sqlite/membership_reads.h"
#include "store/sqlite/message_reads.h"
#include "store/sqlite/person_reads.h"
#include "store/sqlite/read_snapshot.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/search_reads.h"

namespace sewa::store::sqlite {

namespace {

class SqliteReader final : public Reader {
public:
    SqliteReader(std::unique_ptr<Database> db, std::unique_ptr<SearchSource> search,
                 LinkSigner const* links)
        : db_(std::move(db)),
          members_(*db_),
          events_(*db_, links),
          messages_(*db_, links),
          attachments_(*db_),
          conversations_(*db_, messages_),
          people_(*db_, messages_, conversations_),
          log_(*db_, members_),
          search_(search ? std::make_unique<SearchReads>(*db_, std::move(search)) : nullptr) {}

    Result<LogState> log_state() override { return read_log_state(*db_); }

    Result<ResumePage> resume(UserId user, Pos after, std::uint32_t limit) override {
        return in_snapshot([&]() -> Result<ResumePage> {
            auto page = events_.resume(user, after, limit);
            SEWA_TRY(auto const state, read_log_state(*db_));
            page.read_at = page.has_more ? page.frames.back().pos : std::max(state.head, after);
            return page;
        });
    }

    Result<EventsPage> events(UserId user, ConversationId id, ConvSeq after,
                              std::uint32_t limit) override {
        return with_membership(user, id, [&](Membership const& membership) {
            return events_.events(membership, after, limit);
        });
    }

    Result<ConversationPage> conversations(UserId user, ConversationFilter const& filter,
                                           PageRequest page) override {
        return in_snapshot(
            [&]() -> Result<ConversationPage> { return conversations_.list(user, filter, page); });
    }

    Result<ConversationView> conversation(UserId user, ConversationId id) override {
        return with_membership(user, id, [&](Membership const& membership) {
            return conversations_.view(user, membership);
        });
    }

    Result<MessagePage> messages(UserId user, ConversationId id, PageRequest page) override {
        return with_membership(user, id, [&](Membership const& membership) {
            return messages_.page(user, membership, page);
        });
    }

    Result<MessagePage> messages_before(UserId user, ConversationId id, ConvSeq before,
                                        std::uint32_t limit) override {
        return with_membership(user, id, [&](Membership const& membership) {
            return messages_.before(user, membership, before, limit);
        });
    }

    Result<MessagePage> messages_after(UserId user, ConversationId id, ConvSeq after,
                                       std::uint32_t limit) override {
        return with_membership(user, id, [&](Membership const& membership) {
            return messages_.after(user, membership, after, limit);
        });
    }

    Result<PersonPage> participants(UserId user, ConversationId id, PageRequest page) override {
        return with_membership(
            user, id, [&](Membership const&) { return conversations_.participants(id, page); });
    }

    Result<MessageView> message(UserId user, MessageId id) override {
        return in_snapshot([&]() -> Result<MessageView> {
            auto view = messages_.find(user, id);
            auto const none = fail(Errc::kNotFound, "no such message");
            if (!view) return none;
            auto const membership = members_.membership(user, view->conversation);
            if (membership) return *std::move(view);
            if (membership.error().code == Errc::kNotFound) return none;
            return fail(membership.error());
        });
    }

    Result<std::vector<Marker>> markers(ConversationId id) override {
        return in_snapshot(
            [&]() -> Result<std::vector<Marker>> { return conversations_.markers(id); });
    }

    Result<Unread> unread(UserId user, ConversationId id) override {
        return with_membership(user, id, [&](Membership const& membership) {
            return Unread{messages_.unread(user, membership), messages_.unread_total(user)};
        });
    }

    Result<SearchPage> search(UserId user, SearchQuery const& query) override {
        if (!search_) return fail(Errc::kUnavailable, "search is not available");
        return in_snapshot([&] { return search_->search(user, query, {members_, messages_}); });
    }

    Result<Attachment> attachment(UserId user, AttachmentId id) override {
        return in_snapshot([&]() -> Result<Attachment> {
            auto found = attachments_.find(id);
            auto const none = fail(Errc::kNotFound, "no such attachment");
            if (!found) return none;
            bool const is_sent = static_cast<bool>(found->conversation);
            if (!is_sent && found->owner != user) return none;
            if (is_sent && !members_.membership(user, found->conversation)) return none;
            return *std::move(found);
        });
    }

    Result<Attachment> attachment(AttachmentId id) override {
        return in_snapshot([&]() -> Result<Attachment> {
            auto found = attachments_.find(id);
            if (found) return *std::move(found);
            return fail(Errc::kNotFound, "no such attachment");
        });
    }

    Result<std::vector<Attachment>> given_up_attachments(std::uint32_t limit) override {
        return in_snapshot(
            [&]() -> Result<std::vector<Attachment>> { return attachments_.given_up(limit); });
    }

    Result<std::vector<std::string>> unknown_files(
        std::vector<std::string> const& stored_names) override {
        return in_snapshot([&]() -> Result<std::vector<std::string>> {
            std::vector<std::string> unknown;
            for (auto const& name : stored_names) {
                if (!attachments_.has_file(name)) unknown.push_back(name);
            }
            return unknown;
        });
    }

    Result<AudiencePtr> audience(ConversationId id) override {
        return in_snapshot([&] { return members_.audience(id); });
    }

    Result<std::vector<UserId>> partners(UserId user, std::uint32_t limit) override {
        return in_snapshot(
            [&]() -> Result<std::vector<UserId>> { return members_.partners(user, limit); });
    }

    Result<std::vector<Presence>> people(std::vector<UserId> const& ids) override {
        return in_snapshot([&]() -> Result<std::vector<Presence>> {
            std::vector<Presence> found;
            for (auto const id : ids) {
                if (auto presence = conversations_.presence(id)) {
                    found.push_back(*std::move(presence));
                }
            }
            return found;
        });
    }

    Result<std::vector<Service>> services(std::uint32_t limit) override {
        return in_snapshot(
            [&]() -> Result<std::vector<Service>> { return conversations_.services(limit); });
    }

    Result<std::vector<AccessState>> access() override {
        return in_snapshot([&]() -> Result<std::vector<AccessState>> { return people_.access(); });
    }

    Result<std::optional<Account>> account(std::string const& login) override {
        return in_snapshot(
            [&]() -> Result<std::optional<Account>> { return people_.account(login); });
    }

    Result<LogPage> log_after(Pos after, std::uint32_t limit) override {
        return in_snapshot([&] { return log_.after(after, limit); });
    }

    Result<std::optional<Pos>> webhook_cursor() override {
        return in_snapshot([&]() -> Result<std::optional<Pos>> { return log_.webhook_cursor(); });
    }

    Result<PersonExport> export_person(UserId user, ErasePerson::From from) override {
        return in_snapshot([&]() -> Result<PersonExport> { return people_.page(user, from); });
    }

private:
    template <typename Read>
    auto in_snapshot(Read const& read) -> decltype(read()) {
        Snapshot const snapshot(*db_);
        auto result = read();
        // A failing disk looks like missing rows until it is asked.
        if (db_->failure() == Failure::kNone) return result;
        return fail(Errc::kUnavailable, "the store cannot read now");
    }

    template <typename Read>
    auto with_membership(UserId user, ConversationId id, Read const& read)
        -> Result<decltype(read(Membership{}))> {
        return in_snapshot([&]() -> Result<decltype(read(Membership{}))> {
            SEWA_TRY(auto const membership, members_.membership(user, id));
            return read(membership);
        });
    }

    std::unique_ptr<Database> db_;
    MembershipReads members_;
    EventReads events_;
    MessageReads messages_;
    AttachmentReads attachments_;
    ConversationReads conversations_;
    PersonReads people_;
    LogReads log_;
    std::unique_ptr<SearchReads> search_;  // Null: no index.
};

}  // namespace

Result<std::unique_ptr<Reader>> open_reader(std::string const& path, ReaderOptions const& options) {
    SEWA_TRY(auto db, Database::open({.path = path,
                                      .access = Access::kRead,
                                      .cache_bytes = options.cache_bytes,
                                      .mmap_bytes = options.mmap_bytes,
                                      .busy_timeout_ms = options.busy_timeout_ms}));
    std::unique_ptr<SearchSource> search;
    if (!options.search_index.empty()) {
        SEWA_TRY(search, SearchSource::open(options.search_index, options.search_budget_us));
    }
    return std::make_unique<SqliteReader>(std::move(db), std::move(search), options.links);
}

}  // namespace sewa::store::sqlite
