// A process that writes is killed at a random moment, again and again on the same folder. What it
// told its peer as acknowledged must be in the file, once.

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "store/sqlite/reader.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr int kConversations = 5;
constexpr int kRounds = 12;

struct Acknowledged {
    std::int64_t number;  // Of the message, over all rounds; its key.
    std::int64_t conversation;
    std::int64_t pos;
    std::int64_t conv_seq;
};

// Tells the parent by the pipe, after the commit, as a session would tell its client.
class PipeSink final : public CommitSink {
public:
    explicit PipeSink(int pipe) : pipe_(pipe) {}

    void on_commit(CommitBatchPtr batch) override {
        for (auto const& outcome : batch->outcomes) {
            if (!outcome.result || outcome.origin.shard == Origin::kNobody) continue;
            Acknowledged const ack{outcome.origin.slot, outcome.result->conversation.value,
                                   outcome.result->pos.value, outcome.result->conv_seq.value};
            if (::write(pipe_, &ack, sizeof ack) != sizeof ack) ::_exit(1);
        }
    }

private:
    int pipe_;
};

PostMessage message(int number) {
    auto const key = std::to_string(number);
    return {.conversation = {1 + number % kConversations},
            .sender = {1},
            .content = "message " + key,
            .client_msg_id = key,
            .reply_to = {},
            .type = MessageType::kText,
            .transport = Transport::kWebSocket,
            .attachments = {}};
}

[[noreturn]] void write_until_killed(std::string const& folder, int pipe, int first) {
    // A test that fails before it kills leaves no writer behind.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    SystemClock const clock;
    SecureRandom random;
    PipeSink sink(pipe);
    auto store = open_sqlite_store({.folder = folder, .checkpoint = {.wal_bytes_soft = 64 << 10}},
                                   clock, random, sink);
    if (!store) ::_exit(2);
    for (int number = first;; ++number) {
        Write const write{message(number),
                          {.shard = 0, .slot = static_cast<std::uint32_t>(number)}};
        while (!(*store)->submit(write)) std::this_thread::yield();
        // Batches of one up to whatever gathers.
        if (number % 16 < 8) std::this_thread::yield();
    }
}

class Crash : public testing::Test {
protected:
    void SetUp() override {
        SystemClock const clock;
        auto engine = Engine::open(database(), clock, random_).value();
        std::vector<Write> writes;
        for (int i = 0; i < kConversations; ++i) {
            writes.push_back({CreateGroup{"", {{1}, {2}}, {}}, {}});
        }
        engine->apply(writes);
    }

    std::string folder() const { return temporary_.path(); }
    std::string database() const { return temporary_.file(); }

    // Reads acknowledgements, kills after some, reads what was still under way.
    void run_and_kill(int first) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        auto const child = ::fork();
        if (child == 0) write_until_killed(folder(), ends[1], first);
        ::close(ends[1]);
        auto const enough = acknowledged_.size() + 1 + random_.below(600);
        Acknowledged ack{};
        while (is_heard(ends[0], child) && ::read(ends[0], &ack, sizeof ack) == sizeof ack) {
            acknowledged_[ack.number] = ack;
            if (acknowledged_.size() == enough) ::kill(child, SIGKILL);
        }
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    }

    // A writer that says nothing for a minute is ended.
    static bool is_heard(int pipe, pid_t child) {
        pollfd heard{pipe, POLLIN, 0};
        if (::poll(&heard, 1, 60'000) == 1) return true;
        ADD_FAILURE() << "nothing is acknowledged any more";
        ::kill(child, SIGKILL);
        return false;
    }

    void verify() {
        SystemClock const clock;
        auto engine = Engine::open(database(), clock, random_).value();
        auto reader = open_reader(database()).value();
        std::map<std::int64_t, Acknowledged> stored;  // By pos.
        for (int id = 1; id <= kConversations; ++id) {
            std::int64_t seq = 0;
            for (bool more = true; more;) {
                auto const page = reader->events({1}, {id}, {seq}, 500).value();
                for (auto const& frame : page.frames) {
                    EXPECT_EQ(frame.conv_seq.value, ++seq);
                    stored[frame.pos.value] = {0, id, frame.pos.value, seq};
                }
                more = page.has_more;
            }
        }
        for (auto const& [number, ack] : acknowledged_) {
            EXPECT_EQ(stored[ack.pos].conv_seq, ack.conv_seq) << number;
            EXPECT_EQ(stored[ack.pos].conversation, ack.conversation) << number;
        }
        repeat_all(*engine);
    }

    // A repeat of everything acknowledged finds the first message each time.
    void repeat_all(Engine& engine) {
        auto const head = engine.log_state().head;
        std::vector<Write> writes;
        for (auto const& [number, ack] : acknowledged_) {
            writes.push_back({message(static_cast<int>(number)), {}});
        }
        auto const batch = engine.apply(writes);
        auto outcome = batch->outcomes.begin();
        for (auto const& [number, ack] : acknowledged_) {
            EXPECT_EQ((outcome++)->result->pos.value, ack.pos) << number;
        }
        EXPECT_EQ(engine.log_state().head, head);
    }

    TemporaryFolder temporary_;
    SeededRandom random_{42};
    std::map<std::int64_t, Acknowledged> acknowledged_;
};

TEST_F(Crash, ST_1_a_killed_process_loses_and_doubles_nothing_acknowledged) {
    for (int round = 0; round < kRounds && !HasFailure(); ++round) {
        SCOPED_TRACE(round);
        run_and_kill(round * 1'000'000);
        verify();
    }
    EXPECT_GT(acknowledged_.size(), 100u);
}

}  // namespace
}  // namespace sewa::store::sqlite
