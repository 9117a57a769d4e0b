#include "api/download.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "files/byte_range.h"
#include "files/disposition.h"
#include "files/file_type.h"

namespace sewa::api {

namespace {

// What is read ahead of the shard; of a larger file the kernel reads the rest as it is sent.
constexpr std::uint64_t kWarmBytesMax = 8 << 20;
constexpr std::size_t kWarmStep = 128 * 1024;

// What a request asks for, kept until the answer is made elsewhere.
struct Asked {
    AttachmentId id;
    UserId user;  // 0: by a link.
    std::string range, if_range, if_none_match;
};

Result<Asked> asked_by(http::Request const& request, AttachmentId id, ApiParts const& parts) {
    Asked asked;
    asked.id = id;
    auto const header = [&](std::string_view name) {
        return std::string(request.headers.find(name).value_or(""));
    };
    asked.range = header("Range");
    asked.if_range = header("If-Range");
    asked.if_none_match = header("If-None-Match");
    if (auto const signature = request.query.find("signature")) {
        SEWA_CHECK(admit_address(request, parts));
        auto const expires = request.query.find("expires").value_or("");
        SEWA_CHECK(parts.uploads->parts().links.check(id, expires, *signature));
        return asked;
    }
    SEWA_TRY(auto const caller, admitted_caller(request, parts));
    asked.user = caller.user;
    return asked;
}

// One of a list of tags, whether they are called weak or not (RFC 9110 §13.1.2).
bool has_tag(std::string_view list, std::string_view tag) {
    return list == "*" || list.find(tag) != list.npos;
}

// The content never changes under an id, and an id of another history has another name.
std::string tag_of(store::Attachment const& attachment) {
    return '"' + attachment.stored_name.substr(0, 16) + '"';
}

void add_headers(http::Response& response, store::Attachment const& attachment) {
    auto const& type = attachment.content_type;
    response.header("ETag", tag_of(attachment));
    response.header("Cache-Control", "private, max-age=3600");
    response.header("X-Content-Type-Options", "nosniff");
    // Even if a browser were to show it: it runs nothing and reaches nothing.
    response.header("Content-Security-Policy", "default-src 'none'; sandbox");
    response.header("Accept-Ranges", "bytes");
    response.header("Content-Type", type == "text/plain" ? "text/plain; charset=utf-8" : type);
    response.header("Content-Disposition",
                    files::content_disposition(attachment.name, files::may_be_inline(type)));
}

void warm(int fd, files::ByteRange const& range) {
    std::vector<char> scratch(kWarmStep);
    auto const end = range.offset + std::min(range.length, kWarmBytesMax);
    for (auto at = range.offset; at < end; at += kWarmStep) {
        auto const size = std::min<std::uint64_t>(kWarmStep, end - at);
        if (::pread(fd, scratch.data(), size, static_cast<off_t>(at)) <= 0) return;
    }
}

http::Response file_response(store::Attachment const& attachment, Asked const& asked,
                             files::Folder const& folder) {
    auto const size = static_cast<std::uint64_t>(attachment.bytes);
    bool const is_same = asked.if_range.empty() || asked.if_range == tag_of(attachment);
    auto const range = files::requested_range(is_same ? asked.range : "", size);
    if (!range) {
        auto response = to_response(refuse(error(Errc::kBadRequest, "nothing of that range")));
        http::Response unsatisfiable(416);
        unsatisfiable.body(response.take_body(), "application/json");
        unsatisfiable.header("Content-Range", fmt::format("bytes */{}", size));
        return unsatisfiable;
    }
    auto file = folder.open_file(attachment.stored_name);
    if (!file) return to_response(refuse(std::move(file.error())));
    warm(file->get(), *range);
    http::Response response(range->is_partial ? 206 : 200);
    add_headers(response, attachment);
    if (range->is_partial) {
        response.header("Content-Range", fmt::format("bytes {}-{}/{}", range->offset,
                                                     range->offset + range->length - 1, size));
    }
    response.file(*std::move(file), range->offset, range->length);
    return response;
}

http::Response respond(store::Attachment const& attachment, Asked const& asked,
                       files::Folder const& folder) {
    if (!has_tag(asked.if_none_match, tag_of(attachment))) {
        return file_response(attachment, asked, folder);
    }
    http::Response response(304);
    add_headers(response, attachment);
    return response;
}

void nothing(chat::Hub&) {}

}  // namespace

void send_file(http::RequestContext& context, http::PathIds const& ids, ApiParts const& parts) {
    auto const asked = asked_by(context.request(), {ids[0]}, parts);
    if (!asked) return context.respond(to_response(refuse(asked.error())));
    auto const responder = std::make_shared<http::Responder>(context.defer());
    auto const& desk = parts.uploads->parts();
    bool const is_asked = parts.hub.reads().push(
        chat::ReadQueue::Urgency::kLookup,
        [responder, asked = *asked, &desk](store::Reader& reader) -> chat::HubTask {
            auto const found =
                asked.user ? reader.attachment(asked.user, asked.id) : reader.attachment(asked.id);
            if (!found) {
                responder->send(to_response(refuse(found.error())));
                return nothing;
            }
            bool const is_taken = desk.disk.submit([responder, asked, found, &desk] {
                responder->send(respond(*found, asked, desk.folder));
            });
            if (!is_taken) {
                responder->send(
                    to_response(refuse(error(Errc::kUnavailable, "the disk is behind"))));
            }
            return nothing;
        });
    if (!is_asked) responder->send(to_response(refuse(chat::ReadQueue::refusal().value())));
}

}  // namespace sewa::api
