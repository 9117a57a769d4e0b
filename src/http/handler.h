#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "http/parser.h"
#include "http/request.h"
#include "http/response.h"
#include "net/connection.h"

namespace sewa::http {

class Connection;

// The duty to answer one request, for handlers that answer later.
//
// Move-only; `send` and destruction on any thread, once. The answer travels to the connection's
// shard by mail and is dropped when the connection has gone. Destroyed without an answer, it
// answers 500. Must not outlive the shard's ConnectionTable.
class Responder {
public:
    Responder(net::ConnectionTable& table, net::ConnectionHandle handle);
    Responder(Responder&& other) noexcept;
    Responder& operator=(Responder&& other) noexcept;
    ~Responder();

    void send(Response response);

    // Where the request came from, for work that wants to stay there.
    ShardId shard() const { return handle_.shard; }

private:
    net::ConnectionTable* table_;  // Null after the answer.
    net::ConnectionHandle handle_;
};

// One complete request on its shard, during `Handler::on_request`. Exactly one of `respond`,
// `defer` and `upgrade` is called; when none is, the answer is 500.
class RequestContext {
public:
    RequestContext(Connection& owner, net::Connection& connection, Request& request,
                   std::unique_ptr<BodySink> sink);

    Request& request() { return request_; }
    net::Connection& connection() { return connection_; }
    // What `Handler::plan_body` gave for this request, with the whole body in it.
    std::unique_ptr<BodySink> take_sink() { return std::move(sink_); }

    void respond(Response response);
    Responder defer();
    // Sends the bytes ("HTTP/1.1 101 …") and hands the connection over.
    void upgrade(std::string_view response_bytes, std::unique_ptr<net::Protocol> next);

    bool is_settled() const { return is_settled_; }

private:
    Connection& owner_;
    net::Connection& connection_;
    Request& request_;
    std::unique_ptr<BodySink> sink_;
    bool is_settled_ = false;
};

// Where a sink that took enough asks for more. Copyable; used on a thread that may wait until the
// shard's mailbox has room. Must not outlive the shard's ConnectionTable.
class BodyTap {
public:
    BodyTap(net::ConnectionTable& table, net::ConnectionHandle handle)
        : table_(&table), handle_(handle) {}

    void resume() const;

private:
    net::ConnectionTable* table_;
    net::ConnectionHandle handle_;
};

// What to do with a body.
struct BodyPlan {
    std::uint64_t bytes_max = 64 * 1024;
    std::unique_ptr<BodySink> sink = nullptr;        // Null: collected in Request::body.
    std::optional<Response> refusal = std::nullopt;  // Answered before the body is read.
};

// Answers the requests of one shard. Shard-local; outlives the connections.
class Handler {
public:
    virtual ~Handler() = default;

    // After the header of a request that has a body, before the body.
    virtual BodyPlan plan_body(Request const&) { return {}; }

    virtual void on_request(RequestContext& context) = 0;

    // The answer to what was refused before it became a request (RFC violations, limits, time).
    virtual Response refuse(Refusal const& refusal);
};

}  // namespace sewa::http
