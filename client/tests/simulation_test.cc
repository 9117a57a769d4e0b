#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "model_server.h"

// A client, a model server and a network that cuts, loses, repeats and stalls, driven by a seed.
// Whatever happens, after the last fault the screen shows the log: each message once, in order,
// with its newest text; and every text that was sent is stored once.
namespace sewa::client {
namespace {

// What a careful application keeps, and stores together with the SavedState.
struct Screen {
    struct Line {
        std::int64_t seq;
        std::string content;
    };
    std::map<std::int64_t, std::map<std::int64_t, Line>> lines;  // conversation → message id.
    std::map<std::int64_t, std::int64_t> newest;
    std::vector<std::string> complaints;

    void show(Event const& event) {
        if (auto const* snapshot = std::get_if<Snapshot>(&event)) replace(*snapshot);
        if (auto const* added = std::get_if<MessageAdded>(&event)) add(added->message);
        if (auto const* updated = std::get_if<MessageUpdated>(&event)) {
            auto& conversation = lines[updated->conversation.value];
            if (!conversation.contains(updated->id.value)) {
                complaints.push_back("edit of a message that is not shown");
            }
            conversation[updated->id.value].content = updated->content;
        }
    }
    void replace(Snapshot const& snapshot) {
        lines.clear();
        newest.clear();
        for (auto const& conversation : snapshot.conversations) {
            for (auto const& message : conversation.latest_messages) add(message);
        }
    }
    void add(Message const& message) {
        auto& last = newest[message.conversation.value];
        if (message.conv_seq.value <= last) {
            complaints.push_back(fmt::format("{} shown after {} in {}", message.conv_seq.value,
                                             last, message.conversation.value));
        }
        last = message.conv_seq.value;
        lines[message.conversation.value][message.id.value] = {last, message.content};
    }
};

class Simulation {
public:
    explicit Simulation(std::uint64_t seed) : random_(seed), client_random_(seed * 31 + 7) {
        boot();
    }

    void run(int steps) {
        for (int i = 0; i < steps; ++i) {
            fault_or_progress();
            carry_out();
        }
    }

    void heal() {
        faults_ = false;
        for (int i = 0; i < 3'000 && !is_quiet(); ++i) {
            while (!server_.out.empty()) deliver_to_client();
            while (!to_server_.empty()) deliver_to_server();
            while (!gets_.empty()) answer_get();
            carry_out();
            if (server_.out.empty() && to_server_.empty()) clock_.advance(200), core_->tick();
            carry_out();
        }
        // One more event in every conversation shows a gap at its end.
        for (int conversation = 1; conversation <= 2; ++conversation) {
            server_.post(conversation, "last");
        }
        for (int i = 0; i < 500; ++i) {
            while (!server_.out.empty()) deliver_to_client();
            while (!gets_.empty()) answer_get();
            while (!to_server_.empty()) deliver_to_server();
            clock_.advance(50);
            core_->tick();
            carry_out();
        }
    }

    void check() {
        EXPECT_EQ(core_->state(), LinkState::kLive);
        EXPECT_EQ(core_->waiting(), 0u);
        for (auto const& complaint : screen_.complaints) ADD_FAILURE() << complaint;
        for (auto const& [conversation, texts] : server_.texts) {
            auto const& lines = screen_.lines[conversation];
            EXPECT_EQ(lines.size(), texts.size()) << "conversation " << conversation;
            for (auto const& text : texts) {
                auto const line = lines.find(text.id);
                ASSERT_NE(line, lines.end()) << text.content << " is not shown";
                EXPECT_EQ(line->second.content, text.content);
            }
        }
        check_sent();
    }

private:
    void check_sent() {
        std::map<std::string, int> stored;
        std::vector<int> order[3];
        for (auto const& [conversation, texts] : server_.texts) {
            for (auto const& text : texts) {
                if (text.sender != ModelServer::kMe) continue;
                ++stored[text.key];
                order[conversation].push_back(std::stoi(text.content));
            }
        }
        for (auto const& [key, count] : stored) EXPECT_EQ(count, 1) << key;
        // A restored backup may have forgotten what was acknowledged; nothing else may.
        if (!restored_) {
            EXPECT_EQ(stored.size(), sent_);
        }
        for (auto const& numbers : order)
            EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    }

    void boot() {
        CoreOptions options;
        options.save = true;
        core_ = std::make_unique<ClientCore>(options, clock_, client_random_);
        if (saved_) core_->restore(*saved_);
        core_->start();
        carry_out();
    }

    void crash_client() {
        cut();
        core_.reset();
        gets_.clear();
        screen_.lines = saved_screen_.lines;
        screen_.newest = saved_screen_.newest;
        boot();
    }

    bool is_quiet() const {
        return core_->state() == LinkState::kLive && core_->waiting() == 0 && server_.out.empty() &&
               to_server_.empty() && gets_.empty();
    }

    void fault_or_progress() {
        auto const dice = random_.below(100);
        auto const conversation = static_cast<int>(1 + random_.below(2));
        if (dice < 30)
            deliver_to_client();
        else if (dice < 50)
            deliver_to_server();
        else if (dice < 58)
            answer_get();
        else if (dice < 70)
            send(conversation);
        else if (dice < 80)
            server_.post(conversation, "from other");
        else if (dice < 83)
            server_.edit_last(conversation);
        else if (dice < 92)
            clock_.advance(static_cast<std::int64_t>(random_.below(800))), core_->tick();
        else if (dice < 95)
            cut();
        else if (dice < 96)
            server_.lose_next_frame = true;
        else if (dice < 97)
            repeat_frame();
        else if (dice < 98)
            server_.replay_from = static_cast<std::size_t>(random_.below(200));
        else if (random_.below(4) == 0)
            crash_client();
        else if (random_.below(12) == 0)
            restore_backup();
        else
            clock_.advance(20'000), core_->tick();
    }

    void send(int conversation) {
        if (core_->send({conversation}, std::to_string(++numbered_))) ++sent_;
    }

    void cut() {
        server_.close();
        to_server_.clear();
        if (connection_) core_->on_closed(*std::exchange(connection_, std::nullopt), 1006);
    }

    void restore_backup() {
        cut();
        restored_ = true;
        server_.restore_backup(random_.below(server_.log.size() + 1));
    }

    void repeat_frame() {
        if (!server_.out.empty()) server_.out.push_front(server_.out.front());
    }

    void deliver_to_client() {
        if (server_.out.empty() || !connection_) return;
        auto const text = server_.out.front();
        server_.out.pop_front();
        core_->on_text(*connection_, text);
        carry_out();
    }

    void deliver_to_server() {
        if (to_server_.empty()) return;
        auto const text = to_server_.front();
        to_server_.pop_front();
        server_.receive(text);
    }

    void answer_get() {
        if (gets_.empty()) return;
        auto const get = gets_.front();
        gets_.pop_front();
        bool const fails = faults_ && random_.below(5) == 0;
        core_->on_http(get.request, fails ? HttpAnswer{503, ""} : server_.get(get.path));
        carry_out();
    }

    void carry_out() {
        for (auto actions = core_->take_actions(); !actions.empty();
             actions = core_->take_actions()) {
            for (auto& action : actions) std::visit([&](auto& what) { act(what); }, action);
        }
    }
    void act(FetchToken const& fetch) { core_->on_token(fetch.request, std::string("t")); }
    void act(Connect const& connect) {
        connection_ = connect.connection;
        to_server_.clear();
        server_.open(connect.since);
        core_->on_opened(connect.connection);
    }
    void act(SendText const& send) {
        if (connection_ == send.connection) to_server_.push_back(send.text);
    }
    void act(CloseSocket const&) {
        server_.close();
        to_server_.clear();
        connection_.reset();
    }
    void act(HttpGet const& get) { gets_.push_back(get); }
    void act(Save const& save) {
        saved_ = *saved_state_from_json(to_json(save.state));
        saved_screen_ = screen_;
    }
    void act(Event const& event) { screen_.show(event); }

    ManualClock clock_;
    SeededRandom random_;
    SeededRandom client_random_;
    ModelServer server_;
    Screen screen_;
    Screen saved_screen_;
    std::optional<SavedState> saved_;
    std::unique_ptr<ClientCore> core_;
    std::optional<std::uint64_t> connection_;
    std::deque<std::string> to_server_;
    std::deque<HttpGet> gets_;
    std::size_t sent_ = 0;
    int numbered_ = 0;
    bool faults_ = true;
    bool restored_ = false;
};

TEST(Simulation, screen_shows_the_log_whatever_the_network_did) {
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Simulation simulation(seed);
        simulation.run(600);
        simulation.heal();
        simulation.check();
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace sewa::client
