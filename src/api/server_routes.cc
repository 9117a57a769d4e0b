#include "api/server_routes.h"

#include <fmt/format.h>

#include <exception>
#include <memory>

#include "api/routes.h"
#include "api/server_resources.h"

namespace sewa::api {

namespace {

constexpr std::string_view kServerBase = "/api/messaging/server/";

using Resource = std::function<void(Call)>;
using auth::Scope;
using http::Method;

std::string_view key_text(http::Request const& request) {
    auto const header = request.headers.find("Authorization").value_or(std::string_view{});
    for (std::string_view const scheme : {"Api-Key ", "Bearer "}) {
        if (header.starts_with(scheme)) return header.substr(scheme.size());
    }
    return {};
}

// The number of the key that makes this call.
Result<std::uint32_t> admit(http::Request const& request, ServerApiParts const& parts,
                            Scope scope) {
    auto const keys = parts.keys.current();
    auto const* const key = auth::find_api_key(*keys, key_text(request));
    if (key == nullptr) {
        return fail(Errc::kUnauthorized,
                    "send Authorization: Api-Key <key>, made by `sewa apikey create`");
    }
    if (auto const wait_ms = parts.limiter.take(UserId{key->id}, parts.clock.mono())) {
        auto refused = error(Errc::kRateLimited, "too many requests with this key; slow down");
        refused.retry_after_ms = wait_ms;
        return fail(std::move(refused));
    }
    if (!key->scopes.has(scope)) {
        return fail(Errc::kForbidden, fmt::format("this key has no scope `{}`", name(scope)));
    }
    return key->id;
}

void call_resource(http::RequestContext& context, http::PathIds const& ids,
                   ServerApiParts const& parts, Resource const& resource) {
    Call call;
    call.request = std::move(context.request());
    for (std::size_t i = 0; i < ids.size(); ++i) call.ids.push_back(ids[i]);
    call.hub = &parts.hub;
    call.limits = parts.limits;
    auto const responder = std::make_shared<http::Responder>(context.defer());
    call.reply = [responder](Answer answer) { responder->send(to_response(std::move(answer))); };
    try {
        resource(call);
    } catch (std::exception const&) {
        call.reply(refuse(error(Errc::kInternal, "the server could not make this answer")));
    }
}

class ServerRoutes {
public:
    ServerRoutes(http::Router& router, ServerApiParts const& parts)
        : router_(router), parts_(parts) {}

    void add(Method method, std::string_view path, Scope scope, Resource resource) {
        router_.add({method, std::string(kServerBase) + std::string(path),
                     [parts = &parts_, scope, resource = std::move(resource)](
                         http::RequestContext& context, http::PathIds const& ids) {
                         auto const key = admit(context.request(), *parts, scope);
                         if (!key) return context.respond(to_response(refuse(key.error())));
                         call_resource(context, ids, *parts, resource);
                     },
                     parts_.limits.body_bytes_max});
    }

    void add_state(std::string_view name, ConversationChange change) {
        add(Method::kPost, fmt::format("conversations/{{id}}/{}/", name), Scope::kConversations,
            [change](Call call) { change_state(std::move(call), change); });
    }

    void add_access(std::string_view name, store::AccessVerb verb) {
        add(Method::kPost, fmt::format("people/{{id}}/{}/", name), Scope::kAccess,
            [verb](Call call) { change_access(std::move(call), verb); });
    }

private:
    http::Router& router_;
    ServerApiParts const& parts_;
};

}  // namespace

void add_server_routes(http::Router& router, ServerApiParts const& parts) {
    ServerRoutes routes(router, parts);
    routes.add(Method::kPut, "people/{id}/", Scope::kDirectory, put_person);
    routes.add(Method::kDelete, "people/{id}/", Scope::kPrivacy, erase_person);
    routes.add(Method::kGet, "people/{id}/export/", Scope::kPrivacy, export_person);
    routes.add_access("ban", store::AccessVerb::kBan);
    routes.add_access("unban", store::AccessVerb::kUnban);
    routes.add_access("logout", store::AccessVerb::kRevoke);
    routes.add(Method::kPut, "services/{id}/", Scope::kDirectory, put_service);
    routes.add(Method::kGet, "presence/", Scope::kPresence, show_server_presence);
    routes.add(Method::kPost, "conversations/", Scope::kConversations, create_conversation);
    routes.add(Method::kPatch, "conversations/{id}/", Scope::kConversations, rename_conversation);
    routes.add(Method::kPost, "conversations/{id}/participants/", Scope::kConversations,
               add_participant);
    routes.add(Method::kDelete, "conversations/{id}/participants/{id}/", Scope::kConversations,
               remove_participant);
    routes.add(Method::kGet, "webhooks/", Scope::kWebhooks,
               [&parts](Call call) { call.reply(json(parts.webhooks())); });
    routes.add_state("close", ConversationChange::kClosed);
    routes.add_state("reopen", ConversationChange::kReopened);
    routes.add_state("block", ConversationChange::kBlocked);
    routes.add_state("unblock", ConversationChange::kUnblocked);
    routes.add(Method::kPost, "conversations/{id}/messages/", Scope::kMessages,
               post_system_message);
}

}  // namespace sewa::api
