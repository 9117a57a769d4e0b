#include <fmt/format.h>

#include "api/server_resources.h"
#include "chat/validate.h"
#include "wire/encode.h"
#include "wire/rest_objects.h"

// Conversations, their members and the marketplace's own messages.

namespace sewa::api {

namespace {

constexpr std::size_t kTitleBytesMax = 200;
constexpr std::size_t kParticipantsMax = 10'000;

Result<std::string> title_of(wire::JsonBody const& body) {
    SEWA_TRY(auto title, body.string_or("title", ""));
    if (title.empty() || title.size() > kTitleBytesMax) {
        return fail(Errc::kBadRequest, "`title` has 1 to 200 bytes", "title");
    }
    return title;
}

Result<store::OpenConversation> direct_of(wire::JsonBody const& body, std::size_t chars_max) {
    store::OpenConversation open;
    SEWA_TRY(open.service.value, body.id_or("service_id", 0));
    SEWA_TRY(open.provider.value, body.id_or("provider_id", 0));
    SEWA_TRY(open.customer.value, body.id_or("customer_id", 0));
    if (!open.service) return fail(Errc::kBadRequest, "`service_id` is missing", "service_id");
    if (!open.provider) return fail(Errc::kBadRequest, "`provider_id` is missing", "provider_id");
    if (!open.customer) return fail(Errc::kBadRequest, "`customer_id` is missing", "customer_id");
    SEWA_TRY(auto const text, body.string_or("initial_message", ""));
    SEWA_TRY(open.initial_message, chat::check_content(text, chars_max, true, "initial_message"));
    SEWA_TRY(open.client_msg_id, body.string_or("client_msg_id", ""));
    SEWA_CHECK(chat::check_client_msg_id(open.client_msg_id));
    return open;
}

Result<store::CreateGroup> group_of(wire::JsonBody const& body) {
    store::CreateGroup group;
    SEWA_TRY(group.title, title_of(body));
    SEWA_TRY(auto const ids, body.ids("participant_ids", kParticipantsMax));
    for (auto const id : ids) group.participants.push_back(UserId{id});
    return group;
}

struct Creation {
    store::Command command;
    UserId viewer;  // In whose eyes the answer shows the conversation.
};

Result<Creation> creation_of(Call const& call, wire::JsonBody const& body) {
    SEWA_TRY(auto const kind, body.string_or("kind", "direct"));
    if (kind == "direct") {
        SEWA_TRY(auto open, direct_of(body, call.limits.content_chars_max));
        auto const viewer = open.customer;
        return Creation{std::move(open), viewer};
    }
    if (kind == "group") {
        SEWA_TRY(auto group, group_of(body));
        auto const viewer = group.participants.empty() ? UserId{} : group.participants.front();
        return Creation{std::move(group), viewer};
    }
    return fail(Errc::kBadRequest, "`kind` must be \"direct\" or \"group\"", "kind");
}

Answer created(store::Reader& reader, UserId viewer, store::Receipt const& receipt) {
    auto const view = reader.conversation(viewer, receipt.conversation);
    if (!view) return refuse(view.error());
    auto body = fmt::format(R"({{"conversation_id":{},"created":{},"conversation":)",
                            receipt.conversation.value, receipt.conversation_created);
    wire::append_conversation_object(body, *view, viewer);
    return json(body + '}', receipt.conversation_created ? 201 : 200);
}

void change(Call call, store::ChangeConversation command) {
    command.conversation = ConversationId{call.id()};
    write(std::move(call), std::move(command), [](Call const& done, store::Receipt const& receipt) {
        done.reply(json(fmt::format(R"({{"status":"ok","changed":{}}})", !receipt.duplicate)));
    });
}

}  // namespace

void create_conversation(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto creation = creation_of(call, *body);
    if (!creation) return call.reply(refuse(creation.error()));
    write(std::move(call), std::move(creation->command),
          [viewer = creation->viewer](Call const& done, store::Receipt const& receipt) {
              read(done, [viewer, receipt](store::Reader& reader) {
                  return created(reader, viewer, receipt);
              });
          });
}

void rename_conversation(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto title = title_of(*body);
    if (!title) return call.reply(refuse(title.error()));
    store::ChangeConversation command;
    command.change = ConversationChange::kRenamed;
    command.title = *std::move(title);
    change(std::move(call), std::move(command));
}

void change_state(Call call, ConversationChange what) {
    store::ChangeConversation command;
    command.change = what;
    change(std::move(call), std::move(command));
}

void add_participant(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto const user = body->id_or("user_id", 0);
    if (!user) return call.reply(refuse(user.error()));
    if (*user == 0) {
        return call.reply(refuse(error(Errc::kBadRequest, "`user_id` is missing", "user_id")));
    }
    store::ChangeConversation command;
    command.change = ConversationChange::kParticipantAdded;
    command.participant = UserId{*user};
    change(std::move(call), std::move(command));
}

void remove_participant(Call call) {
    store::ChangeConversation command;
    command.change = ConversationChange::kParticipantRemoved;
    command.participant = UserId{call.id(1)};
    change(std::move(call), std::move(command));
}

void post_system_message(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto content = text_of(call, *body);
    if (!content) return call.reply(refuse(content.error()));
    auto key = body->string_or("client_msg_id", "");
    if (!key) return call.reply(refuse(key.error()));
    if (auto const checked = chat::check_client_msg_id(*key); !checked) {
        return call.reply(refuse(checked.error()));
    }
    store::PostMessage post;
    post.conversation = ConversationId{call.id()};
    post.content = *std::move(content);
    post.client_msg_id = *std::move(key);
    post.type = MessageType::kSystem;
    post.transport = Transport::kRest;
    write(std::move(call), std::move(post), [](Call const& done, store::Receipt const& receipt) {
        std::string message(wire::data_of(receipt.frame.payload()));
        message.pop_back();
        done.reply(json(message + fmt::format(R"(,"duplicate":{}}})", receipt.duplicate), 201));
    });
}

}  // namespace sewa::api
