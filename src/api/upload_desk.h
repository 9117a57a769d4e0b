#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "chat/peers.h"
#include "files/folder.h"
#include "files/io_pool.h"
#include "files/signed_links.h"

namespace sewa::api {

struct AttachmentLimits {
    std::uint64_t bytes_max = 5'242'880;
    std::int64_t owner_bytes_max = std::int64_t{1} << 30;  // 0: no limit.
    std::size_t uploads_max = 256;                         // At a time, of everybody.
    std::size_t uploads_per_user_max = 16;
    std::uint64_t pixels_max = 100'000'000;
};

// Relaxed atomics, read at scrape.
struct AttachmentCounters {
    std::atomic<std::uint64_t> uploads{0};
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> in_progress{0};
};

// What all uploads and downloads of this server share, and how many uploads there may be.
// Any-thread; outlives the shards.
class UploadDesk {
public:
    struct Parts {
        files::Folder const& folder;
        files::SignedLinks const& links;
        files::IoPool& disk;
        files::IoPool& pictures;  // For what takes CPU time.
        chat::Peers& peers;
        AttachmentLimits limits;
    };

    explicit UploadDesk(Parts parts) : parts_(std::move(parts)) {}

    // The right to one upload, until it is dropped.
    class Place {
    public:
        Place(UploadDesk& desk, UserId user) : desk_(&desk), user_(user) {}
        Place(Place&& other) noexcept
            : desk_(std::exchange(other.desk_, nullptr)), user_(other.user_) {}
        Place& operator=(Place&&) = delete;
        ~Place() {
            if (desk_ != nullptr) desk_->leave(user_);
        }

    private:
        UploadDesk* desk_;
        UserId user_;
    };
    // `rate_limited` when there are too many.
    Result<Place> admit(UserId user);

    // Runs `task` on the shard. For threads that may wait.
    void post(ShardId shard, chat::HubTask task) {
        while (!parts_.peers.post(shard, task)) parts_.peers.yield();
    }
    void remove_later(std::string stored_name);

    Parts const& parts() const { return parts_; }
    AttachmentLimits const& limits() const { return parts_.limits; }
    AttachmentCounters& counters() { return counters_; }

private:
    void leave(UserId user);

    Parts const parts_;
    std::mutex mutex_;
    std::unordered_map<UserId, std::size_t> uploading_;  // Guarded by mutex_.
    std::size_t uploads_ = 0;                            // Guarded by mutex_.
    AttachmentCounters counters_;
};

}  // namespace sewa::api
