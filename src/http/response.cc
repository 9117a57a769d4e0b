#include "http/response.h"

#include <fmt/format.h>

#include <array>
#include <ctime>

namespace sewa::http {

std::string_view reason_phrase(int status) {
    switch (status) {
        case 100:
            return "Continue";
        case 101:
            return "Switching Protocols";
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 417:
            return "Expectation Failed";
        case 426:
            return "Upgrade Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "";
    }
}

Response Response::text(int status, std::string_view body) {
    Response response(status);
    response.body(std::string(body), "text/plain; charset=utf-8");
    return response;
}

Response Response::json(int status, std::string body) {
    Response response(status);
    response.body(std::move(body), "application/json");
    return response;
}

Response& Response::header(std::string_view name, std::string_view value) {
    fields_ += name;
    fields_ += ": ";
    for (char const c : value) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7F) fields_ += c;
    }
    fields_ += "\r\n";
    return *this;
}

Response& Response::body(std::string bytes, std::string_view content_type) {
    body_ = std::move(bytes);
    return header("Content-Type", content_type);
}

Response& Response::file(net::UniqueFd file, std::uint64_t offset, std::uint64_t length) {
    file_ = std::move(file);
    file_offset_ = offset;
    file_length_ = length;
    return *this;
}

std::string Response::head(std::string_view connection, WallMs now) const {
    auto text = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n{}", status_, reason_phrase(status_),
                            http_date(now), fields_);
    // RFC 9110 §8.6: these statuses have no content, and a length would promise some.
    if (status_ != 204 && status_ != 304 && status_ >= 200) {
        text += fmt::format("Content-Length: {}\r\n", content_length());
    }
    if (!connection.empty()) text += fmt::format("Connection: {}\r\n", connection);
    return text += "\r\n";
}

std::string http_date(WallMs time) {
    auto const seconds = static_cast<std::time_t>(time.value / 1000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 40> text{};
    // The C locale is what this process runs in: names of days and months are English.
    auto const size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
    return {text.data(), size};
}

}  // namespace sewa::http
