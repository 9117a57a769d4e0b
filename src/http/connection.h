#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "http/cors.h"
#include "http/handler.h"
#include "shard/timer_wheel.h"

namespace sewa::http {

struct HttpOptions {
    ParserLimits parser;
    // From the first byte of a request (or from accept) to the end of its header.
    std::int64_t header_ms_max = 10'000;
    // For a body, plus one second for each 64 KiB that has arrived.
    std::int64_t body_ms_max = 30'000;
    // Between two requests.
    std::int64_t idle_ms_max = 75'000;
    // For the handler to answer; 503 and close after it.
    std::int64_t answer_ms_max = 60'000;
    Cors cors;
};

// HTTP/1.1 on one accepted connection; the first Protocol of every connection.
//
// Shard-local, owned by its net::Connection. Requests are answered one at a time: the next one of
// a pipeline is not looked at before the answer is written. While idle it holds no parser and no
// buffer. After a refusal the connection ends, as where the next request would begin is not known.
class Connection final : public net::Protocol, private shard::Timer {
public:
    // Both outlive the connection.
    Connection(Handler& handler, HttpOptions const& options);
    ~Connection() override;

    void on_open(net::Connection& connection) override;
    std::size_t on_bytes(net::Connection& connection, std::span<char> bytes) override;
    std::size_t read_bytes_max() const override;
    void on_drained(net::Connection& connection) override;
    void on_closed(net::Connection& connection) override;

    // Between two requests: may be closed without anybody missing an answer.
    bool is_idle() const { return phase_ == Phase::kIdle; }

    // The sink of the body in progress takes more; ignored when there is none any more.
    void resume_body();

    // The answer to the request in progress; ignored when there is none any more.
    void answer(Response response);

private:
    friend class RequestContext;
    enum class Phase : std::uint8_t { kIdle, kHeader, kBody, kAnswering, kEnded };

    void on_timer(MonoMs now) override;
    std::size_t parse_one(std::string_view bytes);
    void header_done();
    void dispatch();
    void refuse(Refusal refusal);
    void end_with(Response response);
    void write(Response response, bool keeps);
    void upgraded();
    void note_page(Request const& request);
    void wait_for(Phase phase, std::int64_t ms);
    void on_body_timer(MonoMs now);
    bool takes_input() const;
    bool is_sink_full() const;

    Handler& handler_;
    HttpOptions const& options_;
    net::Connection* connection_ = nullptr;
    std::unique_ptr<Parser> parser_;  // Null between requests.
    std::unique_ptr<BodySink> sink_;
    std::string const* page_origin_ = nullptr;  // Of the request in progress, when allowed.
    MonoMs body_began_;
    Phase phase_ = Phase::kIdle;
    bool waits_for_drain_ = false;
    bool keeps_ = false;
    bool is_head_ = false;
    bool is_http_1_0_ = false;
    bool is_preflight_ = false;
};

}  // namespace sewa::http
