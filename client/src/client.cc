#include "sewa/client.h"

#include <fmt/format.h>

#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "client_io.h"
#include "frame_reader.h"
#include "frame_writer.h"

namespace sewa::client {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

// Resumes the coroutine with what `begin` passes to the callback that it is given.
template <typename T, typename Begin>
awaitable<Result<T>> wait_for(Begin begin) {
    return asio::async_initiate<asio::use_awaitable_t<> const, void(Result<T>)>(
        [](auto handler, Begin start) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            start([shared](Result<T> result) { std::move (*shared)(std::move(result)); });
        },
        asio::use_awaitable, std::move(begin));
}

template <typename T, typename Read>
Result<T> read_answer(HttpAnswer const& answer, Read read) {
    if (answer.status == 200) return read(answer.body);
    if (answer.status == 0) return fail(Errc::kUnavailable, "the server did not answer");
    return fail(read_http_error(answer.status, answer.body));
}

}  // namespace

TokenProvider fixed_token(std::string token) {
    return [token = std::move(token)](bool refresh, auto done) {
        // There is no other; the second 4001 would say the same.
        if (refresh) return done(fail(Errc::kUnauthorized, "this token is no longer accepted"));
        done(token);
    };
}

TokenProvider demo_tokens(asio::io_context& io, std::string url, std::string person) {
    auto const parsed = parse_url(url);
    if (!parsed) {
        return [error = parsed.error()](bool, auto done) { done(fail(error)); };
    }
    auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    boost::system::error_code ignored;
    tls->set_default_verify_paths(ignored);
    tls->set_verify_mode(asio::ssl::verify_peer);
    auto http = std::make_shared<HttpLink>(io.get_executor(), *tls, *parsed, "sewa-client");
    auto last = std::make_shared<std::string>();
    return [tls, http, last, person = std::move(person)](bool refresh, auto done) {
        if (!refresh && !last->empty()) return done(*last);
        auto const body = fmt::format(R"({{"person":{}}})", json_string(person));
        http->call({"POST", "/api/demo/login/", body, {}}, [last, done](HttpAnswer answer) {
            auto const token = read_text_field(answer.body, "access");
            if (answer.status / 100 == 2 && !token.empty()) return done(*last = token);
            if (answer.status == 0) return done(fail(Errc::kUnavailable, "no server there"));
            done(fail(read_http_error(answer.status, answer.body)));
        });
    };
}

Client::Client(asio::io_context& io, ClientOptions options, TokenProvider tokens)
    : parts_(std::make_shared<Parts>(io, std::move(options), std::move(tokens))) {}

Client::~Client() {
    parts_->callback = nullptr;
    parts_->shut_down();
}

void Client::on_event(std::function<void(Event const&)> callback) {
    parts_->callback = std::move(callback);
}

void Client::restore(SavedState state) {
    parts_->with_core([&](ClientCore& core) { core.restore(std::move(state)); });
}

void Client::start() {
    parts_->with_core([](ClientCore& core) { core.start(); });
}

void Client::stop() {
    parts_->with_core([](ClientCore& core) { core.stop(); });
}

void Client::retry_now() {
    parts_->with_core([](ClientCore& core) { core.retry_now(); });
}

Result<std::string> Client::post(ConversationId conversation, std::string_view text,
                                 MessageId reply_to) {
    return parts_->with_core(
        [&](ClientCore& core) { return core.send(conversation, text, reply_to); });
}

Result<std::string> Client::post_edit(ConversationId conversation, MessageId id,
                                      std::string_view text) {
    return parts_->with_core([&](ClientCore& core) { return core.edit(conversation, id, text); });
}

Result<std::string> Client::post_delete(ConversationId conversation, MessageId id,
                                        bool for_everyone) {
    return parts_->with_core(
        [&](ClientCore& core) { return core.remove(conversation, id, for_everyone); });
}

Result<std::string> Client::post_reaction(ConversationId conversation, MessageId id,
                                          std::string_view emoji, bool add) {
    return parts_->with_core(
        [&](ClientCore& core) { return core.react(conversation, id, emoji, add); });
}

Result<std::string> Client::mark_read(ConversationId conversation, ConvSeq up_to) {
    return parts_->with_core([&](ClientCore& core) { return core.mark_read(conversation, up_to); });
}

void Client::keystroke(ConversationId conversation) {
    parts_->with_core([&](ClientCore& core) { core.keystroke(conversation); });
}

void Client::stop_typing() {
    parts_->with_core([](ClientCore& core) { core.stop_typing(); });
}

awaitable<Status> Client::connect() {
    return wait_for<void>([parts = parts_](auto done) { parts->when_live(std::move(done)); });
}

// The waiter is put down before the actions of the call are carried out: the answer may be in them.
awaitable<Result<Sent>> Client::send(ConversationId conversation, std::string text,
                                     MessageId reply_to) {
    return wait_for<Sent>([=, parts = parts_](auto done) {
        parts->when_answered(parts->core.send(conversation, text, reply_to), std::move(done));
    });
}

awaitable<Result<Sent>> Client::edit(ConversationId conversation, MessageId id, std::string text) {
    return wait_for<Sent>([=, parts = parts_](auto done) {
        parts->when_answered(parts->core.edit(conversation, id, text), std::move(done));
    });
}

awaitable<Result<Sent>> Client::remove(ConversationId conversation, MessageId id,
                                       bool for_everyone) {
    return wait_for<Sent>([=, parts = parts_](auto done) {
        parts->when_answered(parts->core.remove(conversation, id, for_everyone), std::move(done));
    });
}

awaitable<Result<Sent>> Client::react(ConversationId conversation, MessageId id, std::string emoji,
                                      bool add) {
    return wait_for<Sent>([=, parts = parts_](auto done) {
        parts->when_answered(parts->core.react(conversation, id, emoji, add), std::move(done));
    });
}

awaitable<Result<HistoryPage>> Client::history(ConversationId conversation, ConvSeq before,
                                               int limit) {
    auto path = fmt::format("messages/?conversation={}&limit={}", conversation.value, limit);
    // "Before the end" is a cursor too, and gives the newest page with the same shape.
    path += fmt::format("&before={}", before ? before.value : kIdMax);
    return wait_for<HistoryPage>([path, parts = parts_](auto done) {
        parts->get(path, [done](HttpAnswer answer) {
            done(read_answer<HistoryPage>(answer, [](std::string_view body) -> Result<HistoryPage> {
                SEWA_TRY(auto page, read_message_page(body));
                return HistoryPage{std::move(page.messages), page.has_more};
            }));
        });
    });
}

awaitable<Result<std::vector<Conversation>>> Client::conversations() {
    using List = std::vector<Conversation>;
    return wait_for<List>([parts = parts_](auto done) {
        parts->get("conversations/?page_size=100", [done](HttpAnswer answer) {
            done(read_answer<List>(answer, read_conversation_list));
        });
    });
}

awaitable<Result<Conversation>> Client::conversation(ConversationId id) {
    return wait_for<Conversation>([id, parts = parts_](auto done) {
        parts->get(fmt::format("conversations/{}/?page_size=20", id.value),
                   [done](HttpAnswer answer) {
                       done(read_answer<Conversation>(answer, read_conversation));
                   });
    });
}

LinkState Client::state() const {
    return parts_->core.state();
}

UserId Client::user() const {
    return parts_->core.user();
}

std::size_t Client::waiting() const {
    return parts_->core.waiting();
}

}  // namespace sewa::client
