#include "net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/assert.h"

namespace sewa::net {

namespace {

constexpr std::int64_t kPauseMs = 100;

UniqueFd open_spare() {
    return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

auto cannot_listen(Address const& address, int reason) {
    std::string hint;
    if (reason == EADDRINUSE) hint = " (another process listens there: choose another port)";
    if (reason == EACCES) hint = " (ports below 1024 need CAP_NET_BIND_SERVICE)";
    return fail(Errc::kUnavailable,
                "cannot listen on " + address.text() + ": " + strerror(reason) + hint);
}

Result<UniqueFd> bind_socket(Address const& address, int backlog) {
    sockaddr_storage storage{};
    auto const length = to_sockaddr(address, storage);
    UniqueFd fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return cannot_listen(address, errno);
    int const on = 1, off = 0;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // "[::]" takes IPv4 too, whatever the system's default is.
    if (!address.is_ipv4()) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    auto const* const name = reinterpret_cast<sockaddr const*>(&storage);
    if (::bind(fd.get(), name, length) != 0 || ::listen(fd.get(), backlog) != 0) {
        return cannot_listen(address, errno);
    }
    return fd;
}

Address bound_address(int fd) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length);
    return from_sockaddr(storage);
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(shard::Loop& loop, Address const& address,
                                                 std::vector<ListenerTarget> targets,
                                                 ListenerOptions options) {
    SEWA_ASSERT(!targets.empty());
    SEWA_TRY(auto fd, bind_socket(address, options.backlog));
    std::unique_ptr<Listener> listener(
        new Listener(loop, std::move(fd), std::move(targets), std::move(options)));
    if (!listener->resume()) return fail(Errc::kUnavailable, "cannot watch the listening socket");
    return listener;
}

Listener::Listener(shard::Loop& loop, UniqueFd fd, std::vector<ListenerTarget> targets,
                   ListenerOptions options)
    : loop_(loop),
      fd_(std::move(fd)),
      spare_(open_spare()),
      bound_(bound_address(fd_.get())),
      targets_(std::make_shared<std::vector<ListenerTarget> const>(std::move(targets))),
      options_(std::move(options)) {}

Listener::~Listener() {
    close();
}

void Listener::close() {
    cancel();
    if (std::exchange(is_watched_, false)) loop_.unwatch(fd_.get(), *this);
    fd_.reset();
}

bool Listener::resume() {
    if (!spare_) spare_ = open_spare();
    is_watched_ = loop_.watch(fd_.get(), EPOLLIN, *this).has_value();
    return is_watched_;
}

void Listener::pause() {
    if (std::exchange(is_watched_, false)) loop_.unwatch(fd_.get(), *this);
    loop_.timers().schedule(*this, loop_.now() + kPauseMs);
}

void Listener::on_timer(MonoMs) {
    if (!resume()) pause();
}

void Listener::on_ready(std::uint32_t) {
    for (std::size_t i = 0; i < options_.accepts_per_turn_max; ++i) {
        if (!accept_one()) return;
    }
}

// False when there is nothing more to accept for now.
bool Listener::accept_one() {
    UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return accept_failed(errno);
    counters_.accepted.add();
    if (is_full()) {
        refuse(std::move(fd));
    } else {
        deal(std::move(fd));
    }
    return true;
}

bool Listener::accept_failed(int reason) {
    switch (reason) {
        case EAGAIN:
            return false;
        case EMFILE:
        case ENFILE:
            return shed_with_spare();
        case ENOBUFS:
        case ENOMEM:
            pause();
            return false;
        default:
            return true;  // That connection is gone already; the next one may be good.
    }
}

// The kernel reports missing descriptors before it looks whether anybody waits.
bool Listener::shed_with_spare() {
    spare_.reset();
    UniqueFd excess(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    bool const nobody_waits = !excess && errno == EAGAIN;
    if (excess) counters_.out_of_descriptors.add();
    bool const was_accepted = static_cast<bool>(excess);
    excess.reset();
    spare_ = open_spare();
    if (!spare_ || (!was_accepted && !nobody_waits)) pause();
    return was_accepted && spare_;
}

void Listener::deal(UniqueFd fd) {
    next_target_ = (next_target_ + 1) % targets_->size();
    auto adopt = [fd = std::move(fd), all = targets_, i = next_target_, tls = tls_]() mutable {
        auto const& target = (*all)[i];
        auto* const session = tls == nullptr ? nullptr : tls->new_session();
        if (tls != nullptr && session == nullptr) return;
        // What the table refuses is closed by it.
        static_cast<void>(
            target.table->adopt(Socket(std::move(fd), session), target.make_protocol()));
    };
    auto& loop = (*targets_)[next_target_].table->loop();
    if (&loop == &loop_) return adopt();
    if (!loop.try_post(std::move(adopt))) counters_.refused.add();
}

// A courtesy: the peer learns why. What it has sent already may still reset the connection.
void Listener::refuse(UniqueFd fd) {
    counters_.refused.add();
    if (tls_ != nullptr || options_.refusal.empty()) return;
    auto const& bytes = options_.refusal;
    [[maybe_unused]] auto const sent =
        ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(fd.get(), SHUT_WR);
}

bool Listener::is_full() const {
    std::uint64_t open = 0;
    for (auto const& target : *targets_) {
        // Closed first: a connection that opens and closes in between must not make it negative.
        auto const closed = target.table->counters().closed.get();
        open += target.table->counters().opened.get() - closed;
    }
    return open >= options_.connections_max;
}

}  // namespace sewa::net
