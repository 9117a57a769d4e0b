#include <fmt/format.h>

#include "api/server_resources.h"
#include "wire/encode.h"
#include "wire/rest_objects.h"

// Who may come in, and what a person may ask for: to be forgotten, or to get all that is stored.

namespace sewa::api {

namespace {

// Step by step, so that other writes find their place in between.
void erase_from(Call call, store::ErasePerson::From from) {
    store::ErasePerson erasure{UserId{call.id()}, from};
    write(std::move(call), erasure, [](Call const& done, store::Receipt const& receipt) {
        if (receipt.next.conversation) return erase_from(done, receipt.next);
        done.reply(json(R"({"status":"erased"})"));
    });
}

Answer exported(store::Reader& reader, UserId user, store::ErasePerson::From from) {
    auto const page = reader.export_person(user, from);
    if (!page) return refuse(page.error());
    if (!page->profile && page->conversations.empty() && !from.conversation) {
        return refuse(error(Errc::kNotFound, "no such person"));
    }
    std::string body = R"({"person":)";
    wire::append_person(body, page->profile ? page->profile->person : Person{.id = user});
    body += R"(,"conversations":[)";
    for (auto const& membership : page->conversations) {
        if (body.back() != '[') body += ',';
        body += wire::encode_membership(membership);
    }
    body += R"(],"messages":[)";
    for (auto const& message : page->messages) {
        if (body.back() != '[') body += ',';
        wire::append_message_object(body, message, {}, user);
    }
    auto const& next = page->next;
    if (!next.conversation) return json(body + R"(],"next":null})");
    return json(body + fmt::format(R"(],"next":"?conversation={}&after={}"}})",
                                   next.conversation.value, next.conv_seq.value));
}

}  // namespace

void change_access(Call call, store::AccessVerb verb) {
    store::ChangeAccess command{UserId{call.id()}, verb};
    write(std::move(call), command,
          [](Call const& done, store::Receipt const&) { done.reply(json(R"({"status":"ok"})")); });
}

void erase_person(Call call) {
    erase_from(std::move(call), {});
}

void export_person(Call call) {
    auto const conversation = query_integer(call.request, "conversation", 0, 0, kIdMax);
    auto const after = query_integer(call.request, "after", 0, 0, kIdMax);
    if (!conversation) return call.reply(refuse(conversation.error()));
    if (!after) return call.reply(refuse(after.error()));
    store::ErasePerson::From const from{ConversationId{*conversation}, ConvSeq{*after}};
    auto const user = UserId{call.id()};
    read(std::move(call),
         [user, from](store::Reader& reader) { return exported(reader, user, from); });
}

}  // namespace sewa::api
