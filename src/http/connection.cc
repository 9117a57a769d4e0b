#include "http/connection.h"

#include <utility>

#include "net/connection_table.h"

namespace sewa::http {

namespace {

constexpr std::int64_t kBodyBytesPerSecondMin = 64 * 1024;
// A sink holds what one read brings until it has dealt with it.
constexpr std::size_t kStreamedReadBytes = 32 * 1024;

}  // namespace

Connection::Connection(Handler& handler, HttpOptions const& options)
    : handler_(handler), options_(options) {}

Connection::~Connection() = default;

void Connection::on_open(net::Connection& connection) {
    connection_ = &connection;
    wait_for(Phase::kIdle, options_.header_ms_max);
}

std::size_t Connection::on_bytes(net::Connection& connection, std::span<char> bytes) {
    std::string_view const text(bytes.data(), bytes.size());
    std::size_t taken = 0;
    while (taken < text.size() && takes_input()) {
        auto const more = parse_one(text.substr(taken));
        taken += more;
        if (more == 0) break;
    }
    if (phase_ == Phase::kEnded && &connection.protocol() == this) return text.size();
    // A pipelined request waits in the kernel and in what this connection has kept.
    bool const waits = phase_ == Phase::kAnswering && taken < text.size();
    if (waits || waits_for_drain_ || is_sink_full()) connection.pause_reading();
    return taken;
}

std::size_t Connection::read_bytes_max() const {
    return sink_ == nullptr ? SIZE_MAX : kStreamedReadBytes;
}

bool Connection::takes_input() const {
    return phase_ != Phase::kAnswering && phase_ != Phase::kEnded && !waits_for_drain_ &&
           !is_sink_full();
}

bool Connection::is_sink_full() const {
    return phase_ == Phase::kBody && sink_ != nullptr && !sink_->takes_more();
}

void Connection::resume_body() {
    if (phase_ == Phase::kBody) connection_->resume_reading();
}

// Up to the end of one request.
std::size_t Connection::parse_one(std::string_view bytes) {
    if (parser_ == nullptr) {
        parser_ = std::make_unique<Parser>(options_.parser);
        page_origin_ = nullptr;
        is_preflight_ = false;
        wait_for(Phase::kHeader, options_.header_ms_max);
    }
    auto taken = parser_->parse(bytes);
    if (phase_ == Phase::kHeader && parser_->state() == Parser::State::kBody) {
        header_done();
        if (phase_ == Phase::kBody) taken += parser_->parse(bytes.substr(taken));
    }
    if (phase_ == Phase::kEnded) return taken;
    if (parser_->state() == Parser::State::kRefused) {
        refuse(parser_->refusal());
    } else if (parser_->state() == Parser::State::kComplete) {
        dispatch();
    }
    return taken;
}

void Connection::header_done() {
    auto& request = parser_->request();
    request.remote = connection_->remote_address();
    note_page(request);
    auto plan = handler_.plan_body(request);
    if (plan.refusal) return end_with(*std::move(plan.refusal));
    auto const length = parser_->content_length();
    if (length && *length > plan.bytes_max) return refuse({413, "the body is too long"});
    sink_ = std::move(plan.sink);
    parser_->begin_body(plan.bytes_max, sink_.get());
    if (sink_) sink_->on_begin(BodyTap(connection_->table(), connection_->handle()));
    body_began_ = connection_->loop().now();
    wait_for(Phase::kBody, options_.body_ms_max);
    if (request.is_http_1_0 || !request.headers.find("Expect")) return;
    if (!request.headers.has_token("Expect", "100-continue")) {
        return refuse({417, "only 100-continue can be expected"});
    }
    connection_->send_bytes("HTTP/1.1 100 Continue\r\n\r\n");
}

void Connection::dispatch() {
    auto const parser = std::move(parser_);
    auto& request = parser->request();
    request.remote = connection_->remote_address();
    keeps_ = request.keep_alive;
    note_page(request);
    is_head_ = request.method == Method::kHead;
    is_http_1_0_ = request.is_http_1_0;
    wait_for(Phase::kAnswering, options_.answer_ms_max);
    RequestContext context(*this, *connection_, request, std::move(sink_));
    handler_.on_request(context);
    if (!context.is_settled()) answer(Response::text(500, "no answer"));
}

void Connection::note_page(Request const& request) {
    page_origin_ = options_.cors.allowed_origin(request);
    is_preflight_ = page_origin_ != nullptr && request.method == Method::kOptions;
}

void Connection::answer(Response response) {
    if (phase_ != Phase::kAnswering) return;
    bool const keeps = keeps_ && !response.closes();
    write(std::move(response), keeps);
    if (!keeps) return;
    wait_for(Phase::kIdle, options_.idle_ms_max);
    auto const low_water = connection_->table().options().queue_low_water_bytes;
    waits_for_drain_ = connection_->queued_bytes() > low_water;
    if (!waits_for_drain_) connection_->resume_reading();
}

void Connection::on_drained(net::Connection& connection) {
    if (std::exchange(waits_for_drain_, false)) connection.resume_reading();
}

void Connection::refuse(Refusal refusal) {
    refusal.remote = connection_->remote_address();
    end_with(handler_.refuse(refusal));
}

void Connection::end_with(Response response) {
    parser_.reset();
    sink_.reset();
    is_head_ = is_http_1_0_ = false;
    write(std::move(response), false);
}

void Connection::write(Response response, bool keeps) {
    std::string_view const mode = !keeps ? "close" : is_http_1_0_ ? "keep-alive" : "";
    options_.cors.mark(response, page_origin_);
    if (is_preflight_) Cors::answer_preflight(response);
    auto head = response.head(mode, connection_->loop().wall_now());
    bool const has_content = !is_head_ && response.status() != 204 && response.status() != 304;
    auto body = has_content ? response.take_body() : std::string();
    // One piece for the usual small answer; large bodies are not copied again.
    constexpr std::size_t kJoinMax = 4096;
    bool fits = true;
    if (body.size() <= kJoinMax) {
        fits = connection_->send_owned(std::move(head += body));
    } else {
        fits = connection_->send_owned(std::move(head)) && connection_->send_owned(std::move(body));
    }
    if (fits && has_content && response.has_file()) {
        fits = connection_->send_file(response.take_file(), response.file_offset(),
                                      response.file_length());
    }
    if (!fits) return connection_->abort();
    if (keeps) return;
    phase_ = Phase::kEnded;
    cancel();
    connection_->close_after_flush();
}

void Connection::upgraded() {
    phase_ = Phase::kEnded;
    cancel();
}

void Connection::on_closed(net::Connection&) {
    phase_ = Phase::kEnded;
    cancel();
}

void Connection::wait_for(Phase phase, std::int64_t ms) {
    phase_ = phase;
    connection_->loop().timers().schedule(*this, connection_->loop().now() + ms);
}

void Connection::on_timer(MonoMs now) {
    switch (phase_) {
        case Phase::kIdle:
            // A long download is no idle time; the write deadline looks after it.
            if (connection_->queued_bytes() > 0) return wait_for(phase_, options_.idle_ms_max);
            phase_ = Phase::kEnded;
            return connection_->close_after_flush();
        case Phase::kHeader:
            return refuse({408, "the header took too long"});
        case Phase::kBody:
            return on_body_timer(now);
        case Phase::kAnswering:
            return write(handler_.refuse({503, "no answer in time"}), false);
        case Phase::kEnded:
            return;
    }
}

void Connection::on_body_timer(MonoMs now) {
    auto const arrived = static_cast<std::int64_t>(parser_->body_bytes());
    auto const granted = options_.body_ms_max + arrived * 1000 / kBodyBytesPerSecondMin;
    if (now - body_began_ >= granted) return refuse({408, "the body took too long"});
    connection_->loop().timers().schedule(*this, body_began_ + granted);
}

}  // namespace sewa::http
