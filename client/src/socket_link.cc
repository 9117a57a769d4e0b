#include "socket_link.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <charconv>
#include <chrono>
#include <deque>
#include <type_traits>

#include "dial.h"

namespace sewa::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;

constexpr std::uint16_t kBroken = 1006;
constexpr std::chrono::seconds kHandshakeTimeout{10};

std::int64_t retry_after_ms(websocket::response_type const& response) {
    auto const header = response[http::field::retry_after];
    std::int64_t seconds = 0;
    auto const parsed = std::from_chars(header.data(), header.data() + header.size(), seconds);
    if (parsed.ec != std::errc() || seconds < 0 || seconds > 3'600) return 0;
    return seconds * 1'000;
}

template <typename Stream>
class SocketOn final : public SocketLink, public std::enable_shared_from_this<SocketOn<Stream>> {
public:
    template <typename... Args>
    SocketOn(Target target, Handlers handlers, Args&&... args)
        : target_(std::move(target)),
          handlers_(std::move(handlers)),
          socket_(std::forward<Args>(args)...) {}

    void start() {
        asio::co_spawn(
            socket_.get_executor(), [self = this->shared_from_this()] { return self->live(); },
            asio::detached);
    }

    void send(std::string text) override {
        unsent_bytes_ += text.size();
        if (unsent_bytes_ > kUnsentBytesMax) return end(kBroken);
        unsent_.push_back(std::move(text));
        if (open_ && unsent_.size() == 1) write_first();
    }

    void abandon() override {
        if (std::exchange(done_, true)) return;
        if (!open_ || !unsent_.empty()) return hang_up();
        socket_.async_close(websocket::close_code::normal,
                            [self = this->shared_from_this()](error_code) {});
    }

private:
    awaitable<void> live() {
        error_code error;
        co_await dial(beast::get_lowest_layer(socket_), target_.url, error);
        if (!error) co_await secure(error);
        if (!error) co_await shake_hands(error);
        if (done_) co_return;
        if (error) {
            done_ = true;
            co_return handlers_.refused(static_cast<int>(response_.result_int()),
                                        retry_after_ms(response_));
        }
        open_ = true;
        handlers_.opened();
        if (!done_ && !unsent_.empty()) write_first();
        co_await read_until_closed();
    }

    awaitable<void> secure(error_code& error) {
        if constexpr (!std::is_same_v<Stream, beast::tcp_stream>) {
            co_await secure_stream(socket_.next_layer(), target_.url, error);
        }
        co_return;
    }

    awaitable<void> shake_hands(error_code& error) {
        socket_.set_option(
            websocket::stream_base::decorator([this](websocket::request_type& request) {
                request.set(http::field::user_agent, target_.user_agent);
                request.set(http::field::authorization, "Bearer " + target_.token);
            }));
        socket_.read_message_max(kMessageBytesMax);
        socket_.control_callback([this](websocket::frame_type, beast::string_view) {
            if (!done_) handlers_.sign_of_life();
        });
        // Covers both handshakes, opening and closing; in between the core watches for silence.
        beast::get_lowest_layer(socket_).expires_never();
        socket_.set_option(websocket::stream_base::timeout{kHandshakeTimeout,
                                                           websocket::stream_base::none(), false});
        auto const path = target_.url.path + "?" + target_.query;
        co_await socket_.async_handshake(response_, target_.url.authority(), path,
                                         redirect_error(use_awaitable, error));
        if (!error) response_.result(0u);
    }

    awaitable<void> read_until_closed() {
        beast::flat_buffer buffer;
        while (!done_) {
            error_code error;
            co_await socket_.async_read(buffer, redirect_error(use_awaitable, error));
            if (done_) co_return;
            if (error) {
                auto const code = socket_.reason().code;
                co_return end(error == websocket::error::closed && code != 1005 ? code : kBroken);
            }
            auto const data = buffer.cdata();
            handlers_.text({static_cast<char const*>(data.data()), data.size()});
            buffer.consume(buffer.size());
        }
    }

    void write_first() {
        socket_.text(true);
        socket_.async_write(asio::buffer(unsent_.front()),
                            [self = this->shared_from_this()](error_code error, std::size_t) {
                                self->wrote(error);
                            });
    }

    void wrote(error_code error) {
        unsent_bytes_ -= unsent_.front().size();
        unsent_.pop_front();
        // A close frame that explains the error may still be on its way to the reader.
        if (error || done_ || unsent_.empty()) return;
        write_first();
    }

    void end(std::uint16_t code) {
        if (std::exchange(done_, true)) return;
        hang_up();
        handlers_.closed(code);
    }

    void hang_up() {
        error_code ignored;
        beast::get_lowest_layer(socket_).socket().close(ignored);
        beast::get_lowest_layer(socket_).cancel();
    }

    Target const target_;
    Handlers handlers_;
    websocket::stream<Stream> socket_;
    websocket::response_type response_;
    std::deque<std::string> unsent_;
    std::size_t unsent_bytes_ = 0;
    bool open_ = false;
    bool done_ = false;
};

}  // namespace

std::shared_ptr<SocketLink> SocketLink::open(asio::any_io_executor executor,
                                             asio::ssl::context& tls, Target target,
                                             Handlers handlers) {
    if (target.url.secure) {
        auto socket = std::make_shared<SocketOn<beast::ssl_stream<beast::tcp_stream>>>(
            std::move(target), std::move(handlers), executor, tls);
        socket->start();
        return socket;
    }
    auto socket = std::make_shared<SocketOn<beast::tcp_stream>>(std::move(target),
                                                                std::move(handlers), executor);
    socket->start();
    return socket;
}

}  // namespace sewa::client
