#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core_client.h"
#include "link.h"
#include "raw_client.h"
#include "sim_server.h"
#include "store/sqlite/database.h"
#include "trace.h"
#include "weather.h"

namespace sewa::simulation {

// The whole: one server, its disk, its clients, the network between them and the clock. One thread;
// whatever may happen next is chosen by the seed. The same seed gives the same run.
class World {
public:
    World(std::uint64_t seed, bool is_printed);
    ~World();

    void run();    // Everything that can go wrong goes wrong.
    void heal();   // No more faults; until nothing moves.
    void check();  // What the clients were told and show, against what is stored.

    // For the clients.
    Clock const& clock() const { return clock_; }
    Random& random() { return random_; }
    Trace& trace() { return trace_; }
    LedgerOfSends& sends() { return sends_; }
    std::string token_for(UserId user);
    ConversationId some_conversation();
    struct Opening {
        int client = 0;
        UserId user;
        bool is_v1 = true;
        std::string since;
        std::string token;
    };
    // 0: the server does not answer.
    std::uint64_t open_link(Opening const& opening);
    void send_from_client(std::uint64_t link, Packet packet);
    void close_from_client(std::uint64_t link);
    void http_get(CoreClient& client, std::uint64_t request, std::string const& path);
    struct RestPost {
        ConversationId conversation;
        std::string key;
        std::string content;
    };
    void rest_post(RawClient& client, UserId user, RestPost const& post);

private:
    enum class Kind : std::uint8_t {
        kApply,
        kHandOut,
        kRead,
        kMail,
        kTimers,
        kFlush,
        kToServer,
        kToClient,
        kTick,
        kToken,
        kGet,
        kAnswer,
        kAct,
        kRawAct,
        kFault,
        kAdmin,
        kClock,
    };
    struct Choice {
        Kind kind;
        std::uint64_t index;
        std::uint32_t weight;
    };
    // An HTTP answer on its way back.
    struct Answer {
        std::function<void()> arrives;
        std::function<void()> is_lost;
    };
    struct PendingGet;
    enum class Phase { kRun, kHeal };

    void check_presence();
    void check_typing();
    bool sheds() const;  // Something is so small that ephemeral frames get lost.
    void set_up();
    void commit(store::Command command);
    void add_clients();
    void start_server();
    void crash_server();

    bool step(Phase phase);
    void collect(Phase phase);
    void collect_server();
    void collect_links(Phase phase);
    void collect_clients(Phase phase);
    void add(Kind kind, std::uint64_t index, std::uint32_t weight) {
        choices_.push_back({kind, index, weight});
    }
    void take(Choice const& choice, Phase phase);
    void deliver_up(Link& link);
    void deliver_down(Link& link);
    void answer_arrives(std::uint64_t index, bool may_be_lost);
    void fault();
    void cut_some_link();
    void administer();
    bool chance(std::uint64_t of) { return random_.below(of) == 0; }

    void advance(std::int64_t ms);
    void jump_wall_clock();
    std::optional<MonoMs> next_due() const;
    Link* link(std::uint64_t id);
    Link* some_link();
    void reap_links();
    bool is_settled() const;
    void rouse();

    SeededRandom random_;
    Weather const weather_;
    ManualClock clock_;
    Trace trace_;
    LedgerOfSends sends_;
    std::string path_;
    std::unique_ptr<store::sqlite::Database> disk_;  // Keeps the database while no server runs.
    std::unique_ptr<SimServer> server_;
    std::uint32_t server_life_ = 0;
    std::vector<std::unique_ptr<CoreClient>> clients_;
    std::vector<std::unique_ptr<RawClient>> raws_;
    std::map<std::uint64_t, std::unique_ptr<Link>> links_;
    std::uint64_t last_link_ = 0;
    std::vector<Answer> answers_;
    std::vector<Choice> choices_;
    std::vector<ConversationId> conversations_;
    std::vector<ConversationId> groups_;
    std::set<std::pair<UserId, UserId>> partners_;  // Share a conversation that nobody leaves.
};

struct Outcome {
    std::uint64_t hash = 0;
    std::vector<std::string> complaints;
};
Outcome run_seed(std::uint64_t seed, bool is_printed = false);

}  // namespace sewa::simulation
