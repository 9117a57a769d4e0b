// What one delivery costs in the network core alone: rooms of connections on one shard, where each
// message of a member goes to the whole room, against clients in another process.
//
// usage: fanout_loop [connections=2000] [room=100] [payload_bytes=200] [seconds=5]
//
// Each room has one message on its way at any time; its first member sends the next one when the
// last one came back. Prints deliveries per second and the shard's processor time for each.
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "net/listener.h"

namespace {

using namespace sewa;

struct Plan {
    std::size_t connections = 2000;
    std::size_t room = 100;
    std::size_t payload_bytes = 200;
    std::int64_t seconds = 5;
};

struct Rooms {
    Plan const plan;
    std::vector<net::Connection*> members;
    std::uint64_t deliveries = 0;
    std::uint64_t refused = 0;
};

// One byte in, one frame out to everybody in the room.
class Member final : public net::Protocol {
public:
    explicit Member(Rooms& rooms) : rooms_(rooms), number_(rooms.members.size()) {}

    void on_open(net::Connection& connection) override { rooms_.members.push_back(&connection); }
    std::size_t on_bytes(net::Connection&, std::span<char> bytes) override {
        std::string const payload(rooms_.plan.payload_bytes, 'x');
        auto const first = number_ - number_ % rooms_.plan.room;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            auto const frame = SharedFrame::text(payload);
            for (std::size_t m = first; m < first + rooms_.plan.room; ++m) {
                rooms_.refused += !rooms_.members[m]->send(frame);
            }
            rooms_.deliveries += rooms_.plan.room;
        }
        return bytes.size();
    }

private:
    Rooms& rooms_;
    std::size_t const number_;
};

// Reads everything; the first member of each room answers each whole frame with one byte.
[[noreturn]] void run_clients(net::Address const& server, Plan const& plan) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
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
    auto const frame = SharedFrame::text(std::string(plan.payload_bytes, 'x'));
    std::size_t const frame_bytes = frame.wire().size();
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

double seconds(timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

void measure(shard::Loop& loop, Rooms& rooms) {
    while (rooms.members.size() < rooms.plan.connections) loop.turn(100);
    SystemClock const clock;
    auto const warm = clock.mono() + 500;
    while (clock.mono() < warm) loop.turn(10);
    rusage before{}, after{};
    getrusage(RUSAGE_SELF, &before);
    auto const began = clock.mono();
    auto const first = rooms.deliveries;
    while (clock.mono() - began < rooms.plan.seconds * 1000) loop.turn(10);
    getrusage(RUSAGE_SELF, &after);
    auto const count = static_cast<double>(rooms.deliveries - first);
    auto const elapsed = static_cast<double>(clock.mono() - began) / 1000;
    auto const user = seconds(after.ru_utime) - seconds(before.ru_utime);
    auto const system = seconds(after.ru_stime) - seconds(before.ru_stime);
    std::printf("%zu connections, rooms of %zu, %zu bytes: %.0f deliveries/s, user %.0f ns and "
                "system %.0f ns each (user share %.1f %%), %llu refused\n",
                rooms.plan.connections, rooms.plan.room, rooms.plan.payload_bytes, count / elapsed,
                user / count * 1e9, system / count * 1e9, 100 * user / (user + system),
                static_cast<unsigned long long>(rooms.refused));
}

}  // namespace

int main(int argc, char** argv) {
    Plan plan;
    if (argc > 1) plan.connections = std::strtoull(argv[1], nullptr, 10);
    if (argc > 2) plan.room = std::strtoull(argv[2], nullptr, 10);
    if (argc > 3) plan.payload_bytes = std::strtoull(argv[3], nullptr, 10);
    if (argc > 4) plan.seconds = std::strtoll(argv[4], nullptr, 10);
    if (plan.room == 0 || plan.connections % plan.room != 0) {
        std::fprintf(stderr, "connections must be a multiple of room\n");
        return 2;
    }
    SystemClock const clock;
    ShardScope const here(ShardId{0});
    shard::Loop loop(ShardId{0}, clock);
    Rooms rooms{plan, {}};
    net::ConnectionTable table(loop, {}, plan.connections);
    net::ListenerTarget const target{&table, [&] { return std::make_unique<Member>(rooms); }};
    auto const any_port = net::parse_address("127.0.0.1:0").value();
    auto const listener = net::Listener::open(loop, any_port, {target}, {});
    if (!listener) {
        std::fprintf(stderr, "%s\n", listener.error().message.c_str());
        return 1;
    }
    pid_t const clients = fork();
    if (clients == 0) run_clients((*listener)->bound(), plan);
    measure(loop, rooms);
    kill(clients, SIGKILL);
    waitpid(clients, nullptr, 0);
}
