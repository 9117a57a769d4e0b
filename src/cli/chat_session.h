#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/chat_command.h"
#include "cli/chat_timeline.h"
#include "sewa/client.h"

namespace sewa::cli {

// What a person does in a terminal chat and what comes back, without the terminal. On the thread of
// the io_context. Lines that come before the conversation is open wait, at most `kWaitingMax`.
class ChatSession {
public:
    static constexpr std::size_t kWaitingMax = 1'000;
    static constexpr int kFirstMessages = 20;

    struct Output {
        // Lines that are new, in order: messages and news. `is_notice`: an answer to a command, or
        // about the connection.
        std::function<void(std::vector<std::string>, bool is_notice)> said;
        std::function<void()> changed;  // Anything that a screen shows.
        std::function<void(int exit_code)> ended;
    };

    ChatSession(boost::asio::io_context& io, client::ClientOptions options,
                client::TokenProvider tokens, Output output);

    // The first conversation of the list when none is given.
    void start(ConversationId conversation);
    void enter(std::string line);
    void key_pressed(std::string_view text_so_far);
    void older();
    // Waits until everything is sent, at most 10 s, and leaves; 1 when something was not sent.
    void leave();
    // Leaves at once when nothing waits to be sent, and anyway the second time.
    void interrupt();

    ChatTimeline const& timeline() const { return timeline_; }
    std::string const& connection() const { return connection_; }

private:
    template <typename T = void>
    using awaitable = boost::asio::awaitable<T>;

    void seen(client::Event const& event);
    void show_connection(client::ConnectionChanged const& change);
    void show(client::Event const& event);
    void take_snapshot(client::Snapshot const& snapshot);
    void say(std::vector<std::string> lines, bool is_notice);
    void notice(std::string line) { say({std::move(line)}, true); }
    void complain(Error const& error) { notice("-- " + error.message); }

    awaitable<> open_first(ConversationId wanted);
    awaitable<> open(ConversationId conversation);
    awaitable<> read_older(int count);
    awaitable<> fill_up(ConvSeq newest_shown);
    awaitable<> list_conversations();
    void spawn(awaitable<> work);
    void show_page(std::vector<client::Message> const& messages);
    void mark_read();
    void flush_deferred();

    void carry_out(ChatCommand const& command);
    client::Message const* find_or_complain(std::int64_t number);
    void react(ChatCommand const& command);
    void report(Result<std::string> const& key);
    void end(int exit_code);
    void end_when_sent();

    boost::asio::io_context& io_;
    boost::asio::steady_timer deadline_;
    Output output_;
    ChatTimeline timeline_;
    client::Client client_;
    std::map<ConversationId, std::string> names_;
    std::deque<std::string> waiting_;     // Lines, until the conversation is open.
    std::deque<client::Event> deferred_;  // News, while a page is being read.
    std::string connection_ = "connecting…";
    bool busy_ = true;  // A page is being read; it and the news must not overtake each other.
    bool started_ = false;
    bool leaving_ = false;
    bool ended_ = false;
    bool failed_ = false;
    bool lost_before_ = false;
};

}  // namespace sewa::cli
