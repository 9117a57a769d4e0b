#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "frame_reader.h"
#include "sewa/saved_state.h"

namespace sewa::client {

std::string write_request(Request const& request);

// Requests that were not answered yet, in the order of the calls.
//
// Owned by ClientCore, on its thread; clock values are passed in. At most `queued_max` requests,
// `outstanding_max` of them on the wire, and of one conversation only one, because a refusal of the
// first with `rate_limited` would let the second overtake it. A repeat carries the same key, so a
// request whose answer was lost is done once (M-2).
class Outbox {
public:
    struct Limits {
        std::size_t queued_max = 1'000;
        std::size_t outstanding_max = 16;
        std::int64_t ack_timeout_ms = 15'000;
        std::int64_t retry_first_ms = 500;
        std::int64_t retry_max_ms = 30'000;
    };

    explicit Outbox(Limits limits) : limits_(limits) {}

    // kUnavailable when the queue is full; kConflict when the key waits already.
    Result<SendProgress> add(Request request);

    // What goes on the wire now; each is from then on `sending`.
    std::vector<Request const*> take_due(MonoMs now, std::vector<SendProgress>& progress);
    std::optional<MonoMs> next_due() const;

    // The socket ended: what was sent may or may not have been done.
    void connection_lost(std::vector<SendProgress>& progress);

    struct Done {
        Request request;
        SendProgress progress;
    };
    std::optional<Done> acknowledged(AckFrame const& ack);
    // The own message came back as an event, before or instead of its ack.
    std::optional<Done> confirmed(std::string const& client_msg_id, Message const& message);
    // Retryable errors put the request back and give nothing; the rest fail it.
    std::optional<Done> refused(ErrorFrame const& error, MonoMs now);

    bool holds(std::string_view key) const;
    std::size_t size() const { return entries_.size(); }
    // Everything that waits, as after a crash: order kept, states forgotten.
    std::vector<Request> saved() const;

private:
    struct Entry {
        Request request;
        SendState state = SendState::kQueued;
        MonoMs not_before;
        MonoMs answer_by;
        int retries = 0;
    };
    using Iterator = std::deque<Entry>::iterator;

    Iterator find(std::string_view key);
    Done finish(Iterator entry, SendState state);
    void time_out(MonoMs now, std::vector<SendProgress>& progress);
    static SendProgress progress_of(Entry const& entry);

    Limits const limits_;
    std::deque<Entry> entries_;
    MonoMs paused_until_;
};

}  // namespace sewa::client
