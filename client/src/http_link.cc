#include "http_link.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <type_traits>
#include <utility>

#include "dial.h"

namespace sewa::client {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;

constexpr std::chrono::seconds kAnswerTimeout{15};

class HttpLink::Wire {
public:
    virtual ~Wire() = default;
    virtual awaitable<error_code> open(Url const& url) = 0;
    // False when the connection cannot be used again.
    virtual awaitable<bool> exchange(http::request<http::string_body>& request,
                                     HttpAnswer& answer) = 0;
    virtual void close() = 0;
};

template <typename Stream>
class HttpLink::WireOn final : public Wire {
public:
    template <typename... Args>
    explicit WireOn(Args&&... args) : stream_(std::forward<Args>(args)...) {}

    awaitable<error_code> open(Url const& url) override {
        error_code error;
        co_await dial(beast::get_lowest_layer(stream_), url, error);
        if constexpr (!std::is_same_v<Stream, beast::tcp_stream>) {
            if (!error) co_await secure_stream(stream_, url, error);
        }
        co_return error;
    }

    awaitable<bool> exchange(http::request<http::string_body>& request,
                             HttpAnswer& answer) override {
        error_code error;
        beast::get_lowest_layer(stream_).expires_after(kAnswerTimeout);
        co_await http::async_write(stream_, request, redirect_error(use_awaitable, error));
        if (error) co_return false;
        http::response_parser<http::string_body> parser;
        parser.body_limit(kAnswerBytesMax);
        co_await http::async_read(stream_, buffer_, parser, redirect_error(use_awaitable, error));
        if (error) co_return false;
        beast::get_lowest_layer(stream_).expires_never();
        answer.status = static_cast<int>(parser.get().result_int());
        answer.body = std::move(parser.get().body());
        co_return parser.get().keep_alive();
    }

    void close() override { beast::get_lowest_layer(stream_).close(); }

private:
    Stream stream_;
    beast::flat_buffer buffer_;
};

HttpLink::HttpLink(asio::any_io_executor executor, asio::ssl::context& tls, Url url,
                   std::string user_agent)
    : executor_(std::move(executor)),
      tls_(tls),
      url_(std::move(url)),
      user_agent_(std::move(user_agent)) {}

HttpLink::~HttpLink() = default;

void HttpLink::call(Call call, Done done) {
    if (stopped_ || waiting_.size() >= kWaitingMax) return done({});
    waiting_.push_back({std::move(call), std::move(done)});
    if (std::exchange(working_, true)) return;
    asio::co_spawn(
        executor_, [self = shared_from_this()] { return self->work(); }, asio::detached);
}

void HttpLink::stop() {
    stopped_ = true;
    if (wire_) wire_->close();
    for (auto& waiting : std::exchange(waiting_, {})) waiting.done({});
}

awaitable<void> HttpLink::work() {
    while (!waiting_.empty()) {
        auto waiting = std::move(waiting_.front());
        waiting_.pop_front();
        auto result = co_await answer(waiting.call);
        waiting.done(std::move(result));
    }
    working_ = false;
}

std::unique_ptr<HttpLink::Wire> HttpLink::new_wire() {
    using Tls = beast::ssl_stream<beast::tcp_stream>;
    if (url_.secure) return std::make_unique<WireOn<Tls>>(executor_, tls_);
    return std::make_unique<WireOn<beast::tcp_stream>>(executor_);
}

awaitable<HttpAnswer> HttpLink::answer(Call const& call) {
    http::request<http::string_body> request(http::string_to_verb(call.method), call.target, 11);
    request.set(http::field::host, url_.authority());
    request.set(http::field::user_agent, user_agent_);
    request.set(http::field::accept, "application/json");
    if (!call.token.empty()) request.set(http::field::authorization, "Bearer " + call.token);
    if (!call.body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = call.body;
    request.prepare_payload();
    HttpAnswer answer;
    for (int attempt = 0; attempt < 2 && !stopped_; ++attempt) {
        bool const reused = wire_ != nullptr;
        if (!wire_) {
            wire_ = new_wire();
            if (auto const error = co_await wire_->open(url_)) {
                wire_.reset();
                break;
            }
        }
        bool const keep = co_await wire_->exchange(request, answer);
        if (!keep) wire_.reset();
        if (answer.status != 0 || !reused || call.method != "GET") break;
    }
    co_return answer;
}

}  // namespace sewa::client
