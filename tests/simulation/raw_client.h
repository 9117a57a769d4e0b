#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/random.h"
#include "ledger_of_sends.h"
#include "link.h"

namespace sewa::simulation {

class World;

// A client that trusts nobody: it speaks v=1 or base mode by hand, repeats each key over several
// connections and over REST until it is answered, and with v=1 resumes strictly: whatever it missed
// must come by the stream itself, without a gap that events/ would have to mend.
class RawClient {
public:
    RawClient(World& world, int index, UserId user, bool is_v1);

    void act();
    void deliver(std::uint64_t link, Packet const& packet);
    // The outcome of a REST write: the message, or nothing when it was refused or got lost.
    void answered(std::string const& key, MessageId id, ConvSeq conv_seq, bool is_final);
    // One step towards having everything answered.
    void settle();
    bool is_settled() const { return pending_.empty(); }
    int index() const { return index_; }
    UserId user() const { return user_; }
    bool has_link() const { return !links_.empty(); }
    void disconnect();

private:
    struct Pending {
        ConversationId conversation;
        std::string content;
    };

    void connect();
    void send_new();
    void repeat();
    void post_over(std::uint64_t link, std::string const& key, Pending const& message);
    void take(std::uint64_t link, SeenFrame const& seen);
    void apply(SeenFrame const& seen);
    void greeted(SeenFrame const& seen);

    World& world_;
    int const index_;
    UserId const user_;
    bool const is_v1_;
    std::string name_;
    SeededRandom random_;
    std::vector<std::uint64_t> links_;  // The first one is read for the resume.
    std::map<std::string, Pending> pending_;
    int texts_ = 0;

    // What a strict reader of the first link knows.
    std::string epoch_;
    Pos cursor_;
    bool is_resumable_ = false;
    std::map<ConversationId, ConvSeq> applied_;
};

}  // namespace sewa::simulation
