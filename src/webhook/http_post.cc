#include "webhook/http_post.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>

namespace sewa::webhook {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::use_awaitable;

namespace {

using Plain = beast::tcp_stream;
using Secure = beast::ssl_stream<beast::tcp_stream>;
constexpr std::uint64_t kAnswerBytesMax = 64 * 1024;

http::request<http::string_body> request_for(Endpoint const& endpoint, PostRequest const& from) {
    http::request<http::string_body> request(http::verb::post, endpoint.target, 11);
    request.set(http::field::host, endpoint.authority());
    request.set(http::field::user_agent, "sewa");
    request.set(http::field::content_type, "application/json");
    for (auto const& [name, value] : from.headers) request.set(name, value);
    request.body() = from.body;
    request.keep_alive(true);
    request.prepare_payload();
    return request;
}

}  // namespace

class HttpPost::Wire {
public:
    Wire(Endpoint endpoint, PostOptions const& options)
        : endpoint_(std::move(endpoint)),
          timeout_(options.timeout),
          tls_(asio::ssl::context::tls_client) {
        tls_.set_verify_mode(asio::ssl::verify_peer);
        SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
    }

    Status trust(std::string const& ca_file) {
        beast::error_code failure;
        ca_file.empty() ? tls_.set_default_verify_paths(failure)
                        : tls_.load_verify_file(ca_file, failure);
        if (!failure) return {};
        return fail(Errc::kBadRequest,
                    fmt::format("webhooks.ca_file: cannot read {}: {}", ca_file, failure.message()),
                    "webhooks.ca_file");
    }

    Result<int> send(PostRequest const& from) {
        auto request = request_for(endpoint_, from);
        bool const was_kept = is_open();
        auto answer = run(request);
        // A connection that was kept may have been closed by the other side meanwhile.
        if (!answer && was_kept && !is_cancelled_) answer = run(request);
        return answer;
    }

    void cancel() {
        is_cancelled_ = true;
        asio::post(io_, [this] { close_sockets(); });
    }

private:
    bool is_open() const { return plain_.has_value() || secure_.has_value(); }

    void close() {
        plain_.reset();
        secure_.reset();
        buffer_.clear();
    }

    Result<int> run(http::request<http::string_body>& request) {
        Result<int> answer = fail(Errc::kUnavailable, "no answer in time");
        io_.restart();
        if (is_cancelled_) return fail(Errc::kUnavailable, "stopping");
        asio::co_spawn(io_, exchange(request), [&](std::exception_ptr failure, int status) {
            if (!failure) {
                answer = status;
                return;
            }
            try {
                std::rethrow_exception(failure);
            } catch (std::exception const& error) {
                answer = fail(Errc::kUnavailable, error.what());
            }
        });
        io_.run_for(timeout_);
        if (answer) return answer;
        // What still runs holds references to here; its end must be seen before they go.
        close_sockets();
        io_.restart();
        io_.run_for(timeout_);
        close();
        return answer;
    }

    void close_sockets() {
        beast::error_code ignored;
        resolver_.cancel();
        if (plain_) plain_->socket().close(ignored);
        if (secure_) beast::get_lowest_layer(*secure_).socket().close(ignored);
    }

    awaitable<int> exchange(http::request<http::string_body>& request) {
        if (!is_open()) co_await connect();
        if (endpoint_.is_secure) co_return co_await exchange_on(*secure_, request);
        co_return co_await exchange_on(*plain_, request);
    }

    awaitable<void> connect() {
        auto const found =
            co_await resolver_.async_resolve(endpoint_.host, endpoint_.port, use_awaitable);
        if (!endpoint_.is_secure) {
            plain_.emplace(io_);
            co_await plain_->async_connect(found, use_awaitable);
            plain_->socket().set_option(asio::ip::tcp::no_delay(true));
            co_return;
        }
        secure_.emplace(io_, tls_);
        secure_->set_verify_callback(asio::ssl::host_name_verification(endpoint_.host));
        SSL_set_tlsext_host_name(secure_->native_handle(), endpoint_.host.c_str());
        co_await beast::get_lowest_layer(*secure_).async_connect(found, use_awaitable);
        co_await secure_->async_handshake(asio::ssl::stream_base::client, use_awaitable);
    }

    template <typename Stream>
    awaitable<int> exchange_on(Stream& stream, http::request<http::string_body>& request) {
        http::response_parser<http::string_body> parser;
        parser.body_limit(kAnswerBytesMax);
        co_await http::async_write(stream, request, use_awaitable);
        co_await http::async_read(stream, buffer_, parser, use_awaitable);
        auto const status = static_cast<int>(parser.get().result_int());
        if (!parser.keep_alive()) close();
        co_return status;
    }

    Endpoint const endpoint_;
    std::chrono::milliseconds const timeout_;
    std::atomic<bool> is_cancelled_{false};
    asio::io_context io_;
    asio::ssl::context tls_;
    asio::ip::tcp::resolver resolver_{io_};
    std::optional<Plain> plain_;
    std::optional<Secure> secure_;
    beast::flat_buffer buffer_;
};

HttpPost::HttpPost(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
HttpPost::~HttpPost() = default;

Result<std::unique_ptr<HttpPost>> HttpPost::open(Endpoint endpoint, PostOptions options) {
    auto wire = std::make_unique<Wire>(std::move(endpoint), options);
    SEWA_CHECK(wire->trust(options.ca_file));
    return std::unique_ptr<HttpPost>(new HttpPost(std::move(wire)));  // private constructor
}

Result<int> HttpPost::send(PostRequest const& request) {
    return wire_->send(request);
}

void HttpPost::cancel() {
    wire_->cancel();
}

}  // namespace sewa::webhook
