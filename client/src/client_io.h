#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http_link.h"
#include "sewa/client.h"
#include "socket_link.h"
#include "token_source.h"

namespace sewa::client {

// Carries out what the core asks for. Everything outside holds it weakly, so that a Client may be
// destroyed at any time.
class Client::Parts : public std::enable_shared_from_this<Client::Parts> {
public:
    template <typename T>
    using Done = std::function<void(Result<T>)>;

    Parts(boost::asio::io_context& io, ClientOptions options, TokenProvider tokens);

    // Runs a call of the core and what follows from it.
    template <typename Call>
    auto with_core(Call call) {
        if constexpr (std::is_void_v<decltype(call(core))>) {
            call(core);
            carry_out();
        } else {
            auto result = call(core);
            carry_out();
            return result;
        }
    }
    void shut_down();
    void when_live(Done<void> done);
    void when_answered(Result<std::string> key, Done<Sent> done);
    // A GET behind /api/messaging/ with the token; asks for a fresh one once when it has ended.
    void get(std::string path, HttpLink::Done done, bool again = true);

    ClientOptions const options;
    SystemClock clock;
    SecureRandom random;
    ClientCore core;
    std::function<void(Event const&)> callback;

private:
    void carry_out();
    void act(FetchToken const& fetch);
    void act(Connect const& connect);
    void act(SendText& send);
    void act(CloseSocket const& close);
    void act(HttpGet const& get);
    void act(Save const& save);
    void act(Event const& event);
    void settle(SendProgress const& progress);
    void settle(ConnectionChanged const& change);
    void arm_timer();
    SocketLink::Handlers handlers(std::uint64_t connection);

    boost::asio::io_context& io_;
    boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
    boost::asio::steady_timer timer_;
    std::shared_ptr<TokenSource> tokens_;
    Result<Url> url_;
    std::shared_ptr<HttpLink> http_;
    std::shared_ptr<SocketLink> socket_;
    std::uint64_t socket_number_ = 0;
    std::optional<MonoMs> armed_for_;
    std::vector<Done<void>> live_waiters_;
    std::multimap<std::string, Done<Sent>> answer_waiters_;  // By key.
    bool carrying_out_ = false;
    bool shut_down_ = false;
};

}  // namespace sewa::client
