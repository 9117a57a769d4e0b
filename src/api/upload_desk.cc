#include "api/upload_desk.h"

namespace sewa::api {

namespace {

constexpr std::uint32_t kRetryMs = 1000;

}  // namespace

Result<UploadDesk::Place> UploadDesk::admit(UserId user) {
    {
        std::lock_guard const lock(mutex_);
        auto& own = uploading_[user];
        if (uploads_ < limits().uploads_max && own < limits().uploads_per_user_max) {
            ++own;
            ++uploads_;
            counters_.in_progress.store(uploads_, std::memory_order_relaxed);
            return Place(*this, user);
        }
        if (own == 0) uploading_.erase(user);
    }
    counters_.refused.fetch_add(1, std::memory_order_relaxed);
    auto refused = error(Errc::kRateLimited, "too many uploads at a time; wait for some to end");
    refused.retry_after_ms = kRetryMs;
    return fail(std::move(refused));
}

void UploadDesk::leave(UserId user) {
    std::lock_guard const lock(mutex_);
    auto const own = uploading_.find(user);
    if (--own->second == 0) uploading_.erase(own);
    counters_.in_progress.store(--uploads_, std::memory_order_relaxed);
}

// What is not removed now, the next start removes: no row names it.
void UploadDesk::remove_later(std::string stored_name) {
    static_cast<void>(parts_.disk.submit(
        [this, name = std::move(stored_name)] { static_cast<void>(parts_.folder.remove(name)); }));
}

}  // namespace sewa::api
