#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "url.h"

namespace sewa::client {

// One WebSocket, from name lookup to close. On the executor's thread; keeps itself alive while it
// works. Calls `refused` or (`opened`, …, `closed`) and nothing after `abandon`. Holds at most
// `kUnsentBytesMax` of frames that the network does not take; more ends it like a broken network.
class SocketLink {
public:
    static constexpr std::size_t kUnsentBytesMax = 1 << 20;
    static constexpr std::size_t kMessageBytesMax = 4 << 20;

    struct Handlers {
        std::function<void()> opened;
        std::function<void(int http_status, std::int64_t retry_after_ms)> refused;
        std::function<void(std::string_view)> text;
        std::function<void()> sign_of_life;
        std::function<void(std::uint16_t)> closed;
    };
    struct Target {
        Url url;
        std::string query;
        std::string token;
        std::string user_agent;
    };

    static std::shared_ptr<SocketLink> open(boost::asio::any_io_executor executor,
                                            boost::asio::ssl::context& tls, Target target,
                                            Handlers handlers);
    virtual ~SocketLink() = default;

    virtual void send(std::string text) = 0;
    // Says goodbye (1000) if it can, and calls no handler any more.
    virtual void abandon() = 0;
};

}  // namespace sewa::client
