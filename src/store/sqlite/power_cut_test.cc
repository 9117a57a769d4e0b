// Every change of the database's files is recorded while an engine works. Then the power is cut
// anywhere in the recording: what was synced is there, of the rest any part, whole or torn. The
// engine must come up on each such folder with everything that was acknowledged before the cut.
//
// SEWA_POWER_STATES says how many folders are built, SEWA_POWER_SEED where the choice begins.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <utility>

#include "store/sqlite/engine.h"
#include "store/sqlite/failing_disk.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

using Change = FailingDisk::Change;

constexpr UserId kAsha{1};
constexpr int kBatches = 24;
constexpr int kPerBatch = 4;
constexpr std::size_t kSector = 512;

std::uint64_t from_environment(char const* name, std::uint64_t otherwise) {
    char const* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Write post(ConversationId conversation, std::string const& key) {
    return {PostMessage{.conversation = conversation,
                        .sender = kAsha,
                        .content = "text of " + key + std::string(key.size() * 90, '.'),
                        .client_msg_id = key,
                        .reply_to = {},
                        .type = MessageType::kText,
                        .transport = Transport::kWebSocket,
                        .attachments = {}},
            {}};
}

struct Recording {
    struct Acknowledged {
        std::string key;
        Receipt receipt;
        std::size_t after;  // So many changes were made before.
    };
    ConversationId conversation;
    std::size_t created_after = 0;
    std::vector<Change> changes;
    std::vector<Acknowledged> acknowledged;
};

// Posts, edits, deletes; checkpoints of each kind, so that the log is written over and cut off.
class Recorder {
public:
    Recorder() {
        FailingDisk::instance().plan({});
        FailingDisk::instance().record(&recording_.changes);
        engine_ = Engine::open("file:" + folder_.file() + "?vfs=failing", clock_, random_).value();
    }
    ~Recorder() {
        engine_.reset();
        FailingDisk::instance().record(nullptr);
    }

    Recording run() {
        std::vector<Write> group{{CreateGroup{"Team", {kAsha, {2}}, {}}, {}}};
        recording_.conversation = engine_->apply(group)->outcomes.at(0).result->conversation;
        recording_.created_after = recording_.changes.size();
        for (int batch = 0; batch < kBatches; ++batch) {
            post_batch(batch);
            change_newest(batch);
            if (batch % 8 == 4) engine_->checkpoint();
            if (batch % 8 == 7) engine_->checkpoint(Database::Checkpoint::kTruncate);
        }
        return recording_;
    }

private:
    void post_batch(int batch) {
        std::vector<Write> writes;
        std::vector<std::string> keys;
        for (int i = 0; i < kPerBatch; ++i) {
            keys.push_back("k" + std::to_string(batch * kPerBatch + i));
            writes.push_back(post(recording_.conversation, keys.back()));
        }
        auto const committed = engine_->apply(writes);
        for (int i = 0; i < kPerBatch; ++i) {
            recording_.acknowledged.push_back(
                {keys[i], committed->outcomes.at(i).result.value(), recording_.changes.size()});
        }
    }

    void change_newest(int batch) {
        MessageId const message{recording_.acknowledged.back().receipt.pos.value};
        std::vector<Write> writes;
        if (batch % 3 == 1) writes.push_back({EditMessage{message, kAsha, "better"}, {}});
        if (batch % 3 == 2)
            writes.push_back({DeleteMessage{message, kAsha, DeleteScope::kAll}, {}});
        if (!writes.empty()) EXPECT_TRUE(engine_->apply(writes)->outcomes.at(0).result);
    }

    TemporaryFolder folder_;
    ManualClock clock_;
    SeededRandom random_{11};
    std::unique_ptr<Engine> engine_;
    Recording recording_;
};

// The files as a power cut may leave them.
class CrashState {
public:
    CrashState(std::vector<Change> const& changes, std::size_t cut, Random& random)
        : random_(random), survival_(random.below(4)) {
        for (std::size_t i = 0; i < cut; ++i) play(changes[i]);
        for (auto& [name, file] : files_) {
            for (auto const* change : file.unsynced) {
                if (survives()) apply(file, *change);
            }
        }
    }

    void write_to(std::string const& folder) const {
        for (auto const* suffix : {"", "-wal", "-shm", "-journal"}) {
            std::filesystem::remove(folder + "/sewa.db" + suffix);
        }
        for (auto const& [name, file] : files_) {
            if (!file.exists) continue;
            std::ofstream(folder + "/" + name, std::ios::binary) << file.bytes;
        }
    }

private:
    struct File {
        bool exists = false;
        bool was_synced = false;
        std::string bytes;
        std::vector<Change const*> unsynced;
    };

    void play(Change const& change) {
        auto& file = files_[change.name];
        if (change.kind == Change::Kind::kSync) {
            for (auto const* done : file.unsynced) apply(file, *done, false);
            file.unsynced.clear();
            if (!std::exchange(file.was_synced, true)) sync_folder();
        } else if (change.kind == Change::Kind::kDelete && change.at != 0) {
            file = {};  // With its folder synced.
        } else {
            file.unsynced.push_back(&change);
        }
    }

    // SQLite syncs the folder with the first sync of a journal that it made.
    void sync_folder() {
        for (auto& [name, file] : files_) {
            if (file.unsynced.empty()) continue;
            if (file.unsynced.back()->kind == Change::Kind::kDelete) file = {};
        }
    }

    // Nothing, everything, or any part of what was not synced.
    bool survives() { return survival_ != 0 && (survival_ == 1 || random_.below(2) == 0); }

    void apply(File& file, Change const& change, bool may_tear = true) {
        file.exists = change.kind != Change::Kind::kDelete;
        if (change.kind == Change::Kind::kDelete) {
            file.bytes.clear();
        } else if (change.kind == Change::Kind::kTruncate) {
            file.bytes.resize(static_cast<std::size_t>(change.at));
        } else {
            auto size = change.bytes.size();
            bool const is_torn = may_tear && survival_ == 3 && size > kSector;
            if (is_torn) size = kSector * random_.below(size / kSector + 1);
            auto const at = static_cast<std::size_t>(change.at);
            if (file.bytes.size() < at + size) file.bytes.resize(at + size);
            file.bytes.replace(at, size, change.bytes, 0, size);
        }
    }

    Random& random_;
    std::uint64_t const survival_;
    std::map<std::string, File> files_;
};

class PowerCut : public testing::Test {
protected:
    void SetUp() override { recording_ = Recorder().run(); }

    void check(std::size_t cut) {
        CrashState(recording_.changes, cut, random_).write_to(folder_.path());
        auto opened = Engine::open("file:" + folder_.file() + "?vfs=failing", clock_, random_);
        ASSERT_TRUE(opened);
        auto& engine = **opened;
        if (cut < recording_.created_after) return;
        auto const seq = check_log(cut);
        check_repeats(engine, cut, seq);
        check_file();
    }

    // Dense; whatever was acknowledged before the cut is in it. Returns the newest conv_seq.
    std::int64_t check_log(std::size_t cut) {
        auto reader = open_reader(folder_.file()).value();
        auto const found = reader->events(kAsha, recording_.conversation, {}, 500);
        EXPECT_TRUE(found) << found.error().message;
        if (!found) return 0;
        auto const& page = *found;
        std::map<std::int64_t, std::int64_t> seq_of_pos;
        std::int64_t seq = 0;
        for (auto const& frame : page.frames) {
            EXPECT_EQ(frame.conv_seq.value, ++seq);
            seq_of_pos[frame.pos.value] = seq;
        }
        EXPECT_EQ(page.last_conv_seq.value, seq);
        for (auto const& ack : recording_.acknowledged) {
            if (ack.after > cut) break;
            EXPECT_EQ(seq_of_pos[ack.receipt.pos.value], ack.receipt.conv_seq.value) << ack.key;
        }
        return seq;
    }

    void check_repeats(Engine& engine, std::size_t cut, std::int64_t seq) {
        std::vector<Write> writes;
        for (auto const& ack : recording_.acknowledged) {
            if (ack.after > cut) break;
            writes.push_back(post(recording_.conversation, ack.key));
        }
        writes.push_back(post(recording_.conversation, "after"));
        auto const batch = engine.apply(writes);
        for (std::size_t i = 0; i + 1 < writes.size(); ++i) {
            auto const& repeated = batch->outcomes.at(i).result.value();
            EXPECT_TRUE(repeated.duplicate);
            EXPECT_EQ(repeated.pos, recording_.acknowledged[i].receipt.pos);
        }
        EXPECT_EQ(batch->outcomes.back().result.value().conv_seq.value, seq + 1);
    }

    void check_file() {
        auto db = Database::open({.path = folder_.file()}).value();
        Statement statement(*db, "PRAGMA integrity_check");
        auto rows = statement.query();
        ASSERT_TRUE(rows.next());
        EXPECT_EQ(rows.text(0), "ok");
    }

    TemporaryFolder folder_;
    ManualClock clock_;
    Recording recording_;
    SeededRandom random_{from_environment("SEWA_POWER_SEED", 1)};
};

TEST_F(PowerCut, ST_1_no_state_that_a_power_cut_may_leave_loses_what_was_acknowledged) {
    auto const states = from_environment("SEWA_POWER_STATES", 500);
    ASSERT_GT(recording_.changes.size(), 200u);
    for (std::uint64_t state = 0; state < states && !HasFailure(); ++state) {
        auto const cut = random_.below(recording_.changes.size() + 1);
        SCOPED_TRACE("state " + std::to_string(state) + ", cut at " + std::to_string(cut));
        check(cut);
    }
}

}  // namespace
}  // namespace sewa::store::sqlite
