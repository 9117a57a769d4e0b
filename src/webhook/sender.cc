#include "webhook/sender.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <future>
#include <optional>

#include "webhook/signature.h"

namespace sewa::webhook {

namespace {

// How long a store that refuses to read is left alone.
constexpr std::int64_t kStoreRetryMs = 500;
constexpr std::size_t kParticipantsMax = 100;

template <typename Read>
auto read_now(store::Store& store, Read const& read)
    -> decltype(read(std::declval<store::Reader&>())) {
    std::promise<decltype(read(std::declval<store::Reader&>()))> promise;
    bool const is_taken =
        store.read([&](store::Reader& reader) { promise.set_value(read(reader)); });
    if (!is_taken) return fail(Errc::kUnavailable, "the store cannot read now");
    return promise.get_future().get();
}

// `{"type":"message",…` begins every frame.
std::string_view type_of(std::string_view frame) {
    constexpr std::string_view kBegin = R"({"type":")";
    if (!frame.starts_with(kBegin)) return {};
    auto const rest = frame.substr(kBegin.size());
    return rest.substr(0, rest.find('"'));
}

std::string body_of(std::string const& id, store::LogEntry const& entry) {
    std::vector<std::int64_t> people;
    for (auto const user : entry.participants) {
        if (people.size() < kParticipantsMax) people.push_back(user.value);
    }
    return fmt::format(R"({{"id":"{}","participant_ids":[{}],{})", id, fmt::join(people, ","),
                       entry.frame.payload().substr(1));
}

}  // namespace

Result<std::unique_ptr<Sender>> Sender::open(store::Store& store, Clock const& clock,
                                             SenderOptions options) {
    SEWA_TRY(auto post, HttpPost::open(options.endpoint, options.post));
    return std::unique_ptr<Sender>(
        new Sender(store, clock, std::move(options), std::move(post)));  // private constructor
}

void Sender::start() {
    thread_ = std::thread([this] { run(); });
}

Sender::Sender(store::Store& store, Clock const& clock, SenderOptions options,
               std::unique_ptr<HttpPost> post)
    : store_(store), clock_(clock), options_(std::move(options)), post_(std::move(post)) {
    state_.url = options_.endpoint.text();
    head_ = store_.log_state().head.value;
}

Sender::~Sender() {
    stop();
}

void Sender::stop() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    post_->cancel();
    news_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Sender::wake(Pos head) {
    {
        std::lock_guard const lock(mutex_);
        if (head.value <= head_) return;
        head_ = head.value;
    }
    news_.notify_one();
}

SenderState Sender::state() const {
    std::lock_guard const lock(mutex_);
    auto state = state_;
    state.head.value = std::max(head_.load(), state.cursor.value);
    return state;
}

void Sender::run() {
    pthread_setname_np(pthread_self(), "webhooks");
    while (!load_cursor()) {
        if (!pause(kStoreRetryMs)) return;
    }
    while (wait_for_news()) {
        if (!deliver_page() && !pause(kStoreRetryMs)) break;
    }
    save_cursor();
}

// The first time, what was there before is not news.
bool Sender::load_cursor() {
    auto const stored =
        read_now(store_, [](store::Reader& reader) { return reader.webhook_cursor(); });
    if (!stored) return false;
    auto const head = store_.log_state().head;
    saved_ = stored->value_or(Pos{-1});
    auto const cursor = std::min(stored->value_or(head), head);
    {
        std::lock_guard const lock(mutex_);
        state_.cursor = cursor;
    }
    if (cursor != saved_) save_cursor();
    return true;
}

// False when the store could not be read.
bool Sender::deliver_page() {
    auto const after = state().cursor;
    auto const page = read_now(
        store_, [&](store::Reader& reader) { return reader.log_after(after, options_.page); });
    if (!page) return false;
    for (auto const& entry : page->entries) {
        if (!deliver(entry)) return true;
        pass(entry.pos);
    }
    pass(page->read_at);
    save_cursor();
    return true;
}

// Until it is taken; false when the server stops meanwhile.
bool Sender::deliver(store::LogEntry const& entry) {
    if (!is_wanted(entry.frame.payload())) return true;
    auto const id = fmt::format("{}:{}", store_.log_state().epoch, entry.pos.value);
    auto const body = body_of(id, entry);
    while (!try_once(id, body)) {
        if (!pause(backoff_ms())) return false;
    }
    return true;
}

bool Sender::try_once(std::string const& id, std::string const& body) {
    auto const now = clock_.wall();
    PostRequest request;
    request.headers = {{"X-Sewa-Event-Id", id},
                       {"X-Sewa-Attempt", fmt::to_string(state().attempts + 1)},
                       {"X-Sewa-Signature", sign(options_.secret, now, body)}};
    request.body = body;
    auto const status = post_->send(request);
    if (!status) return note_failure(status.error().message), false;
    if (*status < 200 || *status > 299) {
        return note_failure(fmt::format("the receiver answered {}", *status)), false;
    }
    std::lock_guard const lock(mutex_);
    ++state_.delivered;
    state_.attempts = 0;
    state_.last_error.clear();
    state_.last_success_at = clock_.wall();
    return true;
}

void Sender::note_failure(std::string reason) {
    std::lock_guard const lock(mutex_);
    if (is_stopping_) return;
    ++state_.failed;
    ++state_.attempts;
    state_.last_error = std::move(reason);
}

// Half of it by chance, so that several servers do not come back together.
std::int64_t Sender::backoff_ms() {
    // A failure while the server stops is not counted, so there may be none.
    auto const doublings = std::clamp<std::uint32_t>(state().attempts, 1, 30) - 1;
    auto const whole = std::min(options_.backoff_first_ms << doublings, options_.backoff_max_ms);
    return whole / 2 +
           static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(whole / 2 + 1)));
}

void Sender::pass(Pos pos) {
    {
        std::lock_guard const lock(mutex_);
        state_.cursor = std::max(state_.cursor, pos);
    }
    if (clock_.mono() - saved_at_ >= options_.cursor_interval_ms) save_cursor();
}

// A refused write is made up for by the next one.
void Sender::save_cursor() {
    auto const cursor = state().cursor;
    if (cursor == saved_) return;
    if (!store_.submit({store::SaveWebhookCursor{cursor}, {}})) return;
    saved_ = cursor;
    saved_at_ = clock_.mono();
}

bool Sender::wait_for_news() {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [this] { return is_stopping_ || head_ > state_.cursor.value; });
    return !is_stopping_;
}

bool Sender::pause(std::int64_t ms) {
    std::unique_lock lock(mutex_);
    state_.next_attempt_at = clock_.wall() + ms;
    news_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return is_stopping_; });
    state_.next_attempt_at = {};
    return !is_stopping_;
}

bool Sender::is_wanted(std::string_view frame) const {
    auto const& types = options_.types;
    return types.empty() || std::find(types.begin(), types.end(), type_of(frame)) != types.end();
}

}  // namespace sewa::webhook
