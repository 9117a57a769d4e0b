#include "app/person_care.h"

#include <fmt/format.h>

#include <filesystem>
#include <future>

#include "app/data_care.h"
#include "app/file_keeper.h"
#include "app/options.h"
#include "store/sqlite/reader.h"
#include "wire/encode.h"
#include "wire/rest_objects.h"

namespace sewa::app {

namespace {

// One write at a time.
class OneWriter final : public store::CommitSink {
public:
    void on_commit(store::CommitBatchPtr batch) override {
        if (!batch->outcomes.empty()) done_.set_value(batch->outcomes.front().result);
    }
    Result<store::Receipt> run(store::Store& store, store::Command command) {
        done_ = {};
        auto result = done_.get_future();
        if (store.submit({std::move(command), {}})) return result.get();
        return fail(Errc::kUnavailable, "the store takes no writes");
    }

private:
    std::promise<Result<store::Receipt>> done_;
};

std::string line_of(std::string_view type, std::string const& data) {
    return fmt::format(R"({{"type":"{}","data":{}}})", type, data);
}

void tell_page(store::PersonExport const& page, UserId user, Line const& line) {
    for (auto const& membership : page.conversations) {
        line(line_of("conversation", wire::encode_membership(membership)));
    }
    for (auto const& message : page.messages) {
        std::string object;
        wire::append_message_object(object, message, {}, user);
        line(line_of("message", object));
    }
}

Status erase_all(store::Store& store, OneWriter& writer, UserId user) {
    store::ErasePerson::From from;
    do {
        SEWA_TRY(auto const receipt, writer.run(store, store::ErasePerson{user, from}));
        from = receipt.next;
    } while (from.conversation);
    return {};
}

void forget_search_index(std::string const& folder) {
    std::error_code error;
    for (auto const* const name : {"search.db", "search.db-wal", "search.db-shm"}) {
        std::filesystem::remove(std::filesystem::path(folder) / name, error);
    }
}

}  // namespace

Status export_person(std::string const& folder, UserId user, Line const& line) {
    SEWA_TRY(auto const path, find_database(folder));
    SEWA_TRY(auto const reader, store::sqlite::open_reader(path));
    store::ErasePerson::From from;
    do {
        SEWA_TRY(auto const page, reader->export_person(user, from));
        if (!from.conversation) {
            if (!page.profile && page.conversations.empty()) {
                return fail(Errc::kNotFound,
                            fmt::format("nothing is stored about user {}", user.value));
            }
            std::string person;
            wire::append_person(person, page.profile ? page.profile->person : Person{.id = user});
            line(line_of("person", person));
        }
        tell_page(page, user, line);
        from = page.next;
    } while (from.conversation);
    return {};
}

Status erase_person(config::Config const& config, UserId user) {
    SEWA_CHECK(find_database(config.data_dir));
    SystemClock const clock;
    SecureRandom random;
    OneWriter writer;
    SEWA_TRY(auto const store,
             store::sqlite::open_sqlite_store(options_from(config).store, clock, random, writer));
    SEWA_TRY(auto const files, files::Folder::open(config.data_dir));
    SEWA_CHECK(erase_all(*store, writer, user));
    for (;;) {
        auto forgotten = remove_given_up(files, *store);
        if (forgotten.ids.empty()) break;
        SEWA_CHECK(writer.run(*store, std::move(forgotten)));
    }
    store->stop();
    forget_search_index(config.data_dir);
    return {};
}

}  // namespace sewa::app
