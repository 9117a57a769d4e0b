#include "site/site.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <array>

namespace sewa::site {

namespace {

constexpr std::size_t kGzipBytesMin = 1024;

struct Type {
    std::string_view suffix;
    std::string_view content_type;
};
constexpr std::array<Type, 14> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".webmanifest", "application/manifest+json"},
    {".map", "application/json"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
}};
constexpr std::size_t kTextTypes = 8;  // The first ones.

Type const* find_type(std::string_view path) {
    for (auto const& type : kTypes) {
        if (path.ends_with(type.suffix)) return &type;
    }
    return nullptr;
}

std::string sha256_base64(std::string_view bytes) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::array<unsigned char, 48> text{};
    auto const length = EVP_EncodeBlock(text.data(), digest.data(), digest.size());
    return {reinterpret_cast<char const*>(text.data()), static_cast<std::size_t>(length)};
}

std::string gzip(std::string const& bytes) {
    constexpr int kGzipWindow = 15 + 16;
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 9, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        return {};
    }
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    auto const ended = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return ended == Z_STREAM_END && out.size() < bytes.size() ? out : std::string{};
}

std::string policy_of(std::string_view html) {
    return "default-src 'self'; script-src " + script_sources(html) +
           "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
           "media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
           "object-src 'none'; form-action 'self'";
}

bool accepts_gzip(http::Request const& request) {
    return request.headers.has_token("Accept-Encoding", "gzip");
}

}  // namespace

std::string_view cache_control_of(std::string_view path) {
    if (path.starts_with("_next/static/")) return "public, max-age=31536000, immutable";
    auto const* const type = find_type(path);
    bool const is_picture = type != nullptr && type->content_type.starts_with("image/");
    return is_picture ? "public, max-age=86400" : "no-cache";
}

std::string script_sources(std::string_view html) {
    std::string sources = "'self'";
    while (true) {
        auto const tag = html.find("<script");
        if (tag == std::string_view::npos) return sources;
        auto const open_end = html.find('>', tag);
        auto const close = html.find("</script>", tag);
        if (open_end == std::string_view::npos || close == std::string_view::npos) return sources;
        bool const is_inline = html.substr(tag, open_end - tag).find(" src=") == std::string::npos;
        if (is_inline) {
            sources +=
                " 'sha256-" + sha256_base64(html.substr(open_end + 1, close - open_end - 1)) + "'";
        }
        html.remove_prefix(close);
    }
}

std::shared_ptr<Site const> Site::build(std::vector<File> files) {
    auto site = std::make_shared<Site>();
    for (auto& file : files) {
        auto path = file.path;
        site->entries_.emplace(std::move(path), make_entry(std::move(file)));
    }
    return site;
}

Site::Entry Site::make_entry(File file) {
    Entry entry;
    auto const* const type = find_type(file.path);
    entry.content_type = type == nullptr ? "application/octet-stream" : type->content_type;
    bool const is_text = type != nullptr && type < kTypes.data() + kTextTypes;
    if (is_text && file.bytes.size() >= kGzipBytesMin) entry.gzip = gzip(file.bytes);
    if (file.path.ends_with(".html")) entry.policy = policy_of(file.bytes);
    entry.etag = '"' + sha256_base64(file.bytes).substr(0, 22) + '"';
    entry.cache_control = cache_control_of(file.path);
    entry.bytes = std::move(file.bytes);
    return entry;
}

// "/" and "/messages/" are pages: their index.html.
Site::Entry const* Site::find(std::string_view path) const {
    if (path.starts_with('/')) path.remove_prefix(1);
    auto const exact = entries_.find(path);
    if (exact != entries_.end()) return &exact->second;
    std::string page(path);
    if (!page.empty() && page.back() != '/') page += '/';
    auto const index = entries_.find(page + "index.html");
    return index == entries_.end() ? nullptr : &index->second;
}

void Site::answer(http::RequestContext& context) const {
    auto const& request = context.request();
    if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
        auto refusal = http::Response::text(405, "only GET and HEAD");
        refusal.header("Allow", "GET, HEAD");
        return context.respond(std::move(refusal));
    }
    if (auto const* const entry = find(request.path)) {
        return context.respond(respond(request, *entry, 200));
    }
    auto const* const page = find("404.html");
    context.respond(page == nullptr ? http::Response::text(404, "no such page")
                                    : respond(request, *page, 404));
}

http::Response Site::respond(http::Request const& request, Entry const& entry, int status) const {
    bool const is_known = status == 200 && request.headers.find("If-None-Match") == entry.etag;
    http::Response response(is_known ? 304 : status);
    if (!is_known) {
        bool const compresses = !entry.gzip.empty() && accepts_gzip(request);
        response.body(compresses ? entry.gzip : entry.bytes, entry.content_type);
        if (compresses) response.header("Content-Encoding", "gzip");
    }
    response.header("ETag", entry.etag);
    response.header("Vary", "Accept-Encoding");
    response.header("Cache-Control", entry.cache_control);
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Referrer-Policy", "same-origin");
    response.header("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)");
    response.header("Cross-Origin-Opener-Policy", "same-origin");
    if (!entry.policy.empty()) response.header("Content-Security-Policy", entry.policy);
    return response;
}

}  // namespace sewa::site
