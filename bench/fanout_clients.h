#pragma once

#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/process_usage.h"
#include "core/shared_frame.h"
#include "net/address.h"

namespace sewa::bench {

// Rooms of connections, where each byte of a member becomes a frame to the whole room. Each room
// has one message on its way at any time.
struct FanoutPlan {
    std::size_t connections = 2000;
    std::size_t room = 100;
    std::size_t payload_bytes = 200;
    std::int64_t seconds = 5;

    // From the command line, in this order. Ends the program when they do not fit together.
    static FanoutPlan from(int argc, char** argv) {
        FanoutPlan plan;
        if (argc > 1) plan.connections = std::strtoull(argv[1], nullptr, 10);
        if (argc > 2) plan.room = std::strtoull(argv[2], nullptr, 10);
        if (argc > 3) plan.payload_bytes = std::strtoull(argv[3], nullptr, 10);
        if (argc > 4) plan.seconds = std::strtoll(argv[4], nullptr, 10);
        if (plan.room != 0 && plan.connections % plan.room == 0) return plan;
        std::fprintf(stderr, "connections must be a multiple of room\n");
        std::exit(2);
    }
    SharedFrame frame() const { return SharedFrame::text(std::string(payload_bytes, 'x')); }
};

// Reads everything; the first member of each room answers each whole frame with one byte.
[[noreturn]] inline void run_fanout_clients(net::Address const& server, FanoutPlan const& plan) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_to_core(1);
    sockaddr_storage storage{};
    auto const length = net::to_sockaddr(server, storage);
    int const poll = epoll_create1(0);
    std::vector<int> fds;
    for (std::size_t i = 0; i < plan.connections; ++i) {
        int const fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, reinterpret_cast<sockaddr*>(&storage), length) != 0) std::abort();
        epoll_event event{EPOLLIN, {.u64 = i}};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        fds.push_back(fd);
    }
    for (std::size_t i = 0; i < plan.connections; i += plan.room) send(fds[i], "m", 1, 0);
    std::size_t const frame_bytes = plan.frame().wire().size();
    std::vector<std::size_t> received(plan.connections);
    std::vector<char> buffer(1 << 16);
    std::array<epoll_event, 512> events;
    while (true) {
        int const found = epoll_wait(poll, events.data(), events.size(), -1);
        for (int i = 0; i < found; ++i) {
            auto const member = events[i].data.u64;
            auto const got = recv(fds[member], buffer.data(), buffer.size(), 0);
            if (got <= 0) std::exit(0);
            received[member] += static_cast<std::size_t>(got);
            bool const leads = member % plan.room == 0;
            for (; received[member] >= frame_bytes; received[member] -= frame_bytes) {
                if (leads) send(fds[member], "m", 1, MSG_NOSIGNAL);
            }
        }
    }
}

// Processor time between two moments.
class FanoutClock {
public:
    FanoutClock() { getrusage(RUSAGE_SELF, &before_); }

    void print(char const* what, FanoutPlan const& plan, std::uint64_t deliveries,
               double elapsed_s) const {
        rusage now{};
        getrusage(RUSAGE_SELF, &now);
        auto const user = seconds(now.ru_utime) - seconds(before_.ru_utime);
        auto const system = seconds(now.ru_stime) - seconds(before_.ru_stime);
        auto const count = static_cast<double>(deliveries);
        std::printf(
            "%-9s %zu connections, rooms of %zu, %zu bytes: %.0f deliveries/s, user %.0f ns "
            "and system %.0f ns each (user share %.1f %%)\n",
            what, plan.connections, plan.room, plan.payload_bytes, count / elapsed_s,
            user / count * 1e9, system / count * 1e9, 100 * user / (user + system));
    }

private:
    static double seconds(timeval const& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    }
    rusage before_{};
};

}  // namespace sewa::bench
