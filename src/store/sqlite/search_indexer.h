#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/sqlite/search_index.h"
#include "store/store.h"

namespace sewa::store::sqlite {

struct SearchOptions {
    int settle_ms = 400;  // What is committed in this time is taken in together.
    int retry_ms = 5'000;
    std::uint32_t step_rows = 1024;
};

// Takes the log into the search index behind the writer's back: a thread of low priority that reads
// committed events in steps of `step_rows` and writes to the index's own file, so that no commit
// ever waits for it. A restart goes on where the index stands; a new or lost index is filled the
// same way while the server works. Edits replace, deletions remove.
//
// `note` on the writer's thread, the rest at start and end. When a step fails, the failure is
// counted and the step is tried again after `retry_ms`.
class SearchIndexer {
public:
    static Result<std::unique_ptr<SearchIndexer>> open(std::string const& database,
                                                       std::string const& index,
                                                       SearchOptions const& options,
                                                       StoreCounters& counters);
    ~SearchIndexer();

    // The log has grown up to `head`. Costs an atomic store while the thread is at work.
    void note(Pos head);

private:
    // An event of the log, and the message that it changes.
    struct Change {
        Pos pos;
        bool removes = false;
        SearchEntry entry;  // Without id: nothing to do.
    };

    SearchIndexer(std::unique_ptr<Database> log, std::unique_ptr<SearchIndex> index,
                  SearchOptions const& options, StoreCounters& counters);
    void run();
    bool wait_for_more();
    bool pause(int milliseconds);
    bool step();
    Result<std::vector<Change>> read_changes();
    Status take_in(std::vector<Change> const& changes, Pos up_to, Pos head);

    std::unique_ptr<Database> log_;
    std::unique_ptr<SearchIndex> index_;
    SearchOptions const options_;
    StoreCounters& counters_;
    Statement select_changes_;
    std::atomic<std::int64_t> head_{0};
    std::atomic<bool> is_asleep_{false};
    std::mutex mutex_;
    std::condition_variable wake_;
    bool is_stopping_ = false;  // Guarded by mutex_.
    std::thread thread_;
};

}  // namespace sewa::store::sqlite
