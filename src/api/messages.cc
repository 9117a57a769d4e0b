#include "api/paging.h"
#include "api/resources.h"
#include "chat/validate.h"
#include "wire/encode.h"

namespace sewa::api {

namespace {

constexpr std::size_t kAttachmentsMax = 10;

struct HistoryRequest {
    ConversationId conversation;
    bool by_cursor = false;
    std::optional<ConvSeq> after;  // Ascending from here, instead of back from `before`.
    ConvSeq before;
    std::uint32_t limit = 50;
    store::PageRequest page;
};

Result<HistoryRequest> history_of(Call const& call) {
    HistoryRequest history;
    SEWA_TRY(history.conversation.value, query_integer(call.request, "conversation", 0, 0, kIdMax));
    if (!history.conversation) {
        return fail(Errc::kBadRequest, "`conversation` is missing", "conversation");
    }
    history.by_cursor = call.request.query.find("before") || call.request.query.find("limit");
    if (call.request.query.find("after")) {
        SEWA_TRY(auto const after, query_integer(call.request, "after", 0, 0, kIdMax));
        history.after = ConvSeq{after};
        history.by_cursor = true;
    }
    if (history.after && call.request.query.find("before")) {
        return fail(Errc::kBadRequest, "give `after` or `before`, not both", "before");
    }
    SEWA_TRY(history.before.value, query_integer(call.request, "before", 0, 0, kIdMax));
    auto const most = call.limits.page_size_max;
    SEWA_TRY(auto const limit, query_integer(call.request, "limit", 50, 1, most));
    history.limit = static_cast<std::uint32_t>(limit);
    SEWA_TRY(history.page, page_of(call.request, 50, most));
    return history;
}

Result<store::MessagePage> messages_of(store::Reader& reader, UserId user,
                                       HistoryRequest const& asked) {
    auto const id = asked.conversation;
    if (asked.after) return reader.messages_after(user, id, *asked.after, asked.limit);
    if (asked.by_cursor) return reader.messages_before(user, id, asked.before, asked.limit);
    return reader.messages(user, id, asked.page);
}

Answer history(store::Reader& reader, http::Request const& request, UserId user,
               HistoryRequest const& asked) {
    auto const messages = messages_of(reader, user, asked);
    if (!messages) return refuse(messages.error());
    auto const markers = reader.markers(asked.conversation);
    if (!markers) return refuse(markers.error());
    auto const list = wire::encode_message_list(*messages, *markers, user);
    if (asked.by_cursor) {
        return json(fmt::format(R"({{"results":{},"has_more":{}}})", list, messages->has_more));
    }
    return json(
        wire::encode_list(messages->count, links_of(request, asked.page, messages->count), list));
}

Answer one_message(store::Reader& reader, UserId user, MessageId id, int status) {
    auto const message = reader.message(user, id);
    if (!message) return refuse(message.error());
    auto const markers = reader.markers(message->conversation);
    std::string body;
    wire::append_message_object(body, *message, markers.value_or(std::vector<store::Marker>{}),
                                user);
    return json(std::move(body), status);
}

// With `duplicate` as a further key, so that a client can tell a repeat.
std::string with_duplicate(std::string object, bool duplicate) {
    object.pop_back();
    return object + fmt::format(R"(,"duplicate":{}}})", duplicate);
}

void reply_posted(Call const& call, store::Receipt const& receipt) {
    if (receipt.duplicate) {
        return read(call, [user = call.user(), id = receipt.pos](store::Reader& reader) {
            auto answer = one_message(reader, user, id, 201);
            if (answer.status == 201) answer.body = with_duplicate(std::move(answer.body), true);
            return answer;
        });
    }
    store::MessageView view;
    view.sender = call.user();
    view.conv_seq = receipt.conv_seq;
    view.data = wire::data_of(receipt.frame.payload());
    std::string body;
    wire::append_message_object(body, view, {}, call.user());
    call.reply(json(with_duplicate(std::move(body), false), 201));
}

Result<store::PostMessage> post_of(Call const& call, wire::JsonBody const& body) {
    store::PostMessage post;
    post.sender = call.user();
    post.transport = Transport::kRest;
    bool const is_short = body.has("conversation");
    SEWA_TRY(post.conversation.value, body.id_or(is_short ? "conversation" : "conversation_id", 0));
    if (!post.conversation) {
        return fail(Errc::kBadRequest, "`conversation` is missing", "conversation");
    }
    if (body.has("attachments")) {
        SEWA_TRY(post.attachments, body.ids("attachments", kAttachmentsMax));
    }
    SEWA_TRY(post.content, text_of(call, body, !post.attachments.empty()));
    SEWA_TRY(post.client_msg_id, body.string_or("client_msg_id", ""));
    SEWA_CHECK(chat::check_client_msg_id(post.client_msg_id));
    SEWA_TRY(post.reply_to.value, body.id_or("reply_to", 0));
    return post;
}

Result<DeleteScope> scope_of(Call const& call) {
    if (call.request.body.empty()) return DeleteScope::kMe;
    SEWA_TRY(auto const body, wire::JsonBody::parse(call.request.body));
    SEWA_TRY(auto const type, body.string_or("deletion_type", "self"));
    if (type == "everyone") return DeleteScope::kAll;
    if (type == "self") return DeleteScope::kMe;
    return fail(Errc::kBadRequest, "`deletion_type` must be \"self\" or \"everyone\"",
                "deletion_type");
}

}  // namespace

void list_messages(Call call) {
    auto const asked = history_of(call);
    if (!asked) return call.reply(refuse(asked.error()));
    read(call, [request = call.request, user = call.user(), asked = *asked](store::Reader& reader) {
        return history(reader, request, user, asked);
    });
}

void post_message(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto post = post_of(call, *body);
    if (!post) return call.reply(refuse(post.error()));
    write(std::move(call), *std::move(post), reply_posted);
}

void show_message(Call call) {
    read(call, [user = call.user(), id = MessageId{call.id()}](store::Reader& reader) {
        return one_message(reader, user, id, 200);
    });
}

void edit_message(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto content = text_of(call, *body);
    if (!content) return call.reply(refuse(content.error()));
    auto const id = MessageId{call.id()};
    store::EditMessage edit{id, call.user(), *std::move(content)};
    write(std::move(call), std::move(edit), [id](Call const& done, store::Receipt const&) {
        read(done, [user = done.user(), id](store::Reader& reader) {
            return one_message(reader, user, id, 200);
        });
    });
}

void delete_message(Call call) {
    auto const scope = scope_of(call);
    if (!scope) return call.reply(refuse(scope.error()));
    store::DeleteMessage command{MessageId{call.id()}, call.user(), *scope};
    write(std::move(call), command,
          [](Call const& done, store::Receipt const&) { done.reply(no_content()); });
}

void react_to_message(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto const emoji = body->string_or("emoji", "");
    auto const op = body->string_or("op", "add");
    if (!emoji) return call.reply(refuse(emoji.error()));
    if (auto const checked = chat::check_emoji(*emoji); !checked) {
        return call.reply(refuse(checked.error()));
    }
    if (!op || (*op != "add" && *op != "remove")) {
        return call.reply(
            refuse(error(Errc::kBadRequest, "`op` must be \"add\" or \"remove\"", "op")));
    }
    store::React react{MessageId{call.id()}, call.user(), *emoji,
                       *op == "add" ? ReactionOp::kAdd : ReactionOp::kRemove};
    write(std::move(call), std::move(react),
          [](Call const& done, store::Receipt const&) { done.reply(json(R"({"status":"ok"})")); });
}

// Reading a message means having read everything before it, too (M-9).
void mark_message_read(Call call) {
    look_up(call, [call](store::Reader& reader) -> chat::HubTask {
        auto const message = reader.message(call.user(), MessageId{call.id()});
        return [call, message](chat::Hub&) {
            if (!message) return call.reply(refuse(message.error()));
            write(call, store::MarkRead{message->conversation, call.user(), message->conv_seq},
                  [](Call const& done, store::Receipt const&) {
                      done.reply(json(R"({"status":"ok"})"));
                  });
        };
    });
}

void flag_message(Call call) {
    constexpr std::size_t kReasonCharsMax = 500;
    std::string reason;
    if (!call.request.body.empty()) {
        auto const body = json_body(call);
        if (!body) return;
        auto given = body->string_or("reason", "");
        if (!given) return call.reply(refuse(given.error()));
        auto checked = chat::check_content(*given, kReasonCharsMax, true, "reason");
        if (!checked) return call.reply(refuse(checked.error()));
        reason = *checked;
    }
    store::FlagMessage flag{MessageId{call.id()}, call.user(), std::move(reason)};
    write(std::move(call), std::move(flag),
          [](Call const& done, store::Receipt const&) { done.reply(json(R"({"status":"ok"})")); });
}

}  // namespace sewa::api
