#include "http/handler.h"

#include <chrono>
#include <thread>
#include <utility>

#include "core/assert.h"
#include "http/connection.h"
#include "net/connection_table.h"

namespace sewa::http {

namespace {

constexpr std::chrono::microseconds kMailboxRetry{200};

// While a Responder waits, its connection speaks HTTP: an upgrade settles the request itself.
void answer_here(net::ConnectionTable& table, net::ConnectionHandle handle, Response response) {
    auto* connection = table.find(handle);
    if (connection == nullptr) return;
    static_cast<Connection&>(connection->protocol()).answer(std::move(response));
}

}  // namespace

Responder::Responder(net::ConnectionTable& table, net::ConnectionHandle handle)
    : table_(&table), handle_(handle) {}

Responder::Responder(Responder&& other) noexcept
    : table_(std::exchange(other.table_, nullptr)), handle_(other.handle_) {}

Responder& Responder::operator=(Responder&& other) noexcept {
    std::swap(table_, other.table_);
    std::swap(handle_, other.handle_);
    return *this;
}

Responder::~Responder() {
    if (table_ != nullptr) send(Response::text(500, "no answer"));
}

void Responder::send(Response response) {
    SEWA_ASSERT(table_ != nullptr);
    auto& table = *std::exchange(table_, nullptr);
    if (this_shard() == handle_.shard) return answer_here(table, handle_, std::move(response));
    // A full mailbox loses the answer; the connection's own deadline then answers 503.
    static_cast<void>(
        table.loop().try_post([&table, handle = handle_, response = std::move(response)]() mutable {
            answer_here(table, handle, std::move(response));
        }));
}

void BodyTap::resume() const {
    auto const turn_on = [table = table_, handle = handle_] {
        auto* const connection = table->find(handle);
        if (connection == nullptr) return;
        auto* const http = dynamic_cast<Connection*>(&connection->protocol());
        if (http != nullptr) http->resume_body();
    };
    if (this_shard() == handle_.shard) return turn_on();
    while (!table_->loop().try_post(turn_on)) std::this_thread::sleep_for(kMailboxRetry);
}

RequestContext::RequestContext(Connection& owner, net::Connection& connection, Request& request,
                               std::unique_ptr<BodySink> sink)
    : owner_(owner), connection_(connection), request_(request), sink_(std::move(sink)) {}

void RequestContext::respond(Response response) {
    SEWA_ASSERT(!std::exchange(is_settled_, true));
    owner_.answer(std::move(response));
}

Responder RequestContext::defer() {
    SEWA_ASSERT(!std::exchange(is_settled_, true));
    return {connection_.table(), connection_.handle()};
}

void RequestContext::upgrade(std::string_view response_bytes, std::unique_ptr<net::Protocol> next) {
    SEWA_ASSERT(!std::exchange(is_settled_, true));
    owner_.upgraded();
    connection_.send_bytes(response_bytes);
    connection_.upgrade(std::move(next));
}

Response Handler::refuse(Refusal const& refusal) {
    return Response::text(refusal.status, refusal.reason + "\n");
}

}  // namespace sewa::http
