#include "store/sqlite/search_indexer.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "store/sqlite/retention.h"

namespace sewa::store::sqlite {

namespace {

constexpr int kNiceness = 10;

// Kinds 1 to 3 are message, edit and deletion. A deletion for oneself leaves the message where it
// is.
constexpr char kSelectChanges[] =
    "SELECT e.pos, m.pos, e.kind, m.deleted, m.conversation_id, c.provider_id, c.customer_id, "
    "m.actor_id, m.message_type, "
    // A damaged row has no words; the others are found.
    "CASE WHEN json_valid(m.current) THEN json_extract(m.current, '$.content') "
    "WHEN m.current IS NULL AND json_valid(m.frame) THEN json_extract(m.frame, '$.data.content') "
    "END "
    "FROM events e LEFT JOIN events m ON m.kind = 1 AND m.pos = "
    "CASE e.kind WHEN 1 THEN e.pos WHEN 2 THEN e.target WHEN 3 THEN e.target END "
    "LEFT JOIN conversations c ON c.id = m.conversation_id "
    "WHERE e.pos > ? ORDER BY e.pos LIMIT ?";

SearchEntry entry_from(Rows const& row) {
    return {.id = row.id<MessageId>(1),
            .conversation = row.id<ConversationId>(4),
            .provider = row.id<UserId>(5),
            .customer = row.id<UserId>(6),
            .sender = row.id<UserId>(7),
            .type = static_cast<MessageType>(row.integer(8)),
            .content = row.string(9)};
}

}  // namespace

Result<std::unique_ptr<SearchIndexer>> SearchIndexer::open(std::string const& database,
                                                           std::string const& index,
                                                           SearchOptions const& options,
                                                           StoreCounters& counters) {
    SEWA_TRY(auto log, Database::open({.path = database,
                                       .access = Access::kRead,
                                       .cache_bytes = 2 << 20,
                                       .busy_timeout_ms = 2000}));
    SEWA_TRY(auto const state, read_log_state(*log));
    SEWA_TRY(auto opened, SearchIndex::open(index, state));
    std::unique_ptr<SearchIndexer> indexer(
        new SearchIndexer(std::move(log), std::move(opened), options, counters));
    indexer->head_ = state.head.value;
    indexer->thread_ = std::thread([raw = indexer.get()] { raw->run(); });
    return indexer;
}

SearchIndexer::SearchIndexer(std::unique_ptr<Database> log, std::unique_ptr<SearchIndex> index,
                             SearchOptions const& options, StoreCounters& counters)
    : log_(std::move(log)),
      index_(std::move(index)),
      options_(options),
      counters_(counters),
      select_changes_(*log_, kSelectChanges) {
    counters_.indexed_to.store(static_cast<std::uint64_t>(index_->indexed_to().value));
}

SearchIndexer::~SearchIndexer() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void SearchIndexer::note(Pos head) {
    head_.store(head.value);
    if (!is_asleep_.exchange(false)) return;
    // Under the lock, or the notice could fall between the thread's look and its sleep.
    std::lock_guard const lock(mutex_);
    wake_.notify_one();
}

void SearchIndexer::run() {
    pthread_setname_np(pthread_self(), "search");
    // Search may lag; commits and sessions may not. On Linux niceness belongs to the thread.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
    while (wait_for_more()) {
        if (step()) continue;
        counters_.index_failures.fetch_add(1, std::memory_order_relaxed);
        if (!pause(options_.retry_ms)) return;
    }
}

// False: the end.
bool SearchIndexer::wait_for_more() {
    auto const is_behind = [this] { return index_->indexed_to().value < head_.load(); };
    if (is_behind()) return pause(0);
    {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] {
            // Again after each look: `note` takes it away also when there is nothing new.
            is_asleep_.store(true);
            return is_stopping_ || is_behind();
        });
    }
    return pause(options_.settle_ms);
}

bool SearchIndexer::pause(int milliseconds) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return is_stopping_; });
    return !is_stopping_;
}

bool SearchIndexer::step() {
    // Before the rows are read: what comes later belongs to the next step.
    Pos const head{head_.load()};
    auto const changes = read_changes();
    if (!changes) return false;
    bool const is_all = changes->size() < options_.step_rows;
    auto const last = changes->empty() ? Pos{} : changes->back().pos;
    auto const taken = take_in(*changes, is_all ? std::max(head, last) : last, head);
    return taken.has_value();
}

// Copied out in one go, so that a slow thread does not keep the write-ahead log from its new start.
Result<std::vector<SearchIndexer::Change>> SearchIndexer::read_changes() {
    std::vector<Change> changes;
    {
        auto rows = select_changes_.query(index_->indexed_to(), options_.step_rows);
        while (rows.next()) {
            Change change{.pos = rows.id<Pos>(0), .removes = rows.integer(3) != 0};
            bool const is_deletion = rows.integer(2) == 3;
            bool const concerns = !rows.is_null(1) && (change.removes || !is_deletion);
            if (concerns) change.entry = entry_from(rows);
            changes.push_back(std::move(change));
        }
    }
    if (log_->failure() == Failure::kNone) return changes;
    auto text = log_->failure_text();
    log_->recover();
    return fail(Errc::kUnavailable, std::move(text));
}

Status SearchIndexer::take_in(std::vector<Change> const& changes, Pos up_to, Pos head) {
    index_->begin();
    for (auto const& change : changes) {
        if (!change.entry.id) continue;
        change.removes ? index_->remove(change.entry.id) : index_->put(change.entry);
    }
    SEWA_CHECK(index_->commit(up_to, std::max(up_to, head)));
    counters_.indexed_to.store(static_cast<std::uint64_t>(up_to.value), std::memory_order_relaxed);
    return {};
}

}  // namespace sewa::store::sqlite
