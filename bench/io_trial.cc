// Would io_uring carry deliveries better than epoll? The same rooms as in fanout_loop, on two bare
// loops without a server around them, one after the other, several rounds.
//
// usage: io_trial [connections=2000] [room=100] [payload_bytes=200] [seconds=5] [rounds=3]
//
// epoll: a recv for each ready connection, a send for each delivery. io_uring: a recv that stays
// posted for each connection, a submission for each delivery, one system call for each turn.
#include <liburing.h>

#include <chrono>

#include "fanout_clients.h"

namespace {

using namespace sewa;
using bench::FanoutPlan;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

[[noreturn]] void give_up(char const* what) {
    std::perror(what);
    std::exit(1);
}

// Sends a whole room's deliveries; how, is the loop's.
template <typename Send>
std::uint64_t deliver(FanoutPlan const& plan, std::size_t member, std::size_t messages,
                      Send const& send) {
    auto const first = member - member % plan.room;
    for (std::size_t i = 0; i < messages; ++i) {
        for (std::size_t m = first; m < first + plan.room; ++m) send(m);
    }
    return messages * plan.room;
}

class EpollLoop {
public:
    EpollLoop(FanoutPlan const& plan, std::vector<int> const& fds)
        : plan_(plan), fds_(fds), frame_(plan.frame()), poll_(epoll_create1(EPOLL_CLOEXEC)) {
        for (std::size_t i = 0; i < fds.size(); ++i) {
            epoll_event event{EPOLLIN, {.u64 = i}};
            if (epoll_ctl(poll_, EPOLL_CTL_ADD, fds[i], &event) != 0) give_up("epoll_ctl");
        }
    }
    ~EpollLoop() { close(poll_); }

    std::uint64_t turn() {
        std::uint64_t deliveries = 0;
        int const found = epoll_wait(poll_, events_.data(), static_cast<int>(events_.size()), 10);
        for (int i = 0; i < found; ++i) {
            auto const member = events_[static_cast<std::size_t>(i)].data.u64;
            char bytes[64];
            auto const got = recv(fds_[member], bytes, sizeof bytes, 0);
            if (got <= 0) give_up("recv");
            deliveries += deliver(plan_, member, static_cast<std::size_t>(got), [&](std::size_t m) {
                auto const wire = frame_.wire();
                if (send(fds_[m], wire.data(), wire.size(), MSG_NOSIGNAL) < 0) give_up("send");
            });
        }
        return deliveries;
    }

private:
    FanoutPlan const plan_;
    std::vector<int> const& fds_;
    SharedFrame const frame_;
    int const poll_;
    std::array<epoll_event, 512> events_{};
};

class UringLoop {
public:
    UringLoop(FanoutPlan const& plan, std::vector<int> const& fds)
        : plan_(plan), fds_(fds), frame_(plan.frame()), input_(fds.size()) {
        io_uring_params params{};
        params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
        if (io_uring_queue_init_params(4096, &ring_, &params) < 0) give_up("io_uring");
        if (io_uring_register_files(&ring_, fds.data(), static_cast<unsigned>(fds.size())) < 0) {
            give_up("io_uring_register_files");
        }
        for (std::size_t i = 0; i < fds.size(); ++i) receive(i);
    }
    ~UringLoop() { io_uring_queue_exit(&ring_); }

    std::uint64_t turn() {
        std::uint64_t deliveries = 0;
        __kernel_timespec wait{0, 10'000'000};
        io_uring_cqe* first = nullptr;
        io_uring_submit_and_wait_timeout(&ring_, &first, 1, &wait, nullptr);
        unsigned head = 0, seen = 0;
        io_uring_cqe* done = nullptr;
        io_uring_for_each_cqe(&ring_, head, done) {
            ++seen;
            if (done->user_data == kSent) give_up("send");  // Only failures are told.
            if (done->res <= 0) continue;
            ready_.push_back({done->user_data, static_cast<std::size_t>(done->res)});
        }
        io_uring_cq_advance(&ring_, seen);
        for (auto const& [member, bytes] : ready_) {
            receive(member);
            deliveries += deliver(plan_, member, bytes, [this](std::size_t m) { post(m); });
        }
        ready_.clear();
        return deliveries;
    }

private:
    static constexpr std::uint64_t kSent = ~std::uint64_t{0};

    io_uring_sqe* submission() {
        auto* entry = io_uring_get_sqe(&ring_);
        if (entry == nullptr) {
            io_uring_submit(&ring_);
            entry = io_uring_get_sqe(&ring_);
        }
        return entry;
    }
    void receive(std::size_t member) {
        auto* const entry = submission();
        io_uring_prep_recv(entry, static_cast<int>(member), input_[member].data(),
                           input_[member].size(), 0);
        entry->flags |= IOSQE_FIXED_FILE;
        entry->user_data = member;
    }
    void post(std::size_t member) {
        auto* const entry = submission();
        auto const wire = frame_.wire();
        io_uring_prep_send(entry, static_cast<int>(member), wire.data(), wire.size(),
                           MSG_NOSIGNAL | MSG_WAITALL);
        entry->flags |= IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS;
        entry->user_data = kSent;
    }

    FanoutPlan const plan_;
    std::vector<int> const& fds_;
    SharedFrame const frame_;
    std::vector<std::array<char, 64>> input_;
    std::vector<std::pair<std::size_t, std::size_t>> ready_;
    io_uring ring_{};
};

std::vector<int> accept_all(int listener, FanoutPlan const& plan) {
    std::vector<int> fds;
    while (fds.size() < plan.connections) {
        int const fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) give_up("accept");
        int const on = 1;
        setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &on, sizeof on);
        fds.push_back(fd);
    }
    return fds;
}

template <typename Loop>
void run(char const* name, FanoutPlan const& plan) {
    int const listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        listen(listener, 4096) != 0) {
        give_up("listen");
    }
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    auto const text = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    pid_t const clients = fork();
    if (clients == 0) bench::run_fanout_clients(net::parse_address(text).value(), plan);
    auto const fds = accept_all(listener, plan);
    {
        Loop loop(plan, fds);
        for (auto const warm = Clock::now(); seconds_since(warm) < 0.5;) loop.turn();
        bench::FanoutClock const used;
        std::uint64_t deliveries = 0;
        auto const began = Clock::now();
        while (seconds_since(began) < static_cast<double>(plan.seconds)) deliveries += loop.turn();
        used.print(name, plan, deliveries, seconds_since(began));
    }
    kill(clients, SIGKILL);
    waitpid(clients, nullptr, 0);
    for (int const fd : fds) close(fd);
    close(listener);
}

}  // namespace

int main(int argc, char** argv) {
    auto const plan = FanoutPlan::from(argc, argv);
    bench::pin_to_core(0);
    auto const rounds = argc > 5 ? std::strtol(argv[5], nullptr, 10) : 3;
    for (long i = 0; i < rounds; ++i) {
        run<EpollLoop>("epoll", plan);
        run<UringLoop>("io_uring", plan);
    }
}
