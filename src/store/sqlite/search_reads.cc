#include "store/sqlite/search_reads.h"

#include <algorithm>
#include <chrono>

#include "core/utf8.h"
#include "store/sqlite/search_index.h"

namespace sewa::store::sqlite {

namespace {

constexpr std::size_t kWordsMax = 12;
constexpr std::uint32_t kLimitMax = 50;
constexpr int kCandidatesMax = 2'000;
constexpr std::int64_t kFirstWindow = 65'536;
// Of all words that begin as the unfinished one, those used most.
constexpr int kTermsMax = 100;
// A caller's groups with the newest activity; a search in one conversation has no such bound.
constexpr int kGroupsMax = 500;

// A caller who may see so large a part of the log (one in so many messages) meets few that are to
// be left out; to step through everything that may be seen would cost more than the words do.
constexpr std::int64_t kWideScope = 8;

constexpr char kSelectTerms[] =
    "SELECT term FROM (SELECT term, uses FROM terms WHERE term >= ?1 AND term < ?2 LIMIT 50000) "
    "ORDER BY uses DESC LIMIT ?3";

constexpr char kSelectGroups[] =
    "SELECT c.id, c.message_count FROM participants p JOIN conversations c ON c.id = "
    "p.conversation_id "
    "WHERE p.user_id = ? AND p.left_seq = 0 AND c.kind = 1 ORDER BY c.activity_pos DESC LIMIT ?";

constexpr char kSelectContent[] =
    "SELECT coalesce(json_extract(current, '$.content'), json_extract(frame, '$.data.content')), "
    "created_at FROM events WHERE pos = ?";

// Words consist of letters, digits and marks, so that nothing in them can end the quotes.
std::string in_quotes(std::string_view word) {
    return "\"" + std::string(word) + "\"";
}

std::string joined(std::vector<std::string> const& words) {
    std::string all;
    for (auto const& word : words) all += (all.empty() ? "" : " OR ") + in_quotes(word);
    return "(" + all + ")";
}

class Stopwatch {
public:
    std::int64_t microseconds() const {
        auto const passed = std::chrono::steady_clock::now() - start_;
        return std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<std::unique_ptr<SearchSource>> SearchSource::open(std::string const& path,
                                                         std::int64_t budget_us) {
    auto source = std::make_unique<SearchSource>();
    SEWA_TRY(source->db, Database::open({.path = path,
                                         .access = Access::kRead,
                                         .cache_bytes = 16 << 20,
                                         .mmap_bytes = std::int64_t{1} << 30,
                                         .busy_timeout_ms = 1000}));
    SEWA_TRY(source->words, SearchWords::create(*source->db));
    source->budget_us = budget_us;
    return source;
}

struct SearchReads::Run {
    UserId user;
    SearchQuery const& query;
    Log log;
    std::vector<Word> words;
    std::string expression;
    std::uint32_t limit;
    SearchPage page;
    Stopwatch watch;
    int candidates = 0;
    // What the caller may see of each conversation met: messages after this one.
    std::unordered_map<ConversationId, std::optional<ConvSeq>> seen_from;
};

SearchReads::SearchReads(Database& log, std::unique_ptr<SearchSource> source)
    : log_(log),
      source_(std::move(source)),
      select_candidates_(*source_->db,
                         "SELECT rowid FROM entries WHERE entries MATCH ? AND rowid >= ? "
                         "AND rowid < ? ORDER BY rowid DESC"),
      select_terms_(*source_->db, kSelectTerms),
      select_groups_(log_, kSelectGroups),
      select_count_(log_, "SELECT message_count FROM conversations WHERE id = ?"),
      select_content_(log_, kSelectContent),
      select_head_(log_, "SELECT max(pos) FROM events"),
      select_from_(log_, "SELECT pos, created_at FROM events WHERE pos >= ? ORDER BY pos LIMIT 1") {
}

Result<SearchPage> SearchReads::search(UserId user, SearchQuery const& query, Log log) {
    if (query.conversation) SEWA_CHECK(log.members.membership(user, query.conversation));
    SEWA_TRY(auto words, words_of(query.text));
    auto text = expression(user, query, words);
    auto const limit = std::clamp<std::uint32_t>(query.limit, 1, kLimitMax);
    Run run{user, query, log, std::move(words), std::move(text), limit, {}, {}, 0, {}};
    go_back(run, bounds_of(query));
    if (source_->db->failure() == Failure::kNone) return std::move(run.page);
    source_->db->recover();
    return fail(Errc::kUnavailable, "search is not available now");
}

Result<std::vector<SearchReads::Word>> SearchReads::words_of(std::string const& text) const {
    std::vector<Word> words;
    auto const found = source_->words->split(text);
    for (auto const& word : found) words.push_back({word.folded});
    if (words.empty()) return fail(Errc::kBadRequest, "`q` has no word to search for", "q");
    if (words.size() > kWordsMax) return fail(Errc::kBadRequest, "`q` has too many words", "q");
    words.back().is_prefix = found.back().end == text.size();
    return words;
}

std::string SearchReads::expression(UserId user, SearchQuery const& query,
                                    std::vector<Word> const& words) {
    auto all = scope_of(user, query);
    auto const add = [&all](std::string const& part) {
        all += (all.empty() ? "" : " AND ") + part;
    };
    if (query.sender) add(in_quotes(scope_word(kScopeSender, query.sender.value)));
    if (query.type) {
        add(in_quotes(scope_word(kScopeType, static_cast<std::int64_t>(*query.type))));
    }
    for (auto const& word : words) add(word.is_prefix ? any_of(word) : in_quotes(word.folded));
    return all;
}

// Empty: everything, and the log decides.
std::string SearchReads::scope_of(UserId user, SearchQuery const& query) {
    std::vector<std::string> scopes;
    std::int64_t messages = 0;
    if (query.conversation) {
        scopes.push_back(scope_word(kScopeConversation, query.conversation.value));
        messages = select_count_.number(query.conversation);
    } else {
        scopes.push_back(scope_word(kScopeUser, user.value));
        auto rows = select_groups_.query(user, kGroupsMax);
        while (rows.next()) {
            scopes.push_back(scope_word(kScopeConversation, rows.integer(0)));
            messages += rows.integer(1);
        }
    }
    bool const is_wide = messages > 1000 && messages >= select_head_.number() / kWideScope;
    return is_wide ? std::string() : joined(scopes);
}

std::string SearchReads::any_of(Word const& word) {
    std::vector<std::string> terms{word.folded};
    auto const end = word.folded + "\U0010FFFF";
    auto rows = select_terms_.query(word.folded, end, kTermsMax);
    while (rows.next()) {
        if (rows.text(0) != word.folded) terms.push_back(rows.string(0));
    }
    return joined(terms);
}

SearchReads::Window SearchReads::bounds_of(SearchQuery const& query) {
    Window bounds{{1}, query.cursor};
    if (!query.cursor) bounds.end = {select_head_.number() + 1};
    if (query.after) bounds.first = first_since(*query.after);
    if (query.before) bounds.end = std::min(bounds.end, first_since(*query.before));
    return bounds;
}

// The log is written in the order of time, but for a clock that was set back; `examine` looks at
// the time of each message as well.
Pos SearchReads::first_since(WallMs time) {
    std::int64_t below = 0;  // Everything up to here is earlier.
    auto found = select_head_.number() + 1;
    while (below + 1 < found) {
        auto const middle = below + (found - below) / 2;
        auto row = select_from_.query(middle);
        bool const is_since = !row.next() || row.integer(1) >= time.value;
        is_since ? found = middle : below = middle;
    }
    return {found};
}

// Windows grow while they are quick, so that rare words are found far back in few steps and a step
// over common ones is never long.
void SearchReads::go_back(Run& run, Window bounds) {
    auto span = kFirstWindow;
    while (bounds.first < bounds.end) {
        auto const before = run.watch.microseconds();
        Window const window{{std::max(bounds.first.value, bounds.end.value - span)}, bounds.end};
        if (!look_through(run, window)) return;
        bounds.end = window.first;
        run.page.next_cursor = bounds.first < bounds.end ? bounds.end : Pos{};
        auto const now = run.watch.microseconds();
        if (now >= source_->budget_us) return;
        if (now - before < source_->budget_us / 8) span *= 4;
    }
}

// False: the page ends here.
bool SearchReads::look_through(Run& run, Window window) {
    auto rows = select_candidates_.query(run.expression, window.first, window.end);
    while (rows.next()) {
        auto const candidate = rows.id<Pos>(0);
        examine(run, candidate);
        bool const is_full = run.page.hits.size() >= run.limit;
        bool const is_spent =
            ++run.candidates >= kCandidatesMax || run.watch.microseconds() >= source_->budget_us;
        if (!is_full && !is_spent) continue;
        run.page.next_cursor = candidate;
        return false;
    }
    return true;
}

void SearchReads::examine(Run& run, Pos candidate) {
    auto view = run.log.messages.find(run.user, candidate);
    if (!view || view->is_deleted || view->is_deleted_for_user || !may_see(run, *view)) return;
    auto row = select_content_.query(candidate);
    if (!row.next()) return;
    WallMs const created_at{row.integer(1)};
    if (run.query.after && created_at < *run.query.after) return;
    if (run.query.before && created_at >= *run.query.before) return;
    auto highlights = highlights_of(row.text(0), run.words);
    if (highlights.empty()) return;
    run.page.hits.push_back({*std::move(view), std::move(highlights)});
}

bool SearchReads::may_see(Run& run, MessageView const& view) {
    if (run.query.conversation && view.conversation != run.query.conversation) return false;
    auto const [at, is_new] = run.seen_from.try_emplace(view.conversation);
    if (is_new) {
        auto const membership = run.log.members.membership(run.user, view.conversation);
        if (membership) at->second = membership->deleted_before_seq;
    }
    return at->second && view.conv_seq > *at->second;
}

// Empty: a word is not there.
std::vector<TextRange> SearchReads::highlights_of(std::string_view content,
                                                  std::vector<Word> const& words) const {
    std::vector<TextRange> found;
    std::vector<bool> is_met(words.size());
    std::size_t counted_to = 0;
    std::size_t code_points = 0;
    auto const place = [&](std::size_t byte) {
        code_points += count_code_points(content.substr(counted_to, byte - counted_to));
        counted_to = byte;
        return static_cast<std::uint32_t>(code_points);
    };
    for (auto const& part : source_->words->split(content)) {
        bool is_hit = false;
        for (std::size_t i = 0; i < words.size(); ++i) {
            bool const matches = words[i].is_prefix ? part.folded.starts_with(words[i].folded)
                                                    : part.folded == words[i].folded;
            if (!matches) continue;
            is_hit = is_met[i] = true;
        }
        if (!is_hit) continue;
        auto const begin = place(part.begin);
        found.push_back({begin, place(part.end)});
    }
    bool const are_all_met = std::find(is_met.begin(), is_met.end(), false) == is_met.end();
    return are_all_met ? found : std::vector<TextRange>{};
}

}  // namespace sewa::store::sqlite
