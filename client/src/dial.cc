#include "dial.h"

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace sewa::client {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;

constexpr std::chrono::seconds kDialTimeout{10};

asio::awaitable<void> dial(boost::beast::tcp_stream& stream, Url const& url,
                           boost::system::error_code& error) {
    asio::ip::tcp::resolver resolver(stream.get_executor());
    auto const found =
        co_await resolver.async_resolve(url.host, url.port, redirect_error(use_awaitable, error));
    if (error) co_return;
    stream.expires_after(kDialTimeout);
    co_await stream.async_connect(found, redirect_error(use_awaitable, error));
    if (error) co_return;
    boost::system::error_code ignored;
    stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    stream.expires_after(kDialTimeout);
}

asio::awaitable<void> secure_stream(boost::beast::ssl_stream<boost::beast::tcp_stream>& stream,
                                    Url const& url, boost::system::error_code& error) {
    if (!SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str())) {
        error = asio::error::invalid_argument;
        co_return;
    }
    if (SSL_get_verify_mode(stream.native_handle()) != SSL_VERIFY_NONE) {
        stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
    }
    co_await stream.async_handshake(asio::ssl::stream_base::client,
                                    redirect_error(use_awaitable, error));
}

}  // namespace sewa::client
