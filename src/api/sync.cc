#include "api/paging.h"
#include "api/resources.h"
#include "wire/encode.h"

namespace sewa::api {

namespace {

constexpr std::uint32_t kLatestMessages = 20;

Status append_with_messages(std::string& out, store::Reader& reader, UserId user,
                            store::ConversationView const& view) {
    SEWA_TRY(auto const latest, reader.messages_before(user, view.id, ConvSeq{}, kLatestMessages));
    wire::open_conversation_object(out, view, user);
    out += R"(,"latest_messages":)" + wire::encode_message_list(latest, view.markers, user) + '}';
    return {};
}

// The position is read first: what is committed while the rest is read comes again by the live
// stream or a resume, and conv_seq makes that harmless (R-5).
Result<std::string> snapshot(store::Reader& reader, UserId user, store::PageRequest page) {
    SEWA_TRY(auto const log, reader.log_state());
    store::ConversationFilter filter;
    filter.archived = std::nullopt;
    SEWA_TRY(auto const found, reader.conversations(user, filter, page));
    std::string list = "[";
    for (auto const& view : found.conversations) {
        if (list.size() > 1) list += ',';
        SEWA_CHECK(append_with_messages(list, reader, user, view));
    }
    bool const is_last = std::uint64_t{page.page} * page.size >= found.count;
    std::string body = R"({"epoch":)";
    wire::append_json_string(body, log.epoch);
    return body + fmt::format(R"(,"pos":{},"conversations":{}],"next_cursor":{}}})", log.head.value,
                              list, is_last ? "null" : fmt::to_string(page.page + 1));
}

}  // namespace

void show_sync(Call call) {
    auto const most = call.limits.page_size_max;
    auto const limit = query_integer(call.request, "limit", most, 1, most);
    auto const cursor = query_integer(call.request, "cursor", 1, 1, 1'000'000);
    if (!limit) return call.reply(refuse(limit.error()));
    if (!cursor) return call.reply(refuse(cursor.error()));
    store::PageRequest const page{static_cast<std::uint32_t>(*cursor),
                                  static_cast<std::uint32_t>(*limit)};
    read(call, [user = call.user(), page](store::Reader& reader) {
        auto body = snapshot(reader, user, page);
        return body ? json(*std::move(body)) : refuse(body.error());
    });
}

void show_presence(Call call) {
    auto const ids = query_users(call.request, "ids", call.limits.presence_ids_max);
    auto const taken = call.hub->presence(
        call.user(), ids,
        [call](std::vector<store::Presence> const& people, std::vector<UserId> const& online) {
            call.reply(json(wire::encode_presence(people, online)));
        });
    if (!taken) call.reply(refuse(taken.error()));
}

}  // namespace sewa::api
