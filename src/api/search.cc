#include <unordered_map>

#include "api/paging.h"
#include "api/resources.h"
#include "core/time_text.h"

namespace sewa::api {

namespace {

constexpr std::size_t kQueryBytesMax = 1'000;

Result<std::optional<MessageType>> query_type(http::Request const& request) {
    auto const text = query_text(request, "type");
    if (text.empty()) return std::optional<MessageType>{};
    using enum MessageType;
    for (auto const type : {kText, kImage, kFile, kVoice, kSystem}) {
        if (text == to_text(type)) return std::optional(type);
    }
    return fail(Errc::kBadRequest, "`type` must be text, image, file, voice or system", "type");
}

Result<std::optional<WallMs>> query_time(http::Request const& request, std::string_view name) {
    auto const text = query_text(request, name);
    if (text.empty()) return std::optional<WallMs>{};
    if (auto const time = from_iso8601(text)) return time;
    return fail(Errc::kBadRequest,
                fmt::format("`{}` must be a date or a time like 2026-01-31T12:00:00Z", name),
                std::string(name));
}

Result<store::SearchQuery> search_of(http::Request const& request) {
    store::SearchQuery query;
    query.text = query_text(request, "q");
    if (query.text.size() > kQueryBytesMax) return fail(Errc::kBadRequest, "`q` is too long", "q");
    SEWA_TRY(query.conversation.value, query_integer(request, "conversation", 0, 1, kIdMax));
    SEWA_TRY(query.sender.value, query_integer(request, "sender", 0, 1, kIdMax));
    SEWA_TRY(query.cursor.value, query_integer(request, "cursor", 0, 1, kIdMax));
    SEWA_TRY(auto const limit, query_integer(request, "limit", 20, 1, 50));
    query.limit = static_cast<std::uint32_t>(limit);
    SEWA_TRY(query.type, query_type(request));
    SEWA_TRY(query.after, query_time(request, "after"));
    SEWA_TRY(query.before, query_time(request, "before"));
    return query;
}

Answer found(store::Reader& reader, UserId user, store::SearchQuery const& query) {
    auto const page = reader.search(user, query);
    if (!page) return refuse(page.error());
    std::unordered_map<ConversationId, std::vector<store::Marker>> markers;
    std::string body = R"({"results":[)";
    for (auto const& hit : page->hits) {
        auto const [at, is_new] = markers.try_emplace(hit.message.conversation);
        if (is_new) at->second = reader.markers(at->first).value_or(std::vector<store::Marker>{});
        if (body.back() == '}') body += ',';
        wire::append_search_hit(body, hit, at->second, user);
    }
    auto const cursor = page->next_cursor;
    return json(body + fmt::format(R"(],"next_cursor":{}}})",
                                   cursor ? fmt::to_string(cursor.value) : "null"));
}

}  // namespace

void search_messages(Call call) {
    auto query = search_of(call.request);
    if (!query) return call.reply(refuse(query.error()));
    auto const user = call.user();
    read(std::move(call), [user, query = *std::move(query)](store::Reader& reader) {
        return found(reader, user, query);
    });
}

}  // namespace sewa::api
