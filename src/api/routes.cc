#include "api/routes.h"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <memory>

#include "api/attachments.h"
#include "api/resources.h"
#include "chat/profile.h"

namespace sewa::api {

namespace {

constexpr std::string_view kBase = "/api/messaging/";
constexpr std::string_view kBearer = "Bearer ";

using http::Method;

Result<auth::Claims> caller_of(http::Request const& request, session::Authenticator const& auth) {
    auto const header = request.headers.find("Authorization");
    if (!header || !header->starts_with(kBearer)) {
        return fail(Errc::kUnauthorized, "send Authorization: Bearer <token>");
    }
    return auth.verify(header->substr(kBearer.size()));
}

void log_refusal(http::Request const& request, Error const& error, ApiParts const& parts) {
    if (parts.log == nullptr) return;
    parts.log->limited(observe::Level::kInfo, "login_refused",
                       {{"why", error.message}, {"from", request.remote.text()}});
}

using Instant = std::chrono::steady_clock::time_point;

void count(observe::MetricSlot* metrics, Instant began) {
    if (metrics == nullptr) return;
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
    metrics->add(observe::Counter::kHttpRequests);
    metrics->observe(observe::Histogram::kHttpSeconds, took.count());
}

tl::unexpected<Error> too_often(ApiParts const& parts, std::uint32_t wait_ms) {
    if (parts.metrics != nullptr) parts.metrics->add(observe::Counter::kRequestsLimited);
    auto refused = error(Errc::kRateLimited, "too many requests; slow down");
    refused.retry_after_ms = wait_ms;
    return fail(std::move(refused));
}

}  // namespace

Status admit_address(http::Request const& request, ApiParts const& parts) {
    auto const address = parts.addresses.of(request);
    auto const wait_ms =
        address ? parts.address_limiter.take(*address, parts.clock.mono()) : std::uint32_t{0};
    if (wait_ms == 0) return {};
    return too_often(parts, wait_ms);
}

// The address comes before the token: verifying one costs more than refusing.
Result<auth::Claims> admitted_caller(http::Request const& request, ApiParts const& parts) {
    SEWA_CHECK(admit_address(request, parts));
    auto caller = caller_of(request, parts.authenticator);
    if (!caller) {
        log_refusal(request, caller.error(), parts);
        return caller;
    }
    auto const wait_ms = parts.limiter.take(caller->user, parts.clock.mono());
    if (wait_ms == 0) return caller;
    return too_often(parts, wait_ms);
}

Call call_of(http::RequestContext& context, http::PathIds const& ids, auth::Claims caller,
             ApiParts const& parts) {
    if (context.request().method == Method::kPost) chat::save_profile(parts.hub, caller);
    Call call;
    call.request = std::move(context.request());
    for (std::size_t i = 0; i < ids.size(); ++i) call.ids.push_back(ids[i]);
    call.caller = std::move(caller);
    call.hub = &parts.hub;
    call.limits = parts.limits;
    auto const responder = std::make_shared<http::Responder>(context.defer());
    call.reply = [responder, metrics = parts.metrics,
                  began = std::chrono::steady_clock::now()](Answer answer) {
        responder->send(to_response(std::move(answer)));
        count(metrics, began);
    };
    return call;
}

// An exception ends this request: dropping its responder answers 500.
void answer_with(http::RequestContext& context, http::PathIds const& ids, ApiParts const& parts,
                 Resource const& resource) {
    try {
        auto caller = admitted_caller(context.request(), parts);
        if (!caller) return context.respond(to_response(refuse(caller.error())));
        resource(call_of(context, ids, *std::move(caller), parts));
    } catch (std::exception const&) {
        if (context.is_settled()) return;
        context.respond(
            to_response(refuse(error(Errc::kInternal, "the server could not make this answer"))));
    }
}

namespace {

class Routes {
public:
    Routes(http::Router& router, ApiParts const& parts) : router_(router), parts_(parts) {}

    void add(Method method, std::string_view path, Resource resource) {
        router_.add({method, std::string(kBase) + std::string(path),
                     [parts = &parts_, resource = std::move(resource)](
                         http::RequestContext& context, http::PathIds const& ids) {
                         answer_with(context, ids, *parts, resource);
                     },
                     parts_.limits.body_bytes_max});
    }

    void add_change(std::string_view name, ConversationChange change) {
        add(Method::kPost, fmt::format("conversations/{{id}}/{}/", name),
            [change](Call call) { change_conversation(std::move(call), change); });
    }

private:
    http::Router& router_;
    ApiParts const& parts_;
};

void add_conversations(Routes& routes) {
    routes.add(Method::kGet, "conversations/", list_conversations);
    routes.add(Method::kPost, "conversations/", open_conversation);
    routes.add(Method::kGet, "conversations/archived/", list_archived);
    routes.add(Method::kGet, "conversations/{id}/", show_conversation);
    routes.add(Method::kDelete, "conversations/{id}/", [](Call call) {
        change_conversation(std::move(call), ConversationChange::kDeleted);
    });
    routes.add(Method::kGet, "conversations/{id}/participants/", list_participants);
    routes.add(Method::kGet, "conversations/{id}/events/", show_events);
    routes.add(Method::kPost, "conversations/{id}/mark_as_read/", mark_conversation_read);
    routes.add(Method::kPost, "conversations/{id}/typing/", signal_typing);
    routes.add_change("archive", ConversationChange::kArchived);
    routes.add_change("unarchive", ConversationChange::kUnarchived);
    routes.add_change("pin", ConversationChange::kPinned);
    routes.add_change("unpin", ConversationChange::kUnpinned);
    routes.add_change("mute", ConversationChange::kMuted);
    routes.add_change("unmute", ConversationChange::kUnmuted);
}

void add_messages(Routes& routes, ApiParts const& parts) {
    routes.add(Method::kGet, "messages/", list_messages);
    // With attachments, this one also comes as a form.
    if (parts.uploads == nullptr) routes.add(Method::kPost, "messages/", post_message);
    routes.add(Method::kGet, "messages/{id}/", show_message);
    routes.add(Method::kPatch, "messages/{id}/", edit_message);
    routes.add(Method::kDelete, "messages/{id}/", delete_message);
    routes.add(Method::kPost, "messages/{id}/reactions/", react_to_message);
    routes.add(Method::kPost, "messages/{id}/mark_as_read/", mark_message_read);
    routes.add(Method::kPost, "messages/{id}/flag/", flag_message);
}

void issue_ticket(Call call, ApiParts const& parts) {
    auto const ticket = parts.tickets.issue(call.caller, parts.random);
    if (!ticket) return call.reply(refuse(ticket.error()));
    call.reply(json(fmt::format(R"({{"ticket":"{}","expires_in":30}})", *ticket), 201));
}

}  // namespace

http::Response to_response(Answer answer) {
    auto response = http::Response(answer.status);
    if (answer.status != 204) response.body(std::move(answer.body), "application/json");
    response.header("Cache-Control", "no-store");
    response.header("X-Content-Type-Options", "nosniff");
    for (auto const& [name, value] : answer.headers) response.header(name, value);
    return response;
}

void add_routes(http::Router& router, ApiParts const& parts) {
    router.add({Method::kGet, std::string(kBase) + "health/",
                [version = std::string(parts.version)](http::RequestContext& context,
                                                       http::PathIds const&) {
                    context.respond(to_response(json(fmt::format(
                        R"({{"status":"ok","service":"sewa","version":"{}"}})", version))));
                }});
    Routes routes(router, parts);
    routes.add(Method::kPost, "ws-ticket/",
               [&parts](Call call) { issue_ticket(std::move(call), parts); });
    routes.add(Method::kGet, "sync/", show_sync);
    routes.add(Method::kGet, "presence/", show_presence);
    routes.add(Method::kGet, "search/", search_messages);
    add_conversations(routes);
    add_messages(routes, parts);
    if (parts.uploads != nullptr) add_attachment_routes(router, parts);
}

}  // namespace sewa::api
