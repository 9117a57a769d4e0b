// Every single call to the disk of each read fails once, in a reader that has nothing in memory:
#include "store/sqlite/eventually_for_test.h"
// the answer is whole, or there is none.

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "store/sqlite/failing_disk.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/search_indexer.h"
#include "store/sqlite/small_log_for_test.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr ConversationId kDirect{1};
constexpr UserId kAsha{7};
constexpr UserId kBina{8};

// What a test can compare of an answer.
std::string told(LogState const& state) {
    return state.epoch + std::to_string(state.head.value);
}
std::string told(ResumePage const& page) {
    return std::to_string(page.frames.size()) + "," + std::to_string(page.read_at.value);
}
std::string told(EventsPage const& page) {
    return std::to_string(page.frames.size());
}
std::string told(MessageView const& view) {
    return view.data + std::to_string(view.reactions.size());
}
std::string told(MessagePage const& page) {
    std::string all = std::to_string(page.count);
    for (auto const& view : page.messages) all += told(view);
    return all;
}
std::string told(ConversationView const& view) {
    std::string all = view.title + view.service.value_or(Service{}).title;
    for (auto const& person : view.participants) all += person.name + ",";
    all += std::to_string(view.unread_count) + std::to_string(view.is_pinned);
    return all + (view.last_message ? view.last_message->data : "");
}
std::string told(ConversationPage const& page) {
    std::string all = std::to_string(page.count);
    for (auto const& view : page.conversations) all += told(view);
    return all;
}
std::string told(PersonPage const& page) {
    std::string all = std::to_string(page.count);
    for (auto const& person : page.people) all += person.name;
    return all;
}
std::string told(Unread const& unread) {
    return std::to_string(unread.count) + "," + std::to_string(unread.total);
}
std::string told(SearchPage const& page) {
    std::string all;
    for (auto const& hit : page.hits) all += told(hit.message);
    return all + std::to_string(page.next_cursor.value);
}
std::string told(Attachment const& attachment) {
    return attachment.stored_name;
}
std::string told(AudiencePtr const& audience) {
    return std::to_string(audience->participants.size());
}
std::string told(std::optional<Account> const& account) {
    return account ? account->password_hash + account->person.name : "none";
}
std::string told(LogPage const& page) {
    std::string all = std::to_string(page.read_at.value);
    for (auto const& entry : page.entries) all += std::to_string(entry.participants.size());
    return all;
}
std::string told(std::optional<Pos> const& pos) {
    return std::to_string(pos.value_or(Pos{}).value);
}
std::string told(PersonExport const& page) {
    return std::to_string(page.messages.size()) + (page.profile ? page.profile->person.name : "") +
           std::to_string(page.conversations.size()) + std::to_string(page.next.conversation.value);
}
template <typename T>
std::string told(std::vector<T> const& all) {
    return std::to_string(all.size());
}

using Told = Result<std::string>;
using Ask = std::function<Told(Reader&)>;

template <typename Read>
Ask ask(Read read) {
    return [read](Reader& reader) -> Told {
        auto answer = read(reader);
        if (!answer) return fail(answer.error());
        return told(*answer);
    };
}

std::vector<Ask> all_questions() {
    std::vector<Ask> all{
        ask([](Reader& r) { return r.log_state(); }),
        ask([](Reader& r) { return r.resume(kAsha, {}, 500); }),
        ask([](Reader& r) { return r.resume(kBina, {20}, 5); }),
        ask([](Reader& r) { return r.resume({9}, {}, 500); }),
        ask([](Reader& r) { return r.events(kAsha, kDirect, {3}, 10); }),
        ask([](Reader& r) { return r.conversations(kAsha, {}, {}); }),
        ask([](Reader& r) { return r.conversations(kBina, {.search = "tea"}, {}); }),
        ask([](Reader& r) { return r.conversations(kBina, {.has_unread = true}, {}); }),
        ask([](Reader& r) { return r.conversation(kBina, kDirect); }),
        ask([](Reader& r) {
            return r.messages(kAsha, kDirect, {3, 7});
        }),
        ask([](Reader& r) { return r.messages_before(kAsha, kDirect, {20}, 5); }),
        ask([](Reader& r) { return r.messages_after(kAsha, kDirect, {20}, 5); }),
        ask([](Reader& r) { return r.message(kAsha, {3}); }),
        ask([](Reader& r) { return r.participants(kAsha, kDirect, {}); }),
        ask([](Reader& r) { return r.markers(kDirect); }),
        ask([](Reader& r) { return r.unread(kBina, kDirect); }),
        ask([](Reader& r) { return r.attachment(kBina, {1}); }),
        ask([](Reader& r) { return r.attachment({2}); }),
        ask([](Reader& r) { return r.given_up_attachments(10); }),
        ask([](Reader& r) {
            return r.unknown_files({"sent", "absent"});
        }),
        ask([](Reader& r) { return r.audience(kDirect); }),
        ask([](Reader& r) { return r.partners(kAsha, 10); }),
        ask([](Reader& r) {
            return r.people({kAsha, kBina, {4711}});
        }),
        ask([](Reader& r) { return r.services(10); }),
        ask([](Reader& r) { return r.account("maya"); }),
        ask([](Reader& r) { return r.log_after({20}, 5); }),
        ask([](Reader& r) { return r.log_after({20}, 500); }),
        ask([](Reader& r) { return r.webhook_cursor(); }),
        ask([](Reader& r) { return r.access(); }),
        ask([](Reader& r) { return r.export_person(kAsha, {}); })};
    auto const at = [](std::int64_t ms) { return WallMs{1'750'000'000'000 + ms}; };
    for (SearchQuery const& query :
         {SearchQuery{.text = "word"}, SearchQuery{.text = "edited "},
          SearchQuery{.text = "word7", .conversation = kDirect, .sender = kBina},
          SearchQuery{
              .text = "word", .type = MessageType::kText, .after = at(0), .before = at(1)}}) {
        all.push_back(ask([query](Reader& r) { return r.search(kAsha, query); }));
    }
    return all;
}

class FailingReader : public testing::Test {
protected:
    void SetUp() override {
        engine_ = Engine::open(folder_.file(), clock_, random_).value();
        apply_for_test(*engine_, small_log_for_test());
        StoreCounters counters;
        auto const indexer =
            SearchIndexer::open(folder_.file(), index_, {.settle_ms = 0}, counters).value();
        auto const head = static_cast<std::uint64_t>(engine_->log_state().head.value);
        eventually([&] { return counters.indexed_to.load() >= head; });
    }
    void TearDown() override { disk_.plan({}); }

    // Pages leave its cache at once.
    Result<std::unique_ptr<Reader>> cold_reader() const {
        return open_reader(
            failing(folder_.file()),
            {.cache_bytes = 1024, .search_index = failing(index_), .search_budget_us = 60'000'000});
    }
    static std::string failing(std::string const& path) { return "file:" + path + "?vfs=failing"; }
    void plan(std::int64_t call, int error) {
        disk_.plan({.fail_at = call, .error = error, .is_any_call = true});
    }

    FailingDisk& disk_ = FailingDisk::instance();
    TemporaryFolder const folder_;
    std::string const index_ = folder_.path() + "/search.db";
    ManualClock clock_;
    SeededRandom random_{1};
    std::unique_ptr<Engine> engine_;
};

TEST_F(FailingReader, an_answer_is_whole_or_there_is_none) {
    auto const questions = all_questions();
    for (std::size_t number = 0; number < questions.size(); ++number) {
        auto const& question = questions[number];
        auto const whole = question(*cold_reader().value()).value();
        bool is_past_all = false;
        int refusals = 0;
        for (std::int64_t call = 0; !is_past_all; ++call) {
            auto const reader = cold_reader().value();
            plan(call, SQLITE_IOERR_READ);
            auto const answer = question(*reader);
            is_past_all = disk_.failures() == 0;
            disk_.plan({});
            EXPECT_EQ(answer.value_or(whole), whole) << number << " at " << call;
            if (answer) continue;
            ++refusals;
            EXPECT_EQ(answer.error().code, Errc::kUnavailable) << number << " at " << call;
            EXPECT_EQ(question(*reader).value(), whole) << "the next one is answered";
        }
        EXPECT_GT(refusals, 0) << number;
    }
}

TEST_F(FailingReader, a_file_that_cannot_be_read_is_not_opened) {
    bool is_past_all = false;
    for (std::int64_t call = 0; !is_past_all; ++call) {
        plan(call, SQLITE_IOERR_READ);
        auto const opened = cold_reader();
        is_past_all = disk_.failures() == 0;
        if (!opened) {
            EXPECT_EQ(opened.error().code, Errc::kUnavailable);
        }
        EXPECT_TRUE(opened || !is_past_all);
    }
}

}  // namespace
}  // namespace sewa::store::sqlite
