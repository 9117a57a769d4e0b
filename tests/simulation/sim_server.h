#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chat/hub.h"
#include "session/session.h"
#include "sim_connection.h"
#include "sim_store.h"

namespace sewa::simulation {

// Tokens of the simulation: "<user>.<wall clock ms of its end>".
class SimAuthenticator final : public session::Authenticator {
public:
    explicit SimAuthenticator(Clock const& clock) : clock_(clock) {}
    Result<auth::Claims> verify(std::string_view token) const override;

private:
    Clock const& clock_;
};

class SimServer;

struct ShardParts {
    ShardId id;
    SimServer& server;
    Clock const& clock;
    Weather const& weather;
    std::uint64_t seed;
};

// One shard of the real server core, without its loop: mail, timers, hub, sessions.
class SimShard {
public:
    explicit SimShard(ShardParts const& parts);

    void accept(Link& link, session::SessionRequest request);
    void reap();  // Destroys connections that are finished.

    shard::TimerWheel timers;
    std::deque<chat::HubTask> mailbox;
    wire::Decoder decoder;
    SeededRandom random;
    session::SessionLimits limits;
    session::SessionCounters counters;
    chat::Hub hub;
    session::SessionParts session_parts;
    std::map<std::uint64_t, std::unique_ptr<SimConnection>> connections;  // By link.
    std::size_t const transport_bytes_max;
    MonoMs advanced_at;
};

// The real server core in one thread: store, shards, presence, typing. Destroying it is a crash.
class SimServer final : public chat::Peers {
public:
    struct Parts {
        std::string path;
        Clock const& clock;
        Random& random;
        Weather const& weather;
        Trace& trace;
    };
    explicit SimServer(Parts parts);
    ~SimServer() override;

    void run_mail(std::size_t shard);
    void run_timers(std::size_t shard);
    void hand_out(std::size_t shard);
    bool can_hand_out(std::size_t shard) const;
    bool can_run_timers(std::size_t shard) const;
    std::optional<MonoMs> next_due() const;

    SimConnection* connection(std::uint64_t link, std::size_t* shard = nullptr);
    void check_bounds();

    std::uint16_t shard_count() const override { return static_cast<std::uint16_t>(shards.size()); }
    bool post(ShardId shard, chat::HubTask task) override;
    void yield() override;

    Parts const parts;
    SimStore store;
    SimAuthenticator authenticator;
    chat::PresenceTable presence;
    chat::TypingTable typing;
    std::vector<std::unique_ptr<SimShard>> shards;
};

// What REST answers to `path` behind /api/messaging/, for the GETs of the client core.
struct RestAnswer {
    int status = 0;
    std::string body;
};
RestAnswer answer_get(store::Reader& reader, UserId user, std::string_view path);

}  // namespace sewa::simulation
