#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "store/store.h"
#include "webhook/http_post.h"

namespace sewa::webhook {

struct SenderOptions {
    Endpoint endpoint;
    PostOptions post;
    std::string secret;
    std::vector<std::string> types;  // Frame types that are sent; empty: all.
    std::int64_t backoff_first_ms = 1'000;
    std::int64_t backoff_max_ms = 300'000;
    std::int64_t cursor_interval_ms = 500;
    std::uint32_t page = 100;  // Events read at once; all that is held in memory.
};

// How the deliveries stand, for people and metrics.
struct SenderState {
    std::string url;
    Pos cursor;                   // Everything up to here was taken by the receiver.
    Pos head;                     // Of the log.
    std::uint64_t delivered = 0;  // Since the start of the process, as are the next two.
    std::uint64_t failed = 0;
    std::uint32_t attempts = 0;  // Of the event that is being delivered.
    std::string last_error;      // Of that event.
    WallMs last_success_at;
    WallMs next_attempt_at;  // 0: not waiting for one.
};

// Tells the marketplace about every shared event of the log, in its order, each at least once
// (PROTOCOL W-1 to W-5).
//
// A thread of its own: reads the log after a stored cursor, posts one event after the other, and
// repeats an event until it is taken. The cursor is stored behind the deliveries, so that a crash
// repeats some and loses none. Bounds: one request in flight, `page` events in memory; what waits,
// waits in the log. `wake` and `state` are any-thread.
class Sender {
public:
    static Result<std::unique_ptr<Sender>> open(store::Store& store, Clock const& clock,
                                                SenderOptions options);
    ~Sender();

    // Once; before the store stops comes `stop`, which ends a post that runs and stores the cursor.
    void start();
    void stop();

    // The log has grown up to `head`. Short enough for the store's writer.
    void wake(Pos head);
    SenderState state() const;

private:
    Sender(store::Store& store, Clock const& clock, SenderOptions options,
           std::unique_ptr<HttpPost> post);

    void run();
    bool load_cursor();
    bool deliver_page();
    bool deliver(store::LogEntry const& entry);
    bool try_once(std::string const& id, std::string const& body);
    void note_failure(std::string reason);
    void pass(Pos pos);
    void save_cursor();
    bool wait_for_news();
    bool pause(std::int64_t ms);
    std::int64_t backoff_ms();
    bool is_wanted(std::string_view frame) const;

    store::Store& store_;
    Clock const& clock_;
    SenderOptions const options_;
    std::unique_ptr<HttpPost> post_;
    SecureRandom random_;
    Pos saved_;  // The thread's own, like the next.
    MonoMs saved_at_;
    std::atomic<std::int64_t> head_{0};
    mutable std::mutex mutex_;
    std::condition_variable news_;
    SenderState state_;         // Guarded by mutex_.
    bool is_stopping_ = false;  // Guarded by mutex_.
    std::thread thread_;
};

}  // namespace sewa::webhook
