#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <memory>
#include <string>
#include <vector>

#include "model_server.h"

namespace sewa::client {

// The model server behind real sockets of the loopback interface, on the test's io_context.
class LoopbackServer {
public:
    using tcp = boost::asio::ip::tcp;
    using Socket = boost::beast::websocket::stream<tcp::socket>;
    template <typename T = void>
    using awaitable = boost::asio::awaitable<T>;

    explicit LoopbackServer(boost::asio::io_context& io)
        : io_(io), acceptor_(io, {boost::asio::ip::address_v4::loopback(), 0}) {
        boost::asio::co_spawn(io, accept(), boost::asio::detached);
    }
    ~LoopbackServer() { stop(); }

    std::string url() const {
        return fmt::format("ws://127.0.0.1:{}", acceptor_.local_endpoint().port());
    }
    void stop() {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        cut();
    }
    void cut() {
        model.close();
        boost::system::error_code ignored;
        if (auto const socket = std::exchange(socket_, nullptr))
            socket->next_layer().close(ignored);
    }
    void flush() {
        if (socket_ && !writing_)
            boost::asio::co_spawn(io_, write_out(socket_), boost::asio::detached);
    }

    ModelServer model;
    std::string good_token = "good";
    int refuse_with_status = 0;  // Answers upgrades with it.
    int cut_after_messages = 0;  // Cuts after that many were stored and before they are answered.
    std::vector<std::string> targets;  // Of what was asked for, in order.
    int http_connections = 0;

private:
    static auto use(boost::system::error_code& error) {
        return boost::asio::redirect_error(boost::asio::use_awaitable, error);
    }

    awaitable<> accept() {
        for (;;) {
            boost::system::error_code error;
            auto socket = co_await acceptor_.async_accept(use(error));
            if (error) co_return;
            boost::asio::co_spawn(io_, serve(std::move(socket)), boost::asio::detached);
        }
    }

    awaitable<> serve(tcp::socket socket) {
        namespace http = boost::beast::http;
        boost::beast::flat_buffer buffer;
        ++http_connections;
        for (;;) {
            boost::system::error_code error;
            http::request<http::string_body> request;
            co_await http::async_read(socket, buffer, request, use(error));
            if (error) co_return;
            targets.emplace_back(request.target());
            bool const upgrade = boost::beast::websocket::is_upgrade(request);
            if (upgrade && refuse_with_status == 0) {
                co_await talk(std::move(socket), std::move(request));
                co_return;
            }
            auto const answer = upgrade ? HttpAnswer{refuse_with_status, ""} : rest(request);
            http::response<http::string_body> response(
                http::int_to_status(static_cast<unsigned>(answer.status)), 11);
            response.body() = answer.body;
            response.keep_alive(true);
            response.prepare_payload();
            co_await http::async_write(socket, response, use(error));
            if (error) co_return;
        }
    }

    HttpAnswer rest(boost::beast::http::request<boost::beast::http::string_body> const& request) {
        std::string const target(request.target());
        if (target == "/api/demo/login/") {
            return {200, fmt::format(R"({{"access":"{}","expires_in":3600}})", good_token)};
        }
        if (request[boost::beast::http::field::authorization] != "Bearer " + good_token) {
            return {401, R"({"code":"token_expired","message":"ended","detail":"ended"})"};
        }
        return model.get(target.substr(std::string("/api/messaging/").size()));
    }

    awaitable<> talk(tcp::socket raw,
                     boost::beast::http::request<boost::beast::http::string_body> request) {
        boost::system::error_code error;
        auto const socket = std::make_shared<Socket>(std::move(raw));
        co_await socket->async_accept(request, use(error));
        if (error) co_return;
        if (request[boost::beast::http::field::authorization] != "Bearer " + good_token) {
            co_await socket->async_close(boost::beast::websocket::close_code(4001), use(error));
            co_return;
        }
        socket_ = socket;
        std::string const target(request.target());
        auto const since = target.find("&since=");
        model.open(since == std::string::npos ? "" : target.substr(since + 7));
        flush();
        boost::beast::flat_buffer buffer;
        while (socket_ == socket) {
            co_await socket->async_read(buffer, use(error));
            if (error) break;
            model.receive(boost::beast::buffers_to_string(buffer.data()));
            buffer.consume(buffer.size());
            if (cut_after_messages > 0 && --cut_after_messages == 0) cut();
            flush();
        }
    }

    awaitable<> write_out(std::shared_ptr<Socket> socket) {
        writing_ = true;
        boost::system::error_code error;
        while (!error && socket == socket_ && !model.out.empty()) {
            auto const text = std::move(model.out.front());
            model.out.pop_front();
            co_await socket->async_write(boost::asio::buffer(text), use(error));
        }
        writing_ = false;
        if (socket != socket_) flush();
    }

    boost::asio::io_context& io_;
    tcp::acceptor acceptor_;
    std::shared_ptr<Socket> socket_;
    bool writing_ = false;
};

}  // namespace sewa::client
