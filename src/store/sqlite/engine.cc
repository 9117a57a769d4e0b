#include "store/sqlite/engine.h"

#include <algorithm>

#include "store/sqlite/access_changes.h"
#include "store/sqlite/accounts.h"
#include "store/sqlite/attachments.h"
#include "store/sqlite/conversation_changes.h"
#include "store/sqlite/conversation_opens.h"
#include "store/sqlite/directory.h"
#include "store/sqlite/log_reads.h"
#include "store/sqlite/markers.h"
#include "store/sqlite/message_changes.h"
#include "store/sqlite/message_posts.h"
#include "store/sqlite/person_erasure.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/schema.h"

namespace sewa::store::sqlite {

struct Engine::Commands {
    explicit Commands(LogWriter& log)
        : attachments(log),
          posts(log, attachments),
          opens(log, posts),
          changes(log),
          message_changes(log, attachments),
          markers(log),
          access(log),
          directory(log, access),
          accounts(log, access),
          erasure(log, message_changes, access, accounts),
          webhook_cursor(log.db()),
          begin(log.db(), "BEGIN IMMEDIATE"),
          commit(log.db(), "COMMIT"),
          count_refusal(log.db(),
                        "INSERT INTO meta VALUES ('refused', 1) "
                        "ON CONFLICT (key) DO UPDATE SET value = value + 1") {}

    Result<Receipt> operator()(PostMessage const& c) { return posts(c); }
    Result<Receipt> operator()(OpenConversation const& c) { return opens(c); }
    Result<Receipt> operator()(CreateGroup const& c) { return opens(c); }
    Result<Receipt> operator()(ChangeConversation const& c) { return changes(c); }
    Result<Receipt> operator()(MarkRead const& c) { return markers(c); }
    Result<Receipt> operator()(MarkDelivered const& c) { return markers(c); }
    Result<Receipt> operator()(UpsertPerson const& c) { return directory(c); }
    Result<Receipt> operator()(UpsertService const& c) { return directory(c); }
    Result<Receipt> operator()(TouchLastSeen const& c) { return directory(c); }
    Result<Receipt> operator()(ChangeAccess const& c) { return access(c); }
    Result<Receipt> operator()(ErasePerson const& c) { return erasure(c); }
    Result<Receipt> operator()(CreateAccount const& c) { return accounts(c); }
    Result<Receipt> operator()(StartLogin const& c) { return accounts(c); }
    Result<Receipt> operator()(RotateLogin const& c) { return accounts(c); }
    Result<Receipt> operator()(EndLogin const& c) { return accounts(c); }
    Result<Receipt> operator()(SaveWebhookCursor const& c) { return webhook_cursor(c); }
    Result<Receipt> operator()(AddAttachment const& c) { return attachments(c); }
    Result<Receipt> operator()(GiveUpAttachments const& c) { return attachments(c); }
    Result<Receipt> operator()(ForgetAttachments const& c) { return attachments(c); }
    template <typename Change>
    Result<Receipt> operator()(Change const& c) {
        return message_changes(c);
    }

    Attachments attachments;
    MessagePosts posts;
    ConversationOpens opens;
    ConversationChanges changes;
    MessageChanges message_changes;
    Markers markers;
    AccessChanges access;
    Directory directory;
    Accounts accounts;
    PersonErasure erasure;
    WebhookCursor webhook_cursor;
    Statement begin;
    Statement commit;
    Statement count_refusal;
};

Result<std::unique_ptr<Engine>> Engine::open(std::string const& path, Clock const& clock,
                                             Random& random, EngineOptions const& options) {
    SEWA_TRY(auto db, Database::open({.path = path,
                                      .access = Access::kCommit,
                                      .cache_bytes = options.cache_bytes,
                                      .busy_timeout_ms = options.busy_timeout_ms}));
    SEWA_CHECK(migrate(*db, clock, random));
    std::unique_ptr<Engine> engine(new Engine(std::move(db), clock, options));
    SEWA_CHECK(engine->load_state());
    return engine;
}

Engine::Engine(std::unique_ptr<Database> db, Clock const& clock, EngineOptions const& options)
    : db_(std::move(db)), clock_(clock), options_(options) {}

Engine::~Engine() = default;

Status Engine::load_state() {
    SEWA_TRY(state_, read_log_state(*db_));
    log_ = std::make_unique<LogWriter>(*db_, options_.limits, state_.head, options_.links);
    commands_ = std::make_unique<Commands>(*log_);
    commands_->posts.recall_twins(clock_.wall());
    if (db_->failure() == Failure::kNone) return {};
    return fail(Errc::kUnavailable, db_->failure_text());
}

CommitBatchPtr Engine::apply(std::span<Write> writes) {
    std::vector<bool> broken(writes.size(), false);
    // A command that trips over a bug of ours must not take the others along: without it, again.
    for (;;) {
        auto batch = std::make_shared<CommitBatch>();
        if (run_transaction(writes, *batch, broken)) {
            state_.head = batch->head;
            return batch;
        }
        bool const is_disk = db_->failure() != Failure::kBroken;
        roll_back();
        if (!is_disk) continue;
        has_refused_ = true;
        overwrite_refused();
        return failed_batch(writes);
    }
}

bool Engine::run_transaction(std::span<Write> writes, CommitBatch& batch,
                             std::vector<bool>& broken) {
    batch.events.reserve(writes.size());
    batch.outcomes.reserve(writes.size());
    log_->begin(batch, clock_.wall());
    commands_->begin.run();
    for (std::size_t i = 0; i < writes.size(); ++i) {
        auto const first = static_cast<std::uint32_t>(batch.events.size());
        auto result = broken[i] ? fail(Errc::kInternal, "the store cannot apply this")
                                : run(writes[i].command);
        if (db_->failure() != Failure::kNone) {
            broken[i] = db_->failure() == Failure::kBroken;
            return false;
        }
        auto const count = static_cast<std::uint32_t>(batch.events.size()) - first;
        batch.outcomes.push_back({writes[i].origin, std::move(result), first, count});
    }
    if (!commit()) return false;
    batch.head = log_->head();
    return true;
}

bool Engine::commit() {
    log_->flush();
    commands_->commit.run();
    if (db_->failure() != Failure::kNone) return false;
    log_->keep();
    return true;
}

Result<Receipt> Engine::run(Command const& command) {
    return std::visit([this](auto const& c) { return (*commands_)(c); }, command);
}

void Engine::roll_back() {
    last_failure_ = db_->failure_text();
    db_->recover();
    log_->forget();
}

// A commit whose sync failed is whole in the WAL, and would count for whoever opens the file after
// a crash. A small commit takes its place.
void Engine::overwrite_refused() {
    if (!has_refused_) return;
    commands_->begin.run();
    commands_->count_refusal.run();
    commands_->commit.run();
    has_refused_ = db_->failure() != Failure::kNone;
    if (has_refused_) db_->recover();
}

std::shared_ptr<CommitBatch> Engine::failed_batch(std::span<Write> writes) const {
    auto batch = std::make_shared<CommitBatch>();
    batch->head = state_.head;
    auto const failure = fail(Errc::kUnavailable, "the store cannot write now; nothing was stored");
    for (auto const& write : writes) batch->outcomes.push_back({write.origin, failure, 0, 0});
    return batch;
}

Result<Engine::Pruned> Engine::prune(std::int64_t retention_ms, std::int64_t rows_max) {
    auto const before = clock_.wall() + -retention_ms;
    commands_->begin.run();
    auto const step =
        remove_old_events(*db_, {.before = before, .head = state_.head, .rows_max = rows_max});
    commands_->commit.run();
    if (db_->failure() != Failure::kNone) {
        roll_back();
        return fail(Errc::kUnavailable, last_failure_);
    }
    state_.floor = std::max(state_.floor, step.floor);
    return Pruned{step.removed, step.has_more};
}

bool Engine::checkpoint(Database::Checkpoint mode) {
    auto const state = db_->checkpoint(mode);
    return state.is_ok && state.copied == state.frames;
}

bool Engine::checkpoint_waiting(Database::Checkpoint mode, int wait_ms) {
    db_->set_busy_timeout(wait_ms);
    bool const is_whole = checkpoint(mode);
    db_->set_busy_timeout(options_.busy_timeout_ms);
    return is_whole;
}

std::int64_t Engine::wal_bytes() const {
    return db_->wal_frames() * db_->wal_frame_bytes();
}

}  // namespace sewa::store::sqlite
