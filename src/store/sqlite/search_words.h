#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "store/sqlite/database.h"

namespace sewa::store::sqlite {

// A word of a text: folded as the index knows it, and where it stands in the text, in bytes.
struct SearchWord {
    std::string folded;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

// Splits texts into words, the same way for the index, for queries and for highlights.
//
// FTS5's unicode61 folds case and the diacritics of Latin, but by default takes Devanagari apart at
// every vowel sign; here marks belong to words. Spellings that look alike are one: joiners and
// nuktas are dropped, candrabindu is anusvara, Devanagari digits are digits. A folded word consists
// of letters, digits and marks only, so that nothing in it can be read as a query's syntax.
//
// Uses the connection it was made with, and lives no longer; one thread at a time.
class SearchWords {
public:
    static Result<std::unique_ptr<SearchWords>> create(Database& db);
    ~SearchWords();
    SearchWords(SearchWords const&) = delete;
    SearchWords& operator=(SearchWords const&) = delete;

    std::vector<SearchWord> split(std::string_view text) const;

private:
    struct Tokenizer;
    explicit SearchWords(std::unique_ptr<Tokenizer> tokenizer);
    std::unique_ptr<Tokenizer> tokenizer_;
};

}  // namespace sewa::store::sqlite
