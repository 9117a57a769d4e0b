#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "sewa/client_core.h"
#include "sewa/events.h"

namespace sewa::client {

// Gives a token, now or later, by calling `done` once, on the thread of the io_context. `refresh`:
// the last one is no longer good. A retryable error (kUnavailable) is asked for again with backoff,
// any other stops the client. Never called again before it has answered.
using TokenProvider =
    std::function<void(bool refresh, std::function<void(Result<std::string>)> done)>;

TokenProvider fixed_token(std::string token);

// Logs in to a server in demo mode ("asha", "bikash", …).
TokenProvider demo_tokens(boost::asio::io_context& io, std::string url, std::string person);

struct ClientOptions {
    std::string url = "ws://127.0.0.1:8000";  // ws, wss, http or https; REST uses the same host.
    std::string user_agent = "sewa-client";
    std::string ca_file;  // For wss: instead of the system's authorities.
    bool verify_tls = true;
    CoreOptions core;
    // With core.save: called with each change; to be on disk when it returns.
    std::function<void(SavedState const&)> save;
};

struct Sent {
    MessageId id;
    ConvSeq conv_seq;
    bool duplicate = false;
};

struct HistoryPage {
    std::vector<Message> messages;  // Ascending.
    bool has_more = false;
};

// A connection to a SewaBazaar server that mends itself: what was sent arrives once, what others
// sent is told once and in order, whatever happens to the network in between.
//
// Every call is made, every callback and coroutine resumes on the thread that runs `io`; one thread
// runs it. Destroying a Client closes its sockets and ends what waits with kUnavailable; callbacks
// that are on the stack may destroy it. Bounds are in CoreOptions, plus 100 REST calls and 1 MiB of
// unsent frames, above which the socket is given up and resumed.
//
//     Client client(io, {.url = "wss://chat.example"}, fixed_token(token));
//     client.on_event([](Event const& event) { … });
//     co_await client.connect();
//     auto sent = co_await client.send(conversation, "namaste");
class Client {
public:
    Client(boost::asio::io_context& io, ClientOptions options, TokenProvider tokens);
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    void on_event(std::function<void(Event const&)> callback);

    // Callbacks: these return at once, events tell the rest.
    void restore(SavedState state);
    void start();
    void stop();
    void retry_now();
    Result<std::string> post(ConversationId conversation, std::string_view text,
                             MessageId reply_to = {});
    Result<std::string> post_edit(ConversationId conversation, MessageId id, std::string_view text);
    Result<std::string> post_delete(ConversationId conversation, MessageId id, bool for_everyone);
    Result<std::string> post_reaction(ConversationId conversation, MessageId id,
                                      std::string_view emoji, bool add);
    Result<std::string> mark_read(ConversationId conversation, ConvSeq up_to);
    void keystroke(ConversationId conversation);
    void stop_typing();

    // Coroutines. `connect` returns when everything that was missed is here, or with the reason why
    // the client stopped; the others when the server has answered, over reconnects if need be.
    boost::asio::awaitable<Status> connect();
    boost::asio::awaitable<Result<Sent>> send(ConversationId conversation, std::string text,
                                              MessageId reply_to = {});
    boost::asio::awaitable<Result<Sent>> edit(ConversationId conversation, MessageId id,
                                              std::string text);
    boost::asio::awaitable<Result<Sent>> remove(ConversationId conversation, MessageId id,
                                                bool for_everyone);
    boost::asio::awaitable<Result<Sent>> react(ConversationId conversation, MessageId id,
                                               std::string emoji, bool add);

    // REST. `before` none: the newest page.
    boost::asio::awaitable<Result<HistoryPage>> history(ConversationId conversation,
                                                        ConvSeq before = {}, int limit = 50);
    boost::asio::awaitable<Result<std::vector<Conversation>>> conversations();
    boost::asio::awaitable<Result<Conversation>> conversation(ConversationId id);

    LinkState state() const;
    UserId user() const;
    std::size_t waiting() const;  // Requests without an answer.

private:
    class Parts;
    std::shared_ptr<Parts> parts_;
};

}  // namespace sewa::client
