#include "api/paging.h"
#include "api/resources.h"
#include "chat/validate.h"
#include "wire/encode.h"

namespace sewa::api {

namespace {

Answer conversation_list(store::Reader& reader, http::Request const& request, UserId user,
                         store::ConversationFilter const& filter, store::PageRequest page) {
    auto const found = reader.conversations(user, filter, page);
    if (!found) return refuse(found.error());
    std::string results = "[";
    for (auto const& conversation : found->conversations) {
        if (results.size() > 1) results += ',';
        wire::append_conversation_object(results, conversation, user);
    }
    results += ']';
    return json(wire::encode_list(found->count, links_of(request, page, found->count), results));
}

Result<store::ConversationFilter> filter_of(http::Request const& request) {
    store::ConversationFilter filter;
    filter.search = query_text(request, "search");
    SEWA_TRY(filter.has_unread, query_bool(request, "has_unread"));
    SEWA_TRY(filter.is_active, query_bool(request, "is_active"));
    return filter;
}

void list(Call call, Result<store::ConversationFilter> filter) {
    auto const page = page_of(call.request, 10, call.limits.page_size_max);
    if (!filter) return call.reply(refuse(filter.error()));
    if (!page) return call.reply(refuse(page.error()));
    auto const user = call.user();
    auto const request = call.request;
    read(std::move(call), [request, user, filter = *filter, page = *page](store::Reader& reader) {
        return conversation_list(reader, request, user, filter, page);
    });
}

Answer conversation_with_messages(store::Reader& reader, http::Request const& request, UserId user,
                                  ConversationId id, store::PageRequest page) {
    auto const view = reader.conversation(user, id);
    if (!view) return refuse(view.error());
    auto const messages = reader.messages(user, id, page);
    if (!messages) return refuse(messages.error());
    auto const list = wire::encode_message_list(*messages, view->markers, user);
    auto const links = links_of(request, page, messages->count);
    std::string body;
    wire::open_conversation_object(body, *view, user);
    body += fmt::format(R"(,"messages_count":{},"messages":{},"latest_messages":{}}})",
                        messages->count, list, list);
    return json(std::move(body));
}

// What a fresh or continued thread is answered with: the thread, and its first message if any.
Answer opened(store::Reader& reader, UserId user, store::Receipt const& receipt, bool has_message) {
    auto const view = reader.conversation(user, receipt.conversation);
    if (!view) return refuse(view.error());
    std::string body = R"({"conversation":)";
    wire::append_conversation_object(body, *view, user);
    body += fmt::format(R"(,"conversation_id":{},"message":)", receipt.conversation.value);
    auto const message = has_message ? reader.message(user, receipt.pos)
                                     : Result<store::MessageView>(fail(Errc::kNotFound, ""));
    if (message) {
        wire::append_message_object(body, *message, view->markers, user);
    } else {
        body += "null";
    }
    body += fmt::format(R"(,"duplicate":{}}})", receipt.duplicate);
    return json(std::move(body), 201);
}

Result<store::OpenConversation> opening_of(Call const& call, wire::JsonBody const& body) {
    store::OpenConversation open;
    open.customer = call.user();
    SEWA_TRY(open.service.value, body.id_or(body.has("service_id") ? "service_id" : "service", 0));
    SEWA_TRY(open.provider.value,
             body.id_or(body.has("provider_id") ? "provider_id" : "provider", 0));
    if (!open.service) return fail(Errc::kBadRequest, "`service_id` is missing", "service_id");
    SEWA_TRY(auto const text, body.string_or("initial_message", ""));
    SEWA_TRY(open.initial_message,
             chat::check_content(text, call.limits.content_chars_max, true, "initial_message"));
    SEWA_TRY(open.client_msg_id, body.string_or("client_msg_id", ""));
    SEWA_CHECK(chat::check_client_msg_id(open.client_msg_id));
    return open;
}

}  // namespace

void list_conversations(Call call) {
    auto filter = filter_of(call.request);
    list(std::move(call), std::move(filter));
}

void list_archived(Call call) {
    store::ConversationFilter filter;
    filter.archived = true;
    list(std::move(call), filter);
}

void open_conversation(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto open = opening_of(call, *body);
    if (!open) return call.reply(refuse(open.error()));
    bool const has_message = !open->initial_message.empty();
    write(std::move(call), *std::move(open),
          [has_message](Call const& done, store::Receipt const& receipt) {
              read(done, [user = done.user(), receipt, has_message](store::Reader& reader) {
                  return opened(reader, user, receipt, has_message);
              });
          });
}

void show_conversation(Call call) {
    auto const page = page_of(call.request, 50, call.limits.page_size_max);
    if (!page) return call.reply(refuse(page.error()));
    read(call, [request = call.request, user = call.user(), id = ConversationId{call.id()},
                page = *page](store::Reader& reader) {
        return conversation_with_messages(reader, request, user, id, page);
    });
}

void mark_conversation_read(Call call) {
    store::MarkRead mark{ConversationId{call.id()}, call.user(), ConvSeq{kIdMax}};
    if (!call.request.body.empty()) {
        auto const body = json_body(call);
        if (!body) return;
        auto const up_to = body->id_or("up_to", kIdMax);
        if (!up_to) return call.reply(refuse(up_to.error()));
        mark.up_to.value = *up_to;
    }
    write(std::move(call), mark,
          [](Call const& done, store::Receipt const&) { done.reply(json(R"({"status":"ok"})")); });
}

void change_conversation(Call call, ConversationChange change) {
    store::ChangeConversation command;
    command.conversation = ConversationId{call.id()};
    command.user = call.user();
    command.change = change;
    write(std::move(call), std::move(command), [change](Call const& done, store::Receipt const&) {
        done.reply(change == ConversationChange::kDeleted ? no_content()
                                                          : json(R"({"status":"ok"})"));
    });
}

void list_participants(Call call) {
    auto const page = page_of(call.request, 50, call.limits.page_size_max);
    if (!page) return call.reply(refuse(page.error()));
    read(call, [request = call.request, user = call.user(), id = ConversationId{call.id()},
                page = *page](store::Reader& reader) {
        auto const found = reader.participants(user, id, page);
        if (!found) return refuse(found.error());
        std::string results = "[";
        for (auto const& person : found->people) {
            if (results.size() > 1) results += ',';
            wire::append_person(results, person);
        }
        auto const links = links_of(request, page, found->count);
        return json(wire::encode_list(found->count, links, results + "]"));
    });
}

void show_events(Call call) {
    auto const after = query_integer(call.request, "after", 0, 0, kIdMax);
    auto const limit =
        query_integer(call.request, "limit", call.limits.events_max, 1, call.limits.events_max);
    if (!after) return call.reply(refuse(after.error()));
    if (!limit) return call.reply(refuse(limit.error()));
    read(call, [user = call.user(), id = ConversationId{call.id()}, after = ConvSeq{*after},
                limit = static_cast<std::uint32_t>(*limit)](store::Reader& reader) {
        auto const page = reader.events(user, id, after, limit);
        return page ? json(wire::encode_events(*page)) : refuse(page.error());
    });
}

void signal_typing(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto const is_typing = body->bool_or("is_typing", true);
    if (!is_typing) return call.reply(refuse(is_typing.error()));
    auto& hub = *call.hub;
    ConversationId const id{call.id()};
    auto const user = call.user();
    auto name = call.caller.name;
    hub.typing(user, std::move(name), id, *is_typing,
               [call = std::move(call)](Status const& taken) {
                   call.reply(taken ? no_content() : refuse(taken.error()));
               });
}

}  // namespace sewa::api
