#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backoff.h"
#include "ledger.h"
#include "sewa/client_core.h"

namespace sewa::client {

// Numbers the GETs of one client.
class GetQueue {
public:
    explicit GetQueue(std::vector<Action>& actions) : actions_(actions) {}
    std::uint64_t get(std::string path) {
        actions_.push_back(HttpGet{++last_, std::move(path)});
        return last_;
    }

private:
    std::vector<Action>& actions_;
    std::uint64_t last_ = 0;
};

// Reads `GET sync/` page by page. Owned by ClientCore. At most `kPagesMax` pages; a
// conversation beyond them begins with its next event. A failed page is read again after a backoff.
class SnapshotReader {
public:
    static constexpr int kPagesMax = 100;

    explicit SnapshotReader(GetQueue& gets) : gets_(gets), backoff_(500, 30'000) {}

    void begin();
    void cancel();
    bool is_needed() const { return needed_; }
    // A page came: the whole snapshot when it was the last. Its `pos` is the first page's, because
    // nothing after that is certain to be in it.
    std::optional<SyncPage> answer(std::uint64_t request, HttpAnswer const& answer, MonoMs now,
                                   Random& random);
    void tick(MonoMs now);
    std::optional<MonoMs> next_due() const;

private:
    void read_page();
    void add_new(std::vector<Conversation> conversations);

    GetQueue& gets_;
    Backoff backoff_;
    bool needed_ = false;
    std::uint64_t request_ = 0;  // 0: none under way.
    MonoMs retry_at_;
    int pages_ = 0;
    SyncPage snapshot_;
};

// Reads what is missing in a conversation. Owned by ClientCore. At most `kAtOnceMax`
// GETs; a gap that stays after `kAttemptsMax` complete answers is reported as hopeless.
class GapReader {
public:
    static constexpr std::size_t kAtOnceMax = 4;
    static constexpr int kAttemptsMax = 5;

    struct Answer {
        ConversationId conversation;
        EventPage page;
        bool hopeless = false;  // Only a snapshot can mend it.
        bool no_access = false;
    };

    explicit GapReader(GetQueue& gets) : gets_(gets) {}

    void want(std::vector<Ledger::Gap> const& gaps, MonoMs now);
    std::optional<Answer> answer(std::uint64_t request, HttpAnswer const& answer, MonoMs now,
                                 Random& random);
    void cancel() { repairs_.clear(); }
    std::optional<MonoMs> next_due() const;

private:
    struct Repair {
        std::uint64_t request = 0;
        int attempts = 0;
        MonoMs not_before;
        Backoff backoff{200, 10'000};
    };
    std::map<ConversationId, Repair> repairs_;
    GetQueue& gets_;
};

}  // namespace sewa::client
