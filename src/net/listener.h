#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/address.h"
#include "net/connection_table.h"
#include "net/net_counters.h"
#include "net/tls_context.h"
#include "shard/loop.h"

namespace sewa::net {

// Where accepted connections go: one per shard.
struct ListenerTarget {
    ConnectionTable* table;
    // The first protocol of a connection; called on that shard.
    std::function<std::unique_ptr<Protocol>()> make_protocol;
};

struct ListenerOptions {
    // Open connections of all targets; one more is refused.
    std::size_t connections_max = 50'000;
    int backlog = 4096;
    std::size_t accepts_per_turn_max = 16;  // More would hold up who is in already.
    // What a refused plain connection is sent before it is closed, as far as the kernel takes it.
    std::string refusal;
};

struct ListenerCounters {
    Counter accepted;
    Counter refused;             // Too many connections, or a shard that takes no more mail.
    Counter out_of_descriptors;  // Accepted with the spare descriptor and closed.
};

// Accepts connections on one shard and deals them out to all shards in turn.
//
// One acceptor and not one socket per shard with SO_REUSEPORT: the kernel spreads those by a hash,
// so that a few hundred long-lived connections leave shards far from equal, for hours. Handing a
// descriptor to another shard costs one message per connection.
//
// Shard-local to `loop`. The tables outlive it and the mail that it posted to them. Keeps a spare
// descriptor: when the process has no more, the excess connection is accepted with it and closed,
// so that level-triggered readiness does not spin. When even that fails it stops accepting for 100
// ms.
class Listener final : private shard::FdHandler, private shard::Timer {
public:
    static Result<std::unique_ptr<Listener>> open(shard::Loop& loop, Address const& address,
                                                  std::vector<ListenerTarget> targets,
                                                  ListenerOptions options);
    ~Listener() override;

    // TLS for what is accepted from now on; null for plain. Before the first turn.
    void set_tls(std::shared_ptr<TlsContext> tls) { tls_ = std::move(tls); }

    // The address with the port that the system chose.
    Address const& bound() const { return bound_; }
    // Stops accepting for good; what was accepted stays.
    void close();
    ListenerCounters const& counters() const { return counters_; }

private:
    Listener(shard::Loop& loop, UniqueFd fd, std::vector<ListenerTarget> targets,
             ListenerOptions options);

    void on_ready(std::uint32_t events) override;
    void on_timer(MonoMs now) override;
    bool accept_one();
    bool accept_failed(int reason);
    bool shed_with_spare();
    void deal(UniqueFd fd);
    void refuse(UniqueFd fd);
    bool is_full() const;
    bool resume();
    void pause();

    shard::Loop& loop_;
    UniqueFd fd_;
    UniqueFd spare_;
    Address bound_;
    std::shared_ptr<std::vector<ListenerTarget> const> const targets_;  // Mail holds it too.
    ListenerOptions const options_;
    std::shared_ptr<TlsContext> tls_;
    std::size_t next_target_ = 0;
    bool is_watched_ = false;
    ListenerCounters counters_;
};

}  // namespace sewa::net
