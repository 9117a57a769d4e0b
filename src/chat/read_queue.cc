#include "chat/read_queue.h"

#include <utility>

#include "chat/hub.h"

namespace sewa::chat {

void ReadQueue::push(Urgency urgency, Read read) {
    waiting_[static_cast<std::size_t>(urgency)].push_back(std::move(read));
    pump();
}

void ReadQueue::pump() {
    for (auto& queue : waiting_) {
        while (!queue.empty() && outstanding_ < outstanding_max_) {
            if (!start(queue.front())) {
                if (outstanding_ == 0) stalled_();
                return;
            }
            queue.pop_front();
        }
    }
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

std::size_t ReadQueue::waiting() const {
    std::size_t count = 0;
    for (auto const& queue : waiting_) count += queue.size();
    return count;
}

}  // namespace sewa::chat
