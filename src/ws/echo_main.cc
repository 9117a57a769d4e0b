// sewa-ws-echo: sends every message back, over the same net, http and ws code as the server, so
// that any WebSocket conformance suite can be pointed at it.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "http/connection.h"
#include "http/router.h"
#include "net/connection_table.h"
#include "net/listener.h"
#include "ws/upgrade.h"

namespace sewa::ws {
namespace {

class Echo final : public Connection {
public:
    using Connection::Connection;

private:
    void on_text(std::string_view text) override { sent(send_text(SharedFrame::text(text))); }
    void on_binary(std::string_view bytes) override { sent(send_binary(bytes)); }
    void on_room() override { resume_reading(); }
    void on_ended(std::uint16_t) override {}

    // A client that does not read is not read either, so that its answers need not be held.
    void sent(bool fitted) {
        if (!fitted) return close(CloseCode::kSlowConsumer, "read your answers");
        auto const low_water = transport().table().options().queue_low_water_bytes;
        if (transport().queued_bytes() > low_water) pause_reading();
    }
};

class Server {
public:
    explicit Server(std::uint64_t message_bytes_max)
        : codec_({.message_bytes_max = message_bytes_max}),
          table_(loop_, {.queue_bytes_max = message_bytes_max + (1 << 20)}, kConnectionsMax) {
        router_.add({.pattern = "/", .handler = [this](auto& context, auto&) { answer(context); }});
    }

    Status listen(net::Address const& address) {
        auto make_protocol = [this] {
            return std::make_unique<http::Connection>(router_, http_options_);
        };
        auto opened = net::Listener::open(loop_, address, {{&table_, std::move(make_protocol)}},
                                          {.connections_max = kConnectionsMax});
        SEWA_TRY(listener_, std::move(opened));
        return {};
    }

    net::Address const& bound() const { return listener_->bound(); }
    shard::Loop& loop() { return loop_; }

private:
    static constexpr std::size_t kConnectionsMax = 10'000;

    void answer(http::RequestContext& context) {
        auto const result = negotiate(context.request(), HandshakeOptions{});
        if (!result.accepted) return context.respond(refusal_response(result.refusal));
        Connection::Place const place{context.connection(), *result.accepted, codec_};
        upgrade(context, *result.accepted, std::make_unique<Echo>(place));
    }

    SystemClock clock_;
    ShardScope const here_{ShardId{0}};
    shard::Loop loop_{ShardId{0}, clock_};
    Codec codec_;
    http::Router router_;
    http::HttpOptions http_options_;
    net::ConnectionTable table_;
    std::unique_ptr<net::Listener> listener_;
};

shard::Loop* running = nullptr;

void stop(int) {
    running->stop();
}

int serve(std::string const& listen, std::uint64_t message_bytes_max) {
    auto const address = net::parse_address(listen);
    if (!address) {
        std::fprintf(stderr, "--listen %s: %s\n", listen.c_str(), address.error().message.c_str());
        return 2;
    }
    Server server(message_bytes_max);
    if (auto const status = server.listen(*address); !status) {
        std::fprintf(stderr, "--listen %s: %s\n", listen.c_str(), status.error().message.c_str());
        return 1;
    }
    running = &server.loop();
    std::signal(SIGTERM, stop);
    std::signal(SIGINT, stop);
    std::printf("listening on %s\n", server.bound().text().c_str());
    std::fflush(stdout);
    server.loop().run();
    return 0;
}

}  // namespace
}  // namespace sewa::ws

int main(int argc, char** argv) {
    CLI::App app("Sends every WebSocket message back.");
    std::string listen = "127.0.0.1:9001";
    std::uint64_t message_bytes_max = 16'777'216;
    app.add_option("--listen", listen, "Address and port; port 0 lets the system choose");
    app.add_option("--max-message", message_bytes_max, "Longest message in bytes")
        ->check(CLI::Range(1, 1 << 30));
    CLI11_PARSE(app, argc, argv);
    return sewa::ws::serve(listen, message_bytes_max);
}
