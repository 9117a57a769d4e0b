#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/claims.h"
#include "chat/hub.h"
#include "core/result.h"
#include "http/request.h"
#include "store/store.h"
#include "wire/decode.h"

namespace sewa::api {

struct Answer {
    int status = 200;
    std::string body;  // JSON; empty for 204.
    std::vector<std::pair<std::string, std::string>> headers;
};

Answer refuse(Error const& error);
Answer json(std::string body, int status = 200);
inline Answer no_content() {
    return {204, {}, {}};
}

struct ApiLimits {
    std::size_t content_chars_max = 5'000;
    std::uint32_t page_size_max = 100;
    std::uint32_t events_max = 500;
    std::uint32_t presence_ids_max = 200;
    std::size_t body_bytes_max = 1'048'576;
};

// One authenticated REST request on its way to an answer. Shard-local; moved along with what is
// done for it. `reply` must be called exactly once, on the shard; dropping it answers 500.
struct Call {
    http::Request request;
    std::vector<std::int64_t> ids;  // Captured from the path.
    auth::Claims caller;
    chat::Hub* hub = nullptr;
    ApiLimits limits;
    std::function<void(Answer)> reply;

    UserId user() const { return caller.user; }
    std::int64_t id(std::size_t index = 0) const { return ids.at(index); }
};

// Query parameters. A value that is no number, or out of range, is `bad_request` with its name.
Result<std::int64_t> query_integer(http::Request const& request, std::string_view name,
                                   std::int64_t fallback, std::int64_t minimum,
                                   std::int64_t maximum);
Result<std::optional<bool>> query_bool(http::Request const& request, std::string_view name);
std::string query_text(http::Request const& request, std::string_view name);
// Numbers between anything else; the first `count_max` of them.
std::vector<UserId> query_users(http::Request const& request, std::string_view name,
                                std::size_t count_max);

// Runs `look` on a reader thread, and what it returns on the shard. Answers `unavailable` when too
// much is being read.
void look_up(Call const& call, chat::ReadQueue::Read look);

// Runs `work` on a reader thread; its answer is the call's.
using ReadWork = std::function<Answer(store::Reader&)>;
void read(Call call, ReadWork work);

// Hands a command to the store; `done` makes the answer of a success.
using WriteAnswer = std::function<void(Call const&, store::Receipt const&)>;
void write(Call call, store::Command command, WriteAnswer done);

// The text of a message, which the body calls `text`, or `content` as in frames; checked (M-6). A
// refusal names the one that was sent.
Result<std::string> text_of(Call const& call, wire::JsonBody const& body,
                            bool may_be_empty = false);

// The body as JSON; nothing when it was refused, and then the call has been answered.
std::optional<wire::JsonBody> json_body(Call const& call);

}  // namespace sewa::api
