#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>

#include "cli/chat_input.h"
#include "cli/chat_screen.h"
#include "cli/chat_session.h"
#include "cli/chat_terminal.h"
#include "cli/commands.h"
#include "cli/exit.h"

namespace sewa::cli {
namespace {

namespace asio = boost::asio;

struct ChatArguments {
    std::string url = "ws://127.0.0.1:8000";
    std::string token;
    std::string demo;
    std::int64_t conversation = 0;
    bool plain = false;
};

constexpr std::size_t kNoticesMax = 50;

// Lines in, lines out: for pipes, scripts and tests.
class PlainChat {
public:
    PlainChat(asio::io_context& io, client::ClientOptions options, client::TokenProvider tokens)
        : io_(io), session_(io, std::move(options), std::move(tokens), output()) {}

    int run(ConversationId conversation) {
        InputReader reader([this](std::string bytes) {
            asio::post(io_, [this, bytes = std::move(bytes)] { feed(bytes); });
        });
        session_.start(conversation);
        io_.run();
        return exit_code_;
    }
    void interrupt() { session_.interrupt(); }

private:
    ChatSession::Output output() {
        return {[](std::vector<std::string> lines, bool) {
                    for (auto const& line : lines) write_out(line + "\n");
                },
                [] {},
                [this](int exit_code) {
                    exit_code_ = exit_code;
                    io_.stop();
                }};
    }
    void feed(std::string const& bytes) {
        if (bytes.empty()) {
            if (!unfinished_.empty()) session_.enter(std::exchange(unfinished_, {}));
            return session_.leave();
        }
        unfinished_ += bytes;
        for (auto end = unfinished_.find('\n'); end != std::string::npos;
             end = unfinished_.find('\n')) {
            session_.enter(unfinished_.substr(0, end));
            unfinished_.erase(0, end + 1);
        }
        if (unfinished_.size() > LineEditor::kBytesMax) unfinished_.clear();
    }

    asio::io_context& io_;
    std::string unfinished_;
    int exit_code_ = 0;
    ChatSession session_;
};

// The whole terminal.
class ScreenChat {
public:
    ScreenChat(asio::io_context& io, client::ClientOptions options, client::TokenProvider tokens)
        : io_(io),
          resized_(io, SIGWINCH),
          session_(io, std::move(options), std::move(tokens), output()) {}

    int run(ConversationId conversation) {
        {
            RawTerminal const terminal;
            InputReader reader([this](std::string bytes) {
                asio::post(io_, [this, bytes = std::move(bytes)] { feed(bytes); });
            });
            watch_size();
            session_.start(conversation);
            paint();
            io_.run();
        }
        // What made it end should still be there when the screen is gone.
        if (exit_code_ != 0 && !notices_.empty()) write_out(notices_.back() + "\n");
        return exit_code_;
    }
    void interrupt() { session_.interrupt(); }

private:
    ChatSession::Output output() {
        return {[this](std::vector<std::string> lines, bool is_notice) {
                    if (is_notice) keep(lines);
                },
                [this] { paint_soon(); },
                [this](int exit_code) {
                    exit_code_ = exit_code;
                    io_.stop();
                }};
    }
    void keep(std::vector<std::string> const& lines) {
        for (auto const& line : lines) {
            for (std::size_t at = 0; at <= line.size();) {
                auto const end = std::min(line.find('\n', at), line.size());
                notices_.push_back(line.substr(at, end - at));
                at = end + 1;
            }
        }
        while (notices_.size() > kNoticesMax) notices_.pop_front();
    }
    void feed(std::string const& bytes) {
        if (bytes.empty()) return session_.leave();
        for (auto const& outcome : editor_.feed(bytes)) {
            std::visit([this](auto const& what) { on(what); }, outcome);
        }
        paint_soon();
    }
    void on(LineEditor::Typed) { session_.key_pressed(editor_.text()); }
    void on(LineEditor::Moved) {}
    void on(LineEditor::Submitted const& submitted) {
        pages_up_ = 0;
        notices_.clear();
        session_.enter(submitted.line);
    }
    void on(LineEditor::Scrolled scrolled) {
        auto const size = RawTerminal::size();
        bool const at_top = pages_up_ * static_cast<int>(size.height) >
                            static_cast<int>(session_.timeline().messages().size());
        if (scrolled.pages > 0 && at_top) return session_.older();
        pages_up_ = std::max(0, pages_up_ + scrolled.pages);
    }
    void on(LineEditor::Left) { session_.interrupt(); }

    void watch_size() {
        resized_.async_wait([this](boost::system::error_code error, int) {
            if (error) return;
            paint();
            watch_size();
        });
    }
    // Many changes in one turn are painted once.
    void paint_soon() {
        if (std::exchange(paint_waits_, true)) return;
        asio::post(io_, [this] { paint(); });
    }
    void paint() {
        paint_waits_ = false;
        auto const size = RawTerminal::size();
        write_out(terminal_bytes(render({session_.timeline(), session_.connection(), notices_,
                                         editor_.text(), editor_.cursor(), pages_up_},
                                        size.width, size.height)));
    }

    asio::io_context& io_;
    asio::signal_set resized_;
    LineEditor editor_;
    std::deque<std::string> notices_;
    int pages_up_ = 0;
    int exit_code_ = 0;
    bool paint_waits_ = false;
    ChatSession session_;
};

template <typename Chat>
int run_chat(ChatArguments const& arguments) {
    asio::io_context io(1);
    client::ClientOptions options;
    options.url = arguments.url;
    options.user_agent = "sewa-chat";
    auto tokens = arguments.demo.empty() ? client::fixed_token(arguments.token)
                                         : client::demo_tokens(io, arguments.url, arguments.demo);
    Chat chat(io, std::move(options), std::move(tokens));
    asio::signal_set signals(io, SIGINT, SIGTERM, SIGHUP);
    std::function<void()> watch = [&] {
        signals.async_wait([&](boost::system::error_code error, int) {
            if (error) return;
            watch();
            chat.interrupt();
        });
    };
    watch();
    return chat.run(ConversationId{arguments.conversation});
}

void run_command(ChatArguments const& arguments) {
    if (arguments.token.empty() == arguments.demo.empty()) {
        fail_command(error(Errc::kBadRequest, "give either --token or --demo asha"),
                     ExitCode::kUsage);
    }
    std::signal(SIGPIPE, SIG_IGN);
    bool const plain = arguments.plain || !RawTerminal::is_there();
    auto const code = plain ? run_chat<PlainChat>(arguments) : run_chat<ScreenChat>(arguments);
    if (code != 0) throw CLI::RuntimeError(code);
}

}  // namespace

void register_chat(CLI::App& app) {
    auto const arguments = std::make_shared<ChatArguments>();
    auto* const command = app.add_subcommand("chat", "Chat in the terminal");
    command->add_option("--url", arguments->url, "Server, ws:// or wss://")->capture_default_str();
    command->add_option("--token", arguments->token, "JWT; sewa token prints one")
        ->envname("SEWA_CHAT_TOKEN");
    command->add_option("--demo", arguments->demo,
                        "Log in to a demo server as asha, bikash, chandra or deepa");
    command->add_option("--conversation", arguments->conversation,
                        "Number of the conversation; without it the newest");
    command->add_flag("--plain", arguments->plain, "Lines in and out, as without a terminal");
    command->callback([arguments] { run_command(*arguments); });
}

}  // namespace sewa::cli
