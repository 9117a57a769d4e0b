#include "app/file_keeper.h"

#include <chrono>
#include <future>

namespace sewa::app {

namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr std::int64_t kGiveUpIntervalMs = 60'000;
constexpr std::int64_t kSweepIntervalMs = 3'600'000;
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
      began_(clock.wall()),
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
    // Whatever was complete before this start and has no row never gets one.
    remove_unknown((clock_.wall() - began_) / 1000 + 1);
    auto next_give_up = clock_.mono(), next_sweep = clock_.mono() + kSweepIntervalMs;
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        lock.unlock();
        if (clock_.mono() >= next_give_up) {
            give_up_unsent();
            next_give_up = clock_.mono() + kGiveUpIntervalMs;
        }
        if (clock_.mono() >= next_sweep) {
            remove_unknown(kSweepIntervalMs / 1000);
            next_sweep = clock_.mono() + kSweepIntervalMs;
        }
        forget_given_up();
        lock.lock();
        wake_.wait_for(lock, kInterval, [this] { return is_stopping_; });
    }
}

// A refusal of the store is no loss: the next round asks again.
void FileKeeper::give_up_unsent() {
    static_cast<void>(store_.submit({store::GiveUpAttachments{clock_.wall() + -unsent_ms_}, {}}));
}

void FileKeeper::forget_given_up() {
    auto forgotten = remove_given_up(folder_, store_);
    if (!forgotten.ids.empty()) static_cast<void>(store_.submit({std::move(forgotten), {}}));
}

void FileKeeper::remove_unknown(std::int64_t age_s) {
    std::vector<std::string> names;
    folder_.each_older(age_s, [&](std::string name) {
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
