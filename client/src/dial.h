#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "url.h"

namespace sewa::client {

// Looks the name up and connects within 10 s; the stream's timeout then runs on for the handshakes.
// On the stream's executor.
boost::asio::awaitable<void> dial(boost::beast::tcp_stream& stream, Url const& url,
                                  boost::system::error_code& error);

// TLS with the server's name; checks the certificate as the context says.
boost::asio::awaitable<void> secure_stream(
    boost::beast::ssl_stream<boost::beast::tcp_stream>& stream, Url const& url,
    boost::system::error_code& error);

}  // namespace sewa::client
