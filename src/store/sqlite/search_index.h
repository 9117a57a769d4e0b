#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/read.h"
#include "store/sqlite/database.h"
#include "store/sqlite/search_words.h"

namespace sewa::store::sqlite {

// What stands in the index for a message beside its words, so that a query meets only what can be
// meant. No folded word begins with U+E000, so nobody can type one of these.
std::string scope_word(char kind, std::int64_t id);
inline constexpr char kScopeConversation = 'c';
inline constexpr char kScopeUser = 'u';  // The two of a direct conversation, who never change.
inline constexpr char kScopeSender = 's';
inline constexpr char kScopeType = 't';

// A message as the index takes it in.
struct SearchEntry {
    MessageId id;
    ConversationId conversation;
    UserId provider;  // Of a direct conversation, else 0.
    UserId customer;
    UserId sender;
    MessageType type = MessageType::kText;
    std::string content;
};

// The full-text index, a database of its own beside the log: words in FTS5, how often each is used,
// and the position in the log up to which it is complete. It can be thrown away at any time.
//
// Owned by SearchIndexer, on its thread. A commit need not reach the disk: after a power cut the
// index goes on from the position it has. What is not of this log, older than the log's floor or of
// another version is made anew.
class SearchIndex {
public:
    static Result<std::unique_ptr<SearchIndex>> open(std::string const& path, LogState const& log);

    // One transaction: begin, then put and remove, then commit.
    void begin();
    void put(SearchEntry const& entry);  // Replaces what there was.
    void remove(MessageId id);
    // `seen_to`: the log's head when this was read.
    Status commit(Pos indexed_to, Pos seen_to);

    Pos indexed_to() const { return indexed_to_; }

private:
    SearchIndex(std::unique_ptr<Database> db, std::unique_ptr<SearchWords> words);
    void count(std::string_view words, std::int64_t change);
    void write_uses();

    std::unique_ptr<Database> db_;
    std::unique_ptr<SearchWords> words_;
    Pos indexed_to_;
    Pos newest_;  // Of what was put, in the transaction that runs.
    // How the uses of words change with the transaction: as many as its messages have.
    std::map<std::string, std::int64_t> uses_;
    Statement begin_;
    Statement commit_;
    Statement select_entry_;
    Statement insert_entry_;
    Statement delete_entry_;
    Statement add_use_;
    Statement drop_unused_;
    Statement update_meta_;
};

}  // namespace sewa::store::sqlite
