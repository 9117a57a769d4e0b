#include "client_io.h"

#include <chrono>
#include <utility>

namespace sewa::client {

namespace asio = boost::asio;

namespace {

Error stopped_error(ConnectionChanged const& change) {
    switch (change.reason) {
        case StopReason::kTokenInvalid:
            return error(Errc::kUnauthorized, "the server does not accept this token");
        case StopReason::kRefused:
            return error(Errc::kForbidden, "the server refuses this client");
        case StopReason::kClosedByServer:
            return error(Errc::kForbidden, "the server has ended this connection (code " +
                                               std::to_string(change.close_code) + ")");
        default:
            return error(Errc::kUnavailable, "the client was stopped");
    }
}

}  // namespace

Client::Parts::Parts(asio::io_context& io, ClientOptions client_options, TokenProvider tokens)
    : options(std::move(client_options)),
      core(options.core, clock, random),
      io_(io),
      timer_(io),
      tokens_(std::make_shared<TokenSource>(std::move(tokens))),
      url_(parse_url(options.url)) {
    boost::system::error_code ignored;
    tls_.set_verify_mode(options.verify_tls ? asio::ssl::verify_peer : asio::ssl::verify_none);
    if (options.ca_file.empty())
        tls_.set_default_verify_paths(ignored);
    else
        tls_.load_verify_file(options.ca_file, ignored);
    if (url_) {
        http_ = std::make_shared<HttpLink>(io.get_executor(), tls_, *url_, options.user_agent);
    }
}

void Client::Parts::carry_out() {
    // A callback that calls back: the loop below takes what it leaves, in order.
    if (std::exchange(carrying_out_, true)) return;
    auto const alive = shared_from_this();
    for (auto actions = core.take_actions(); !actions.empty(); actions = core.take_actions()) {
        for (auto& action : actions) std::visit([this](auto& what) { act(what); }, action);
    }
    carrying_out_ = false;
    arm_timer();
}

void Client::Parts::arm_timer() {
    auto const next = shut_down_ ? std::nullopt : core.next_deadline();
    if (next == armed_for_) return;
    armed_for_ = next;
    if (!next) {
        timer_.cancel();
        return;
    }
    timer_.expires_after(
        std::chrono::milliseconds(std::max<std::int64_t>(0, *next - clock.mono())));
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
        auto const self = weak.lock();
        if (error || !self) return;
        self->armed_for_.reset();
        self->with_core([](ClientCore& inner) { inner.tick(); });
    });
}

void Client::Parts::act(FetchToken const& fetch) {
    tokens_->ask(fetch.refresh, [weak = weak_from_this(),
                                 request = fetch.request](Result<std::string> token) {
        auto const self = weak.lock();
        if (!self) return;
        self->with_core([&](ClientCore& inner) { inner.on_token(request, std::move(token)); });
    });
}

SocketLink::Handlers Client::Parts::handlers(std::uint64_t connection) {
    // Each ends with the core; a handler of an old socket finds its number void.
    auto const tell = [weak = weak_from_this()](auto call) {
        if (auto const self = weak.lock()) self->with_core(call);
    };
    SocketLink::Handlers handlers;
    handlers.opened = [=] { tell([=](ClientCore& inner) { inner.on_opened(connection); }); };
    handlers.refused = [=](int status, std::int64_t retry_after_ms) {
        tell([=](ClientCore& inner) { inner.on_refused(connection, status, retry_after_ms); });
    };
    handlers.text = [=](std::string_view text) {
        tell([=](ClientCore& inner) { inner.on_text(connection, text); });
    };
    handlers.sign_of_life = [=] {
        tell([=](ClientCore& inner) { inner.on_sign_of_life(connection); });
    };
    handlers.closed = [=](std::uint16_t code) {
        tell([=](ClientCore& inner) { inner.on_closed(connection, code); });
    };
    return handlers;
}

void Client::Parts::act(Connect const& connect) {
    if (socket_) socket_->abandon();
    if (!url_ || shut_down_) {  // The owner learns of a wrong address by `connect`.
        socket_.reset();
        core.on_refused(connect.connection, 403);
        return;
    }
    SocketLink::Target target{*url_, "v=1", connect.token, options.user_agent};
    if (!connect.since.empty()) target.query += "&since=" + connect.since;
    socket_number_ = connect.connection;
    socket_ =
        SocketLink::open(io_.get_executor(), tls_, std::move(target), handlers(connect.connection));
}

void Client::Parts::act(SendText& send) {
    if (socket_ && send.connection == socket_number_) socket_->send(std::move(send.text));
}

void Client::Parts::act(CloseSocket const& close) {
    if (!socket_ || close.connection != socket_number_) return;
    socket_->abandon();
    socket_.reset();
}

void Client::Parts::act(HttpGet const& request) {
    get(request.path, [weak = weak_from_this(), number = request.request](HttpAnswer answer) {
        auto const self = weak.lock();
        if (!self) return;
        self->with_core([&](ClientCore& inner) { inner.on_http(number, std::move(answer)); });
    });
}

void Client::Parts::act(Save const& save) {
    if (options.save) options.save(save.state);
}

void Client::Parts::act(Event const& event) {
    if (auto const* progress = std::get_if<SendProgress>(&event)) settle(*progress);
    if (auto const* change = std::get_if<ConnectionChanged>(&event)) settle(*change);
    auto const call = callback;  // It may destroy the Client, and itself with it.
    if (call && !shut_down_) call(event);
}

void Client::Parts::settle(SendProgress const& progress) {
    if (progress.state != SendState::kSent && progress.state != SendState::kFailed) return;
    auto const [first, last] = answer_waiters_.equal_range(progress.key);
    std::vector<Done<Sent>> waiters;
    for (auto at = first; at != last; ++at) waiters.push_back(std::move(at->second));
    answer_waiters_.erase(first, last);
    for (auto& done : waiters) {
        if (progress.state == SendState::kFailed)
            done(fail(progress.error));
        else
            done(Sent{progress.id, progress.conv_seq, progress.duplicate});
    }
}

void Client::Parts::settle(ConnectionChanged const& change) {
    if (change.state != LinkState::kLive && change.state != LinkState::kStopped) return;
    bool const live = change.state == LinkState::kLive;
    for (auto& done : std::exchange(live_waiters_, {})) {
        if (live)
            done({});
        else if (!url_)
            done(fail(url_.error()));
        else
            done(fail(stopped_error(change)));
    }
    if (live) return;
    for (auto& [key, done] : std::exchange(answer_waiters_, {})) done(fail(stopped_error(change)));
}

void Client::Parts::when_live(Done<void> done) {
    if (core.state() == LinkState::kLive) return done({});
    live_waiters_.push_back(std::move(done));
    with_core([](ClientCore& started) { started.start(); });
}

void Client::Parts::when_answered(Result<std::string> key, Done<Sent> done) {
    if (!key) return done(fail(key.error()));
    answer_waiters_.emplace(std::move(*key), std::move(done));
    carry_out();
}

void Client::Parts::get(std::string path, HttpLink::Done done, bool again) {
    if (!http_) return done({});
    auto const token = tokens_->current();
    HttpLink::Call call{"GET", "/api/messaging/" + path, {}, token};
    http_->call(std::move(call), [weak = weak_from_this(), path, token, again,
                                  done = std::move(done)](HttpAnswer answer) {
        auto const self = weak.lock();
        if (!self || answer.status != 401 || !again) return done(std::move(answer));
        self->tokens_->get(true, token, [weak, path, done](Result<std::string> fresh) {
            auto const parts = weak.lock();
            if (!parts || !fresh) return done({401, {}});
            parts->get(path, done, false);
        });
    });
}

void Client::Parts::shut_down() {
    if (std::exchange(shut_down_, true)) return;
    auto const alive = shared_from_this();
    with_core([](ClientCore& stopped) { stopped.stop(); });
    ConnectionChanged const stop{LinkState::kStopped, StopReason::kByUser};
    settle(stop);
    if (socket_) socket_->abandon();
    if (http_) http_->stop();
    timer_.cancel();
}

}  // namespace sewa::client
