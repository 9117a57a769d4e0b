#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/read.h"
#include "store/sqlite/database.h"
#include "store/sqlite/membership_reads.h"
#include "store/sqlite/message_reads.h"
#include "store/sqlite/search_words.h"

namespace sewa::store::sqlite {

// The search index, opened for reading.
struct SearchSource {
    static Result<std::unique_ptr<SearchSource>> open(std::string const& path,
                                                      std::int64_t budget_us);

    std::unique_ptr<Database> db;
    std::unique_ptr<SearchWords> words;
    std::int64_t budget_us = 0;
};

// Answers a search: the index proposes messages, newest first, and the log decides. Each is looked
// up as it is now: the caller takes part, it is not deleted, and every word is in its content. So
// an index that lags can miss a message and never shows one that is not to be seen.
//
// Inside a Snapshot of the log's connection. Goes back through the log in windows until the page is
// full, `budget_us` is used up or kCandidatesMax were looked at; the next page goes on there.
class SearchReads {
public:
    struct Log {
        MembershipReads& members;
        MessageReads& messages;
    };

    SearchReads(Database& log, std::unique_ptr<SearchSource> source);

    Result<SearchPage> search(UserId user, SearchQuery const& query, Log log);

private:
    struct Word {
        std::string folded;
        bool is_prefix = false;
    };
    struct Window {
        Pos first;
        Pos end;
    };
    // One search while it runs.
    struct Run;

    Result<std::vector<Word>> words_of(std::string const& text) const;
    std::string expression(UserId user, SearchQuery const& query, std::vector<Word> const& words);
    std::string scope_of(UserId user, SearchQuery const& query);
    std::string any_of(Word const& word);
    Window bounds_of(SearchQuery const& query);
    Pos first_since(WallMs time);

    void go_back(Run& run, Window bounds);
    bool look_through(Run& run, Window window);
    void examine(Run& run, Pos candidate);
    bool may_see(Run& run, MessageView const& view);
    std::vector<TextRange> highlights_of(std::string_view content,
                                         std::vector<Word> const& words) const;

    Database& log_;
    std::unique_ptr<SearchSource> source_;
    Statement select_candidates_;
    Statement select_terms_;
    Statement select_groups_;
    Statement select_count_;
    Statement select_content_;
    Statement select_head_;
    Statement select_from_;
};

}  // namespace sewa::store::sqlite
