#include <charconv>
#include <optional>

#include "sim_server.h"
#include "wire/encode.h"
#include "wire/rest_objects.h"

// The routing that the simulation needs; the objects are encoded as the server's REST does it.
namespace sewa::simulation {

namespace {

std::optional<std::int64_t> number_after(std::string_view text, std::string_view mark) {
    auto const at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    std::int64_t value = 0;
    auto const from = text.data() + at + mark.size();
    auto const [end, failure] = std::from_chars(from, text.data() + text.size(), value);
    return failure == std::errc{} ? std::optional(value) : std::nullopt;
}

template <typename Flag>
void include_archived(Flag& flag) {
    if constexpr (std::is_assignable_v<Flag&, std::nullopt_t>) flag = std::nullopt;
}

Result<std::string> sync(store::Reader& reader, UserId user, store::PageRequest page) {
    SEWA_TRY(auto const log, reader.log_state());
    store::ConversationFilter filter;
    include_archived(filter.archived);
    SEWA_TRY(auto const found, reader.conversations(user, filter, page));
    std::string list;
    for (auto const& view : found.conversations) {
        SEWA_TRY(auto const latest, reader.messages_before(user, view.id, ConvSeq{}, 20));
        if (!list.empty()) list += ',';
        wire::open_conversation_object(list, view, user);
        list +=
            R"(,"latest_messages":)" + wire::encode_message_list(latest, view.markers, user) + '}';
    }
    bool const is_last = std::uint64_t{page.page} * page.size >= found.count;
    return fmt::format(R"({{"epoch":"{}","pos":{},"conversations":[{}],"next_cursor":{}}})",
                       log.epoch, log.head.value, list,
                       is_last ? "null" : fmt::to_string(page.page + 1));
}

Result<std::string> answer(store::Reader& reader, UserId user, std::string_view path) {
    if (path.starts_with("sync/")) {
        auto const page = number_after(path, "cursor=").value_or(1);
        auto const limit = number_after(path, "limit=").value_or(100);
        return sync(reader, user,
                    {static_cast<std::uint32_t>(page), static_cast<std::uint32_t>(limit)});
    }
    auto const conversation = number_after(path, "conversations/");
    auto const after = number_after(path, "after=");
    if (!conversation || !after) return fail(Errc::kNotFound, "no such path");
    SEWA_TRY(auto const page,
             reader.events(user, ConversationId{*conversation}, ConvSeq{*after}, 7));
    return wire::encode_events(page);
}

}  // namespace

RestAnswer answer_get(store::Reader& reader, UserId user, std::string_view path) {
    auto const body = answer(reader, user, path);
    if (body) return {200, *body};
    return {info(body.error().code).http_status, wire::encode_rest_error(body.error())};
}

}  // namespace sewa::simulation
