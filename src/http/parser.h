#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "http/request.h"

namespace sewa::http {

class BodyTap;

// Takes a body piece by piece, for bodies that must not be held in memory. Shard-local; gone when
// the request is refused or the connection ends.
class BodySink {
public:
    virtual ~BodySink() = default;

    // Before the first piece.
    virtual void on_begin(BodyTap const&) {}
    // Takes all of it, at most what one read brings. An error refuses the request.
    virtual Status on_chunk(std::string_view bytes) = 0;
    // False: nothing is read until `BodyTap::resume`.
    virtual bool takes_more() const { return true; }
};

struct ParserLimits {
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t headers_max = 100;
};

// Why a request is refused; the connection is closed after the answer, as the end of the request
// is not known.
struct Refusal {
    int status = 400;
    std::string reason;
    std::optional<Error> error = std::nullopt;  // When a sink refused.
    net::Address remote = {};                   // Set by the connection.
};

// One request, from bytes. Shard-local; made for a request and dropped with it.
//
// The grammar is Boost.Beast's parser; on top of it everything is refused that two parsers could
// read differently (request smuggling): any repeated Content-Length or Host, Content-Length with
// Transfer-Encoding, every transfer coding but exactly "chunked", folded fields, HTTP/1.0 with
// Transfer-Encoding, HTTP/1.1 without Host.
class Parser {
public:
    enum class State : std::uint8_t { kHeader, kBody, kComplete, kRefused };

    explicit Parser(ParserLimits limits);
    ~Parser();
    Parser(Parser const&) = delete;
    Parser& operator=(Parser const&) = delete;

    // Returns how many bytes were taken; stops at the end of the header, so that the caller can
    // say what to do with the body, and at the end of the request. What is not taken must be
    // presented again with more behind it.
    std::size_t parse(std::string_view bytes);

    State state() const;
    Refusal refusal() const;
    Request& request();

    // After the header: how long the body may be. `sink` receives the pieces, and its error refuses
    // the request; without one the body is collected in the request.
    void begin_body(std::uint64_t bytes_max, BodySink* sink);
    // Known when the request has a Content-Length.
    std::optional<std::uint64_t> content_length() const;
    std::uint64_t body_bytes() const;

private:
    class Grammar;
    std::unique_ptr<Grammar> grammar_;
};

}  // namespace sewa::http
