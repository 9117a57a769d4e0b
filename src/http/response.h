#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "net/socket.h"

namespace sewa::http {

// The reason phrase that belongs to a status; empty for one that is unknown.
std::string_view reason_phrase(int status);

// One answer, built where the request was handled and written on the connection's shard.
// Content-Length, Connection and Date are added when it is written.
class Response {
public:
    explicit Response(int status) : status_(status) {}

    static Response text(int status, std::string_view body);
    static Response json(int status, std::string body);

    // Control characters in `value` are dropped, so that no input can add a field of its own.
    Response& header(std::string_view name, std::string_view value);
    Response& body(std::string bytes, std::string_view content_type);
    // Part of a regular file as the body; sent without holding it in memory.
    Response& file(net::UniqueFd file, std::uint64_t offset, std::uint64_t length);
    // Ends the connection after this answer.
    Response& close() {
        closes_ = true;
        return *this;
    }

    int status() const { return status_; }
    bool closes() const { return closes_; }
    std::string const& body_bytes() const { return body_; }
    std::uint64_t content_length() const { return file_ ? file_length_ : body_.size(); }

    // Status line and fields, with the empty line. `connection` is "close", "keep-alive" or empty.
    std::string head(std::string_view connection, WallMs now) const;

    // The content, moved out.
    std::string take_body() { return std::move(body_); }
    bool has_file() const { return static_cast<bool>(file_); }
    net::UniqueFd take_file() { return std::move(file_); }
    std::uint64_t file_offset() const { return file_offset_; }
    std::uint64_t file_length() const { return file_length_; }

private:
    int status_;
    bool closes_ = false;
    std::string fields_;
    std::string body_;
    net::UniqueFd file_;
    std::uint64_t file_offset_ = 0;
    std::uint64_t file_length_ = 0;
};

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(WallMs time);

}  // namespace sewa::http
