// Two people of a demo server write to each other.
// usage: two_people [ws://127.0.0.1:8000]   (start the server with: sewa serve --demo)

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>

#include "sewa/client.h"

namespace {

using boost::asio::awaitable;
using namespace sewa::client;

void print(char const* who, Event const& event) {
    if (auto const* added = std::get_if<MessageAdded>(&event)) {
        std::printf("%s sees: %s\n", who, added->message.content.c_str());
    }
}

awaitable<void> meet(Client& asha, Client& bikash) {
    auto const asha_is_here = co_await asha.connect();
    auto const bikash_is_here = co_await bikash.connect();
    if (!asha_is_here || !bikash_is_here) {
        std::printf("no demo server there\n");
        co_return;
    }
    auto const conversations = co_await asha.conversations();
    if (!conversations || conversations->empty()) co_return;
    auto const conversation = conversations->front().id;

    // Returns when the message is on the server's disk; on a broken network that takes longer.
    auto const sent = co_await asha.send(conversation, "Namaste! Is Tuesday possible?");
    if (!sent) {
        std::printf("not sent: %s\n", sent.error().message.c_str());
        co_return;
    }
    co_await bikash.send(conversation, "Yes, at nine.");
    co_await bikash.react(conversation, sent->id, "👍", true);
    asha.stop();
    bikash.stop();
}

}  // namespace

int main(int argc, char** argv) {
    std::string const url = argc > 1 ? argv[1] : "ws://127.0.0.1:8000";
    boost::asio::io_context io;
    Client asha(io, {.url = url}, demo_tokens(io, url, "asha"));
    Client bikash(io, {.url = url}, demo_tokens(io, url, "bikash"));
    asha.on_event([](Event const& event) { print("asha", event); });
    bikash.on_event([](Event const& event) { print("bikash", event); });
    boost::asio::co_spawn(io, meet(asha, bikash), [&](std::exception_ptr) { io.stop(); });
    io.run();
}
