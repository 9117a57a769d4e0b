#include "api/attachments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/download.h"
#include "api/resources.h"
#include "api/upload.h"
#include "core/utf8.h"
#include "wire/attachments.h"
#include "wire/encode.h"

namespace sewa::api {

namespace {

using http::Method;

constexpr std::string_view kBase = "/api/messaging/";
constexpr std::uint64_t kFormOverheadBytes = 128 * 1024;  // Beside the file: fields, boundaries.

Result<http::BodyPlan> plan(http::Request const& head, ApiParts const& parts) {
    SEWA_TRY(auto caller, admitted_caller(head, parts));
    auto const type = head.headers.find("Content-Type").value_or("");
    SEWA_TRY(auto const boundary, files::boundary_of(type));
    SEWA_TRY(auto place, parts.uploads->admit(caller.user));
    auto upload = std::make_unique<Upload>(*parts.uploads, std::move(place), std::move(caller));
    upload->begin(boundary, parts.random);
    return http::BodyPlan{.bytes_max = parts.uploads->limits().bytes_max + kFormOverheadBytes,
                          .sink = std::move(upload)};
}

http::BodyPlan plan_form(http::Request const& head, ApiParts const& parts) {
    auto planned = plan(head, parts);
    if (planned) return *std::move(planned);
    return {.refusal = to_response(refuse(planned.error()))};
}

bool is_form(http::Request const& request) {
    auto const type = request.headers.find("Content-Type").value_or("");
    constexpr std::string_view kForm = "multipart/form-data";
    return http::equals_ignoring_case(type.substr(0, kForm.size()), kForm);
}

using Attached = std::function<void(Call, store::Attachment)>;

// A file that is in its place becomes known to the store; without that it is removed again.
void add_to_store(Call call, store::Attachment attachment, ApiParts const& parts,
                  Attached attached) {
    auto& desk = *parts.uploads;
    auto const shared = std::make_shared<Call>(std::move(call));
    store::AddAttachment command{attachment, desk.limits().owner_bytes_max};
    auto const refused = [shared, &desk, name = attachment.stored_name](Error const& error) {
        desk.remove_later(name);
        desk.counters().refused.fetch_add(1, std::memory_order_relaxed);
        shared->reply(refuse(error));
    };
    auto const taken = parts.hub.write(
        std::move(command), [=, &desk](Result<store::Receipt> const& result) mutable {
            if (!result) return refused(result.error());
            desk.counters().uploads.fetch_add(1, std::memory_order_relaxed);
            desk.counters().bytes.fetch_add(static_cast<std::uint64_t>(attachment.bytes),
                                            std::memory_order_relaxed);
            attachment.id = result->attachment;
            attached(std::move(*shared), std::move(attachment));
        });
    if (!taken) refused(taken.error());
}

void store_file(std::unique_ptr<Upload> upload, Call call, ApiParts const& parts,
                Attached attached) {
    auto const shared = std::make_shared<Call>(std::move(call));
    std::shared_ptr<Upload> const kept(std::move(upload));  // Its place is taken until the end.
    kept->store(this_shard(), [kept, shared, &parts, attached](chat::Hub&,
                                                               Result<store::Attachment> stored) {
        if (stored) {
            return add_to_store(std::move(*shared), *std::move(stored), parts, attached);
        }
        parts.uploads->counters().refused.fetch_add(1, std::memory_order_relaxed);
        shared->reply(refuse(stored.error()));
    });
}

// Without a body there was nothing to plan: nullptr, and the request has been answered.
std::unique_ptr<Upload> take_upload(http::RequestContext& context, ApiParts const& parts) {
    auto sink = context.take_sink();
    if (sink) return std::unique_ptr<Upload>(static_cast<Upload*>(sink.release()));
    auto const caller = admitted_caller(context.request(), parts);
    context.respond(to_response(
        refuse(caller ? error(Errc::kBadRequest, "the body is empty") : caller.error())));
    return nullptr;
}

Status check_attachment_form(Upload const& upload) {
    SEWA_CHECK(upload.check_form());
    if (upload.has_file()) return {};
    return fail(Errc::kBadRequest, "send one file, as `file`", "file");
}

void post_attachment(http::RequestContext& context, http::PathIds const& ids,
                     ApiParts const& parts) {
    auto upload = take_upload(context, parts);
    if (!upload) return;
    if (auto const checked = check_attachment_form(*upload); !checked) {
        return context.respond(to_response(refuse(checked.error())));
    }
    auto call = call_of(context, ids, upload->caller(), parts);
    store_file(std::move(upload), std::move(call), parts,
               [&parts](Call done, store::Attachment const& attachment) {
                   std::string body;
                   wire::append_attachment(body, attachment);
                   done.reply(json(wire::with_links(body, &parts.uploads->parts().links), 201));
               });
}

// A number as one, anything else as a text, for the JSON rules to judge.
void append_field(std::string& out, std::string_view key, std::string const& text) {
    out += fmt::format(R"({}"{}":)", out.size() > 1 ? "," : "", key);
    bool const is_number = !text.empty() && text.size() <= 16 &&
                           text.find_first_not_of("0123456789") == text.npos && text[0] != '0';
    bool const is_id = key == "conversation" || key == "reply_to";
    is_id&& is_number ? static_cast<void>(out += text) : wire::append_json_string(out, text);
}

// The form of a message as the JSON object that it would be.
Result<std::string> json_of(Upload const& upload) {
    std::string out = "{";
    for (std::string_view const key :
         {"conversation", "conversation_id", "text", "content", "client_msg_id", "reply_to"}) {
        auto const text = upload.field(key);
        if (text.empty()) continue;
        if (!is_utf8(text)) return fail(Errc::kBadRequest, "not UTF-8", std::string(key));
        append_field(out, key == "conversation_id" ? "conversation" : key, text);
    }
    return out;
}

void post_message_form(http::RequestContext& context, http::PathIds const& ids,
                       ApiParts const& parts) {
    if (!is_form(context.request())) return answer_with(context, ids, parts, post_message);
    auto upload = take_upload(context, parts);
    if (!upload) return;
    auto const checked = upload->check_form();
    auto const body = json_of(*upload);
    if (!checked) return context.respond(to_response(refuse(checked.error())));
    if (!body) return context.respond(to_response(refuse(body.error())));
    auto call = call_of(context, ids, upload->caller(), parts);
    if (!upload->has_file()) {
        call.request.body = *body + '}';
        return post_message(std::move(call));
    }
    store_file(std::move(upload), std::move(call), parts,
               [text = *body](Call done, store::Attachment const& attachment) {
                   done.request.body = fmt::format(R"({}{}"attachments":[{}]}})", text,
                                                   text.size() > 1 ? "," : "", attachment.id.value);
                   post_message(std::move(done));
               });
}

void show_attachment(Call call, ApiParts const& parts) {
    auto const* const links = &parts.uploads->parts().links;
    read(call, [user = call.user(), id = AttachmentId{call.id()}, links](store::Reader& reader) {
        auto const found = reader.attachment(user, id);
        if (!found) return refuse(found.error());
        std::string body;
        wire::append_attachment(body, *found);
        return json(wire::with_links(body, links));
    });
}

using Handle = void (*)(http::RequestContext&, http::PathIds const&, ApiParts const&);

http::RouteHandler with(ApiParts const& parts, Handle handle) {
    return [&parts, handle](http::RequestContext& context, http::PathIds const& ids) {
        handle(context, ids, parts);
    };
}

}  // namespace

void add_attachment_routes(http::Router& router, ApiParts const& parts) {
    auto const path = [](std::string_view rest) { return std::string(kBase) + std::string(rest); };
    router.add(
        {.method = Method::kPost,
         .pattern = path("attachments/"),
         .handler = with(parts, post_attachment),
         .plan_body = [&parts](http::Request const& head) { return plan_form(head, parts); }});
    router.add({.method = Method::kPost,
                .pattern = path("messages/"),
                .handler = with(parts, post_message_form),
                .plan_body = [&parts](http::Request const& head) {
                    if (is_form(head)) return plan_form(head, parts);
                    return http::BodyPlan{.bytes_max = parts.limits.body_bytes_max};
                }});
    router.add({.method = Method::kGet,
                .pattern = path("attachments/{id}/"),
                .handler = [&parts](http::RequestContext& context, http::PathIds const& ids) {
                    answer_with(context, ids, parts,
                                [&parts](Call call) { show_attachment(std::move(call), parts); });
                }});
    router.add({.method = Method::kGet,
                .pattern = path("attachments/{id}/file/"),
                .handler = with(parts, send_file)});
}

}  // namespace sewa::api
