// What one delivery costs in the network core alone: rooms of connections on one shard, where each
// message of a member goes to the whole room, against clients in another process.
//
// usage: fanout_loop [connections=2000] [room=100] [payload_bytes=200] [seconds=5]
//
// Prints deliveries per second and the shard's processor time for each.
#include <memory>

#include "fanout_clients.h"
#include "net/listener.h"

namespace {

using namespace sewa;
using bench::FanoutPlan;

struct Rooms {
    FanoutPlan const plan;
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
        auto const first = number_ - number_ % rooms_.plan.room;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            auto const frame = rooms_.plan.frame();
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

void measure(shard::Loop& loop, Rooms& rooms) {
    while (rooms.members.size() < rooms.plan.connections) loop.turn(100);
    SystemClock const clock;
    auto const warm = clock.mono() + 500;
    while (clock.mono() < warm) loop.turn(10);
    bench::FanoutClock const used;
    auto const began = clock.mono();
    auto const first = rooms.deliveries;
    while (clock.mono() - began < rooms.plan.seconds * 1000) loop.turn(10);
    auto const elapsed_s = static_cast<double>(clock.mono() - began) / 1000;
    used.print("shard", rooms.plan, rooms.deliveries - first, elapsed_s);
    if (rooms.refused != 0) {
        std::printf("refused: %llu\n", static_cast<unsigned long long>(rooms.refused));
    }
}

}  // namespace

int main(int argc, char** argv) {
    auto const plan = FanoutPlan::from(argc, argv);
    bench::pin_to_core(0);
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
    if (clients == 0) bench::run_fanout_clients((*listener)->bound(), plan);
    measure(loop, rooms);
    kill(clients, SIGKILL);
    waitpid(clients, nullptr, 0);
}
