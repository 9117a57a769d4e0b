#include "store/sqlite/search_index.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace sewa::store::sqlite {

namespace {

// Grows when the schema or the folding of words changes.
constexpr std::int64_t kVersion = 1;

// Words are folded before they come here, so the plainest tokenizer keeps them as they are.
constexpr char kSchema[] = R"(
    CREATE TABLE meta (epoch TEXT NOT NULL, indexed_to INTEGER NOT NULL, seen_to INTEGER NOT NULL);
    CREATE TABLE terms (term TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;
    CREATE VIRTUAL TABLE entries USING
        fts5(words, detail = none, columnsize = 0, tokenize = 'ascii');)";

Result<std::unique_ptr<Database>> open_file(std::string const& path) {
    SEWA_TRY(auto db, Database::open({.path = path,
                                      .access = Access::kWrite,
                                      .cache_bytes = 8 << 20,
                                      .busy_timeout_ms = 1000}));
    // The log has everything: a lost commit is done again.
    db->exec("PRAGMA synchronous = NORMAL");
    db->exec("PRAGMA secure_delete = FAST");
    db->exec("PRAGMA wal_autocheckpoint = 1000");
    return db;
}

// 0: not of this log, or not whole.
Pos position_in(Database& db, LogState const& log) {
    Pos position;
    if (db.pragma("PRAGMA user_version") == kVersion) {
        // Below the floor edits and deletions may be gone that the index has not seen.
        Statement select(db, "SELECT indexed_to FROM meta WHERE epoch = ? AND seen_to >= ?");
        auto row = select.query(log.epoch, log.floor);
        if (row.next()) position = row.id<Pos>(0);
    }
    bool const is_sound = db.failure() == Failure::kNone;
    db.recover();
    return is_sound && position <= log.head ? position : Pos{};
}

Status create_schema(Database& db, std::string const& epoch) {
    db.exec("BEGIN IMMEDIATE");
    db.exec(kSchema);
    {
        Statement insert(db, "INSERT INTO meta VALUES (?, 0, 0)");
        insert.run(epoch);
    }
    db.exec(fmt::format("PRAGMA user_version = {}", kVersion).c_str());
    db.exec("COMMIT");
    if (db.failure() == Failure::kNone) return {};
    return sewa::fail(Errc::kUnavailable,
                      fmt::format("cannot make the search index: {}", db.failure_text()));
}

void remove_file(std::string const& path) {
    for (auto const* ending : {"", "-wal", "-shm"}) ::unlink((path + ending).c_str());
}

template <typename Use>
void for_each_word(std::string_view words, Use const& use) {
    while (!words.empty()) {
        auto const space = std::min(words.find(' '), words.size());
        use(words.substr(0, space));
        words.remove_prefix(std::min(space + 1, words.size()));
    }
}

bool is_scope(std::string_view word) {
    return word.starts_with("\uE000");
}

// Every word once, in no order that tells the text.
std::string entry_text(SearchEntry const& entry, std::vector<SearchWord> const& words) {
    std::vector<std::string> all;
    for (auto const& word : words) all.push_back(word.folded);
    all.push_back(scope_word(kScopeConversation, entry.conversation.value));
    all.push_back(scope_word(kScopeSender, entry.sender.value));
    all.push_back(scope_word(kScopeType, static_cast<std::int64_t>(entry.type)));
    for (auto const user : {entry.provider, entry.customer}) {
        if (user) all.push_back(scope_word(kScopeUser, user.value));
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::string text;
    for (auto const& word : all) text += (text.empty() ? "" : " ") + word;
    return text;
}

}  // namespace

std::string scope_word(char kind, std::int64_t id) {
    return fmt::format("\uE000{}{}", kind, id);
}

Result<std::unique_ptr<SearchIndex>> SearchIndex::open(std::string const& path,
                                                       LogState const& log) {
    auto db = open_file(path);
    auto const position = db ? position_in(**db, log) : Pos{};
    if (!position) {
        if (db) db->reset();
        remove_file(path);
        SEWA_TRY(db, open_file(path));
        SEWA_CHECK(create_schema(**db, log.epoch));
    }
    SEWA_TRY(auto words, SearchWords::create(**db));
    std::unique_ptr<SearchIndex> index(new SearchIndex(*std::move(db), std::move(words)));
    index->indexed_to_ = position;
    return index;
}

SearchIndex::SearchIndex(std::unique_ptr<Database> db, std::unique_ptr<SearchWords> words)
    : db_(std::move(db)),
      words_(std::move(words)),
      begin_(*db_, "BEGIN IMMEDIATE"),
      commit_(*db_, "COMMIT"),
      select_entry_(*db_, "SELECT words FROM entries WHERE rowid = ?"),
      insert_entry_(*db_, "INSERT INTO entries (rowid, words) VALUES (?, ?)"),
      delete_entry_(*db_, "DELETE FROM entries WHERE rowid = ?"),
      add_use_(*db_,
               "INSERT INTO terms VALUES (?1, ?2) "
               "ON CONFLICT (term) DO UPDATE SET uses = uses + ?2"),
      drop_unused_(*db_, "DELETE FROM terms WHERE term = ? AND uses <= 0"),
      update_meta_(*db_, "UPDATE meta SET indexed_to = ?, seen_to = ?") {}

void SearchIndex::begin() {
    begin_.run();
    uses_.clear();
    newest_ = indexed_to_;
}

void SearchIndex::put(SearchEntry const& entry) {
    // Positions ascend: a message above all others cannot be there yet.
    if (entry.id <= newest_) remove(entry.id);
    newest_ = std::max(newest_, entry.id);
    auto const words = words_->split(entry.content);
    if (words.empty()) return;
    auto const text = entry_text(entry, words);
    insert_entry_.run(entry.id, text);
    count(text, 1);
}

void SearchIndex::remove(MessageId id) {
    std::string text;
    {
        auto row = select_entry_.query(id);
        if (!row.next()) return;
        text = row.string(0);
    }
    delete_entry_.run(id);
    count(text, -1);
}

void SearchIndex::count(std::string_view words, std::int64_t change) {
    for_each_word(words, [&](std::string_view word) {
        if (!is_scope(word)) uses_[std::string(word)] += change;
    });
}

// A word that many messages of a transaction have costs one row.
void SearchIndex::write_uses() {
    for (auto const& [word, change] : uses_) {
        if (change == 0) continue;
        add_use_.run(word, change);
        if (change < 0) drop_unused_.run(word);
    }
    uses_.clear();
}

Status SearchIndex::commit(Pos indexed_to, Pos seen_to) {
    write_uses();
    update_meta_.run(indexed_to, seen_to);
    commit_.run();
    if (db_->failure() == Failure::kNone) {
        indexed_to_ = indexed_to;
        return {};
    }
    auto text = db_->failure_text();
    db_->recover();
    return sewa::fail(Errc::kUnavailable, std::move(text));
}

}  // namespace sewa::store::sqlite
