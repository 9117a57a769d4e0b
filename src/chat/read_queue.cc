#include "chat/read_queue.h"

#include <utility>

#include "chat/hub.h"

namespace sewa::chat {

bool ReadQueue::push(Urgency urgency, Read read) {
    if (urgency != Urgency::kResume && waiting() >= limits_.waiting_max) {
        add(refused_);
        return false;
    }
    waiting_[static_cast<std::size_t>(urgency)].push_back(std::move(read));
    pump();
    return true;
}

void ReadQueue::pump() {
    bool is_taken = true;
    for (auto& queue : waiting_) {
        while (is_taken && !queue.empty() && outstanding_ < limits_.outstanding_max) {
            is_taken = start(queue.front());
            if (is_taken) queue.pop_front();
        }
    }
    count_waiting();
    if (!is_taken && outstanding_ == 0) stalled_();
}

bool ReadQueue::start(Read& read) {
    auto shared = std::make_shared<Read>(std::move(read));
    bool const is_taken =
        store_.read([shared, shard = shard_, &peers = peers_](store::Reader& reader) {
            auto answer = (*shared)(reader);
            // The mailbox has room again as soon as the shard turns; until then this pool thread
            // waits.
            while (!peers.post(shard, [answer](Hub& hub) {
                hub.reads().finished();
                answer(hub);
            })) {
                peers.yield();
            }
        });
    if (is_taken) {
        ++outstanding_;
    } else {
        read = std::move(*shared);
    }
    return is_taken;
}

void ReadQueue::finished() {
    --outstanding_;
    pump();
}

void ReadQueue::count_waiting() {
    std::size_t count = 0;
    for (auto const& queue : waiting_) count += queue.size();
    waiting_count_.store(count, std::memory_order_relaxed);
}

}  // namespace sewa::chat
