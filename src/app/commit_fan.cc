#include "app/commit_fan.h"

#include <algorithm>

namespace sewa::app {

void CommitFan::measure(store::CommitBatch const& batch) {
    using observe::Counter;
    using observe::Histogram;
    auto const messages = std::count_if(
        batch.events.begin(), batch.events.end(),
        [](store::Event const& event) { return event.kind == store::EventKind::kMessage; });
    // A repeated message brings its first frame; what merely changed nothing brings none.
    auto const repeats = std::count_if(
        batch.outcomes.begin(), batch.outcomes.end(), [](store::Outcome const& outcome) {
            return outcome.result && outcome.result->duplicate && outcome.result->frame;
        });
    metrics_.add(Counter::kEventsStored, static_cast<std::int64_t>(batch.events.size()));
    metrics_.add(Counter::kMessagesStored, messages);
    metrics_.add(Counter::kDuplicatesAbsorbed, repeats);
    metrics_.observe(Histogram::kBatchWrites, static_cast<double>(batch.outcomes.size()));
    if (counters_ == nullptr) return;
    auto const total_us = counters_->commit_us.load(std::memory_order_relaxed);
    metrics_.observe(Histogram::kCommitSeconds, static_cast<double>(total_us - measured_us_) / 1e6);
    measured_us_ = total_us;
}

}  // namespace sewa::app
