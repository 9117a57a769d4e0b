#include "app/file_keeper.h"

#include <chrono>
#include <future>

namespace sewa::app {

namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr std::int64_t kGiveUpIntervalMs = 60'000;
constexpr std::uint32_t kRemovedAtOnce = 200;

// Runs a read and waits for it; `absent` when the store takes no reads.
template <typename T, typename Read>
T read_now(store::Store& store, Read const& read) {
    auto promise = std::make_shared<std::promise<T>>();
    auto found = promise->get_future();
    bool const is_taken = store.read([promise, read](store::Reader& reader) {
        auto result = read(reader);
        promise->set_value(result ? *std::move(result) : T{});
    });
    return is_taken ? found.get() : T{};
}

}  // namespace

store::ForgetAttachments remove_given_up(files::Folder const& folder, store::Store& store) {
    auto const rows = read_now<std::vector<store::Attachment>>(
        store, [](store::Reader& reader) { return reader.given_up_attachments(kRemovedAtOnce); });
    store::ForgetAttachments forgotten;
    for (auto const& row : rows) {
        if (folder.remove(row.stored_name)) forgotten.ids.push_back(row.id);
    }
    return forgotten;
}

FileKeeper::FileKeeper(files::Folder const& folder, store::Store& store, Clock const& clock,
                       std::int64_t unsent_ms)
    : folder_(folder),
      store_(store),
      clock_(clock),
      unsent_ms_(unsent_ms),
      age_(clock),
      thread_([this] { run(); }) {}

FileKeeper::~FileKeeper() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void FileKeeper::run() {
    remove_unknown();
    auto next_give_up = clock_.mono();
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        lock.unlock();
        if (clock_.mono() >= next_give_up) {
            give_up_unsent();
            next_give_up = clock_.mono() + kGiveUpIntervalMs;
        }
        forget_given_up();
        lock.lock();
        wake_.wait_for(lock, kInterval, [this] { return is_stopping_; });
    }
}

// A refusal of the store is no loss: the next round asks again.
void FileKeeper::give_up_unsent() {
    if (auto const before = age_.before(unsent_ms_)) {
        static_cast<void>(store_.submit({store::GiveUpAttachments{*before}, {}}));
    }
}

void FileKeeper::forget_given_up() {
    auto forgotten = remove_given_up(folder_, store_);
    if (!forgotten.ids.empty()) static_cast<void>(store_.submit({std::move(forgotten), {}}));
}

// What is complete and of an earlier run and has no row never gets one.
void FileKeeper::remove_unknown() {
    std::vector<std::string> names;
    folder_.each_of_earlier_runs([&](std::string name) {
        names.push_back(std::move(name));
        if (names.size() == kRemovedAtOnce) remove_those_unknown(std::exchange(names, {}));
    });
    remove_those_unknown(std::move(names));
}

void FileKeeper::remove_those_unknown(std::vector<std::string> names) {
    if (names.empty()) return;
    auto const unknown = read_now<std::vector<std::string>>(
        store_, [names](store::Reader& reader) { return reader.unknown_files(names); });
    for (auto const& name : unknown) static_cast<void>(folder_.remove(name));
}

}  // namespace sewa::app
