#include "catch_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace sewa::client {
namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (is_unreserved(c))
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace

void SnapshotReader::begin() {
    needed_ = true;
    pages_ = 0;
    snapshot_ = {};
    backoff_.reset();
    read_page();
}

void SnapshotReader::cancel() {
    needed_ = false;
    request_ = 0;
}

void SnapshotReader::read_page() {
    std::string path = "sync/?limit=100";
    if (pages_ > 0) path += "&cursor=" + percent_encoded(snapshot_.next_cursor);
    request_ = gets_.get(std::move(path));
}

std::optional<SyncPage> SnapshotReader::answer(std::uint64_t request, HttpAnswer const& answer,
                                               MonoMs now, Random& random) {
    if (!needed_ || request != request_) return std::nullopt;
    request_ = 0;
    auto page = answer.status == 200 ? read_sync_page(answer.body)
                                     : fail(Errc::kUnavailable, "no snapshot");
    bool const same_log = page && (pages_ == 0 || page->epoch == snapshot_.epoch);
    if (!page || !same_log) {
        if (page) pages_ = 0;  // Restored in between: from the beginning.
        retry_at_ = now + std::max<std::int64_t>(100, backoff_.next(random));
        return std::nullopt;
    }
    if (pages_++ == 0) {
        snapshot_ = std::move(*page);
    } else {
        add_new(std::move(page->conversations));
        snapshot_.next_cursor = page->next_cursor;
    }
    if (!snapshot_.next_cursor.empty() && pages_ < kPagesMax) {
        read_page();
        return std::nullopt;
    }
    needed_ = false;
    return std::move(snapshot_);
}

// A conversation that had activity between two pages moves the others down, so that one comes
// again. What it says more than the first time the stream brings as well.
void SnapshotReader::add_new(std::vector<Conversation> conversations) {
    std::unordered_set<ConversationId> known;
    for (auto const& conversation : snapshot_.conversations) known.insert(conversation.id);
    for (auto& conversation : conversations) {
        if (known.contains(conversation.id)) continue;
        snapshot_.conversations.push_back(std::move(conversation));
    }
}

void SnapshotReader::tick(MonoMs now) {
    if (needed_ && request_ == 0 && retry_at_ <= now) read_page();
}

std::optional<MonoMs> SnapshotReader::next_due() const {
    if (!needed_ || request_ != 0) return std::nullopt;
    return retry_at_;
}

void GapReader::want(std::vector<Ledger::Gap> const& gaps, MonoMs now) {
    std::erase_if(repairs_, [&](auto const& repair) {
        return repair.second.request == 0 &&
               std::none_of(gaps.begin(), gaps.end(), [&](Ledger::Gap const& gap) {
                   return gap.conversation == repair.first;
               });
    });
    auto under_way = std::count_if(repairs_.begin(), repairs_.end(),
                                   [](auto const& repair) { return repair.second.request != 0; });
    for (auto const& gap : gaps) {
        if (under_way >= static_cast<std::ptrdiff_t>(kAtOnceMax)) return;
        auto& repair = repairs_[gap.conversation];
        if (repair.request != 0 || repair.not_before > now) continue;
        repair.request = gets_.get(fmt::format("conversations/{}/events/?after={}",
                                               gap.conversation.value, gap.after.value));
        ++under_way;
    }
}

std::optional<GapReader::Answer> GapReader::answer(std::uint64_t request, HttpAnswer const& answer,
                                                   MonoMs now, Random& random) {
    auto const found = std::find_if(repairs_.begin(), repairs_.end(), [&](auto const& repair) {
        return repair.second.request == request;
    });
    if (found == repairs_.end()) return std::nullopt;
    auto& repair = found->second;
    repair.request = 0;
    Answer result{found->first, {}};
    if (answer.status == 403 || answer.status == 404) {
        result.no_access = true;
        return result;
    }
    auto page =
        answer.status == 200 ? read_event_page(answer.body) : fail(Errc::kUnavailable, "no events");
    if (!page) {
        repair.not_before = now + std::max<std::int64_t>(50, repair.backoff.next(random));
        return result;
    }
    result.page = std::move(*page);
    // A first page that leaves the gap open may have been read before the commit was visible.
    if (!result.page.has_more) {
        result.hopeless = ++repair.attempts >= kAttemptsMax;
        repair.not_before = now + 50 * repair.attempts;
    }
    result.hopeless |= result.page.snapshot_required;
    return result;
}

std::optional<MonoMs> GapReader::next_due() const {
    std::optional<MonoMs> next;
    for (auto const& [conversation, repair] : repairs_) {
        if (repair.request != 0) continue;
        next = std::min(next.value_or(repair.not_before), repair.not_before);
    }
    return next;
}

}  // namespace sewa::client
