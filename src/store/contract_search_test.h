#pragma once

#include <chrono>
#include <thread>

#include "store/contract_fixture.h"

// Full-text search: who finds what, in which words. An implementation includes this.

namespace sewa::store {

class SearchContract : public StoreContract {
protected:
    // The contents found, newest first; waits until the index has everything that was committed.
    std::vector<std::string> find(UserId user, SearchQuery const& query) {
        std::vector<std::string> found;
        for (auto const& hit : page(user, query).hits) found.push_back(content_of(hit));
        return found;
    }
    std::vector<std::string> find(UserId user, std::string text) {
        return find(user, SearchQuery{.text = std::move(text)});
    }
    SearchPage page(UserId user, SearchQuery const& query) {
        wait_for_index();
        return read([&](Reader& r) { return r.search(user, query); }).value();
    }
    Errc refusal(UserId user, SearchQuery const& query) {
        return read([&](Reader& r) { return r.search(user, query); }).error().code;
    }

    void wait_for_index() {
        auto const head = static_cast<std::uint64_t>(store_->log_state().head.value);
        auto const give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (store_->counters().indexed_to.load() < head) {
            ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "the index stands still";
            std::this_thread::yield();
        }
    }

    static std::string content_of(SearchHit const& hit) {
        constexpr std::string_view kKey = R"("content":")";
        auto const from = hit.message.data.find(kKey) + kKey.size();
        return hit.message.data.substr(from, hit.message.data.find('"', from) - from);
    }
};
using Texts = std::vector<std::string>;

TEST_P(SearchContract, finds_messages_with_all_words_newest_first) {
    auto const id = open_conversation();
    post(id, kCustomer, "The tap in the kitchen drips").value();
    post(id, kProvider, "I can mend the tap on Thursday").value();
    post(id, kCustomer, "Thursday is fine").value();
    EXPECT_EQ(find(kCustomer, "tap"),
              (Texts{"I can mend the tap on Thursday", "The tap in the kitchen drips"}));
    EXPECT_EQ(find(kProvider, "thursday TAP "), Texts{"I can mend the tap on Thursday"});
    EXPECT_EQ(find(kProvider, "tap friday "), Texts{});
}

TEST_P(SearchContract, finds_nepali_words_in_their_spellings) {
    auto const id = open_conversation();
    post(id, kCustomer, "काठमाडौँमा धारा चुहिन्छ").value();
    post(id, kProvider, "भोलि १० बजे मर्मत गर्छु").value();
    EXPECT_EQ(find(kCustomer, "चुहिन्छ "), Texts{"काठमाडौँमा धारा चुहिन्छ"});
    EXPECT_EQ(find(kCustomer, "काठमाडौं"), Texts{"काठमाडौँमा धारा चुहिन्छ"});
    EXPECT_EQ(find(kCustomer, "मर्मत 10 "), Texts{"भोलि १० बजे मर्मत गर्छु"});
    EXPECT_EQ(find(kCustomer, "मत"), Texts{}) << "not from the middle of a word";
}

TEST_P(SearchContract, the_last_word_may_be_unfinished) {
    auto const id = open_conversation();
    post(id, kCustomer, "Kathmandu is far").value();
    for (std::string typed = "kathmandu"; !typed.empty(); typed.pop_back()) {
        EXPECT_EQ(find(kCustomer, typed).size(), 1u) << typed;
    }
    EXPECT_EQ(find(kCustomer, "kath ").size(), 0u) << "a space ends the word";
    EXPECT_EQ(find(kCustomer, "kath far").size(), 0u) << "only the last one";
}

TEST_P(SearchContract, nothing_typed_is_syntax) {
    auto const id = open_conversation();
    post(id, kCustomer, "alpha beta").value();
    for (auto const* text : {"alpha\" OR \"gamma", "words:gamma alpha", "NEAR(alpha gamma)",
                             "alpha NOT gamma", "gamma*", "^gamma", "\xEE\x80\x80u7 gamma"}) {
        EXPECT_EQ(find(kCustomer, text), Texts{}) << text;
    }
    EXPECT_EQ(find(kCustomer, "\"alpha\" + (beta)*"), Texts{"alpha beta"});
    auto const scope =
        "\xEE\x80\x80"
        "u" +
        std::to_string(kProvider.value);
    EXPECT_EQ(find(kCustomer, scope), Texts{}) << "marks of the index cannot be typed";
    EXPECT_EQ(refusal(kCustomer, {.text = " \"*\" "}), Errc::kBadRequest);
    EXPECT_EQ(refusal(kCustomer, {.text = "a b c d e f g h i j k l m"}), Errc::kBadRequest);
}

TEST_P(SearchContract, only_participants_find_anything) {
    auto const direct = open_conversation();
    auto const group = open_group({kCustomer, kProvider, kStranger});
    post(direct, kCustomer, "secret one").value();
    post(group, kCustomer, "secret two").value();
    EXPECT_EQ(find(kProvider, "secret"), (Texts{"secret two", "secret one"}));
    EXPECT_EQ(find(kStranger, "secret"), Texts{"secret two"});
    EXPECT_EQ(find(UserId{4711}, "secret"), Texts{});
    EXPECT_EQ(refusal(kStranger, {.text = "secret", .conversation = direct}), Errc::kNotFound);
    EXPECT_EQ(refusal(kStranger, {.text = "secret", .conversation = {999}}), Errc::kNotFound);

    change(group, {}, ConversationChange::kParticipantRemoved, kStranger).value();
    EXPECT_EQ(find(kStranger, "secret"), Texts{});
    EXPECT_EQ(refusal(kStranger, {.text = "secret", .conversation = group}), Errc::kNotParticipant);
    change(group, {}, ConversationChange::kParticipantAdded, kStranger).value();
    EXPECT_EQ(find(kStranger, "secret"), Texts{"secret two"});
}

TEST_P(SearchContract, deleted_messages_are_not_found) {
    auto const id = open_conversation();
    auto const first = post(id, kCustomer, "needle one").value();
    auto const second = post(id, kCustomer, "needle two").value();
    post(id, kCustomer, "needle three").value();
    EXPECT_EQ(find(kProvider, "needle").size(), 3u);
    run(DeleteMessage{first.pos, kCustomer, DeleteScope::kAll}).value();
    run(DeleteMessage{second.pos, kProvider, DeleteScope::kMe}).value();
    // Also before the index has seen the deletion.
    auto const at_once = read([&](Reader& r) { return r.search(kProvider, {.text = "needle"}); });
    EXPECT_EQ(at_once->hits.size(), 1u);
    EXPECT_EQ(find(kProvider, "needle"), Texts{"needle three"});
    EXPECT_EQ(find(kCustomer, "needle"), (Texts{"needle three", "needle two"}));

    change(id, kCustomer, ConversationChange::kDeleted).value();
    EXPECT_EQ(find(kCustomer, "needle"), Texts{});
    post(id, kProvider, "needle four").value();
    EXPECT_EQ(find(kCustomer, "needle"), Texts{"needle four"});
}

TEST_P(SearchContract, an_edit_replaces_what_is_found) {
    auto const id = open_conversation();
    auto const first = post(id, kCustomer, "before noon").value();
    wait_for_index();
    run(EditMessage{first.pos, kCustomer, "after lunch"}).value();
    EXPECT_EQ(find(kProvider, "before"), Texts{});
    EXPECT_EQ(find(kProvider, "lunch"), Texts{"after lunch"});
}

TEST_P(SearchContract, filters_narrow_a_search) {
    auto const direct = open_conversation();
    auto const group = open_group({kCustomer, kProvider});
    post(direct, kCustomer, "red one").value();
    clock_.advance(10'000);
    auto const noon = clock_.wall();
    post(direct, kProvider, "red two").value();
    clock_.advance(10'000);
    post(group, kProvider, "red three").value();
    EXPECT_EQ(find(kCustomer, {.text = "red", .conversation = direct}),
              (Texts{"red two", "red one"}));
    EXPECT_EQ(find(kCustomer, {.text = "red", .sender = kCustomer}), Texts{"red one"});
    EXPECT_EQ(find(kCustomer, {.text = "red", .conversation = group, .sender = kCustomer}),
              Texts{});
    EXPECT_EQ(find(kCustomer, {.text = "red", .type = MessageType::kText}).size(), 3u);
    EXPECT_EQ(find(kCustomer, {.text = "red", .type = MessageType::kVoice}), Texts{});
    EXPECT_EQ(find(kCustomer, {.text = "red", .after = noon}), (Texts{"red three", "red two"}));
    EXPECT_EQ(find(kCustomer, {.text = "red", .before = noon}), Texts{"red one"});
    EXPECT_EQ(find(kCustomer, {.text = "red", .after = noon, .before = noon + 1}),
              Texts{"red two"});
}

TEST_P(SearchContract, pages_cover_all_hits_once) {
    auto const id = open_conversation();
    for (int i = 0; i < 57; ++i) post(id, kCustomer, "page " + std::to_string(i)).value();
    for (std::uint32_t limit : {1u, 10u, 50u}) {
        Texts all;
        SearchQuery query{.text = "page", .limit = limit};
        do {
            auto const part = page(kProvider, query);
            EXPECT_LE(part.hits.size(), limit);
            for (auto const& hit : part.hits) all.push_back(content_of(hit));
            query.cursor = part.next_cursor;
        } while (query.cursor);
        ASSERT_EQ(all.size(), 57u);
        for (int i = 0; i < 57; ++i) EXPECT_EQ(all.at(56 - i), "page " + std::to_string(i));
    }
}

TEST_P(SearchContract, highlights_are_places_of_the_words_in_characters) {
    auto const id = open_conversation();
    post(id, kCustomer, "धारा: tap, Taps!").value();
    auto const hits = page(kCustomer, {.text = "धारा tap"}).hits;
    ASSERT_EQ(hits.size(), 1u);
    auto const& marks = hits[0].highlights;
    ASSERT_EQ(marks.size(), 3u);
    EXPECT_EQ(marks[0].begin, 0u);
    EXPECT_EQ(marks[0].end, 4u);
    EXPECT_EQ(marks[1].begin, 6u);
    EXPECT_EQ(marks[1].end, 9u);
    EXPECT_EQ(marks[2].end, 15u);
}

TEST_P(SearchContract, the_index_goes_on_after_reopening) {
    auto const id = open_conversation();
    for (int i = 0; i < 300; ++i) post(id, kCustomer, "many " + std::to_string(i)).value();
    reopen();
    for (int i = 300; i < 320; ++i) post(id, kCustomer, "many " + std::to_string(i)).value();
    EXPECT_EQ(find(kCustomer, "many 0 "), Texts{"many 0"});
    EXPECT_EQ(find(kCustomer, "many 319 "), Texts{"many 319"});
    reopen();
    EXPECT_EQ(find(kCustomer, "many 150 "), Texts{"many 150"});
}

TEST_P(SearchContract, one_who_sees_most_of_the_log_still_sees_only_their_own) {
    auto const wide = open_group({kCustomer, kProvider});
    auto const foreign = open_group({kStranger, UserId{11}});
    for (int i = 0; i < 1200; ++i) submit(message(wide, kProvider, "noise"));
    post(foreign, kStranger, "treasure of others").value();
    post(wide, kProvider, "treasure of ours").value();
    auto const direct = open_conversation();
    post(direct, kCustomer, "treasure of two").value();
    EXPECT_EQ(find(kCustomer, "treasure"), (Texts{"treasure of two", "treasure of ours"}));
    EXPECT_EQ(find(kCustomer, {.text = "treasure", .conversation = wide}),
              Texts{"treasure of ours"});
    EXPECT_EQ(find(kStranger, "treasure"), Texts{"treasure of others"});
}

}  // namespace sewa::store
