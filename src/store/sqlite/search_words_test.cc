#include "store/sqlite/search_words.h"

#include <gtest/gtest.h>

namespace sewa::store::sqlite {
namespace {

class SearchWordsTest : public testing::Test {
protected:
    std::vector<std::string> words(std::string_view text) const {
        std::vector<std::string> found;
        for (auto const& word : words_->split(text)) found.push_back(word.folded);
        return found;
    }

    std::unique_ptr<Database> db_ = Database::open({.path = "file:/words?vfs=memdb"}).value();
    std::unique_ptr<SearchWords> words_ = SearchWords::create(*db_).value();
};
using Words = std::vector<std::string>;

TEST_F(SearchWordsTest, nepali_words_stay_whole) {
    EXPECT_EQ(words("नेपाल क्यामेरा, धारा मर्मत गर्नुहोस्।"),
              (Words{"नेपाल", "क्यामेरा", "धारा", "मर्मत", "गर्नुहोस्"}));
    EXPECT_EQ(words("पानी चुहिन्छ"), (Words{"पानी", "चुहिन्छ"}));
}

TEST_F(SearchWordsTest, spellings_that_look_alike_are_one) {
    EXPECT_EQ(words("काठमाडौँ"), words("काठमाडौं")) << "candrabindu and anusvara";
    EXPECT_EQ(words("गर्‍यो"), words("गर्यो")) << "zero width joiner";
    EXPECT_EQ(words("गाड़ी"), words("गाडी")) << "nukta, composed";
    EXPECT_EQ(words("गर्\u200Cयो"), words("गर्यो")) << "zero width non-joiner";
    EXPECT_EQ(words("गा\u095Cी"), words("गाडी")) << "nukta, in one character";
    EXPECT_EQ(words("गाड\u093Cी"), words("गाडी")) << "nukta, of its own";
    EXPECT_EQ(words("१०:३० बजे"), (Words{"10", "30", "बजे"}));
    EXPECT_EQ(words("ॲप"), Words{"ॲप"}) << "a letter behind the digits";
}

TEST_F(SearchWordsTest, latin_loses_case_and_diacritics) {
    EXPECT_EQ(words("Café CRÈME Ärger e\u0301te"), (Words{"cafe", "creme", "arger", "ete"}));
    EXPECT_EQ(words("ИЮНЬ"), Words{"июнь"});
}

TEST_F(SearchWordsTest, punctuation_and_private_characters_are_no_words) {
    EXPECT_TRUE(words(" -- \"*\" (^) \uE000 👍 ").empty());
    EXPECT_EQ(words("a\"b:c*"), (Words{"a", "b", "c"}));
}

TEST_F(SearchWordsTest, places_are_those_of_the_original_text) {
    std::string const text = "पानी गर्‍यो, १०!";
    for (auto const& word : words_->split(text)) {
        auto const original = text.substr(word.begin, word.end - word.begin);
        EXPECT_EQ(words(original), Words{word.folded}) << original;
    }
    auto const last = words_->split(text).back();
    EXPECT_EQ(text.substr(last.begin, last.end - last.begin), "१०");
}

TEST_F(SearchWordsTest, a_cut_character_at_the_end_is_harmless) {
    for (std::string text = "पानी१"; !text.empty(); text.pop_back()) words_->split(text);
    EXPECT_TRUE(words("").empty());
}

TEST_F(SearchWordsTest, a_word_without_end_is_cut) {
    EXPECT_EQ(words(std::string(5000, 'a')).at(0).size(), 96u);
}

}  // namespace
}  // namespace sewa::store::sqlite
