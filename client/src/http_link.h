#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "sewa/client_core.h"
#include "url.h"

namespace sewa::client {

// REST calls, one after the other over one connection that is kept open. On the executor's thread;
// works on while calls wait, even when its owner is gone. At most `kWaitingMax` calls wait, a
// further one is answered at once with status 0, as is one that got no answer. A GET that meets a
// connection which the server has just closed is repeated once.
class HttpLink : public std::enable_shared_from_this<HttpLink> {
public:
    static constexpr std::size_t kWaitingMax = 100;
    static constexpr std::uint64_t kAnswerBytesMax = 16 << 20;

    struct Call {
        std::string method = "GET";
        std::string target;
        std::string body;
        std::string token;
    };
    using Done = std::function<void(HttpAnswer)>;

    HttpLink(boost::asio::any_io_executor executor, boost::asio::ssl::context& tls, Url url,
             std::string user_agent);
    ~HttpLink();

    void call(Call call, Done done);
    // Answers what waits with status 0.
    void stop();

private:
    struct Waiting {
        Call call;
        Done done;
    };
    class Wire;
    template <typename Stream>
    class WireOn;

    boost::asio::awaitable<void> work();
    boost::asio::awaitable<HttpAnswer> answer(Call const& call);
    std::unique_ptr<Wire> new_wire();

    boost::asio::any_io_executor executor_;
    boost::asio::ssl::context& tls_;
    Url const url_;
    std::string const user_agent_;
    std::deque<Waiting> waiting_;
    std::unique_ptr<Wire> wire_;
    bool working_ = false;
    bool stopped_ = false;
};

}  // namespace sewa::client
