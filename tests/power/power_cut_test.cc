// A server works, and every change of its data folder is recorded. Then the power is cut anywhere
// in the recording: what was synced is there, of the rest any part, whole or torn. On each such
// folder everything must come up with all that was acknowledged before the cut.
//
// SEWA_POWER_STATES says how many folders are built, SEWA_POWER_SEED where the choice begins.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "app/server.h"
#include "auth/secret.h"
#include "crash_state.h"
#include "files/folder.h"
#include "files/signed_links.h"
#include "recording.h"
#include "server_fixture.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/integrity.h"
#include "store/sqlite/reader.h"

namespace sewa::power {
namespace {

namespace sqlite = store::sqlite;

std::uint64_t from_environment(char const* name, std::uint64_t otherwise) {
    char const* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

store::Write repeat(Recording const& recording, Recording::Message const& message) {
    store::PostMessage post;
    post.conversation = ConversationId{recording.conversation};
    post.sender = UserId{kWriter};
    post.content = message.content;
    post.client_msg_id = message.key;
    post.transport = Transport::kRest;
    if (message.attachment != 0) post.attachments = {message.attachment};
    return {std::move(post), {}};
}

class PowerCut : public testing::Test {
protected:
    // Once for all tests: it takes a real server's time.
    static Recording const& recording() {
        static Recording const made = record();
        return made;
    }

    std::string data() const { return folder_.file("new/data"); }
    std::string database() const { return data() + "/sewa.db"; }

    void build(std::size_t cut) {
        CrashState(recording().changes, cut, random_).write_to(folder_.path());
        cut_ = cut;
        is_promised_ = cut >= recording().created_after;
    }

    // As the server's start does, without its threads.
    void check_parts() {
        std::filesystem::create_directories(data());
        auto const engine = sqlite::Engine::open(database(), clock_, random_);
        ASSERT_TRUE(engine) << engine.error().message;
        auto const files = files::Folder::open(data());
        ASSERT_TRUE(files) << files.error().message;
        auto const key = files::open_link_key(files->path() + "/link.key", random_);
        ASSERT_TRUE(key) << key.error().message;
        if (is_promised_) {
            auto const seq = check_log();
            check_files(*files);
            check_repeats(**engine, seq);
        }
        check_rows(*files);
        check_structure();
    }

    // Dense; whatever was acknowledged before the cut is in it. Returns the newest conv_seq.
    std::int64_t check_log() {
        auto reader = sqlite::open_reader(database()).value();
        auto const found =
            reader->events(UserId{kWriter}, ConversationId{recording().conversation}, {}, 500);
        EXPECT_TRUE(found) << found.error().message;
        if (!found) return 0;
        std::map<std::int64_t, std::int64_t> seq_of_pos;
        std::int64_t seq = 0;
        for (auto const& frame : found->frames) {
            EXPECT_EQ(frame.conv_seq.value, ++seq);
            seq_of_pos[frame.pos.value] = seq;
        }
        EXPECT_EQ(found->last_conv_seq.value, seq);
        for (auto const& message : recording().messages) {
            if (message.after > cut_) break;
            EXPECT_EQ(seq_of_pos[message.pos], message.conv_seq) << message.key;
        }
        return seq;
    }

    // What was uploaded is known and whole, in a message or not yet.
    void check_files(files::Folder const& files) {
        auto reader = sqlite::open_reader(database()).value();
        for (auto const& upload : recording().uploads) {
            if (upload.after > cut_) break;
            auto const row = reader->attachment(UserId{kWriter}, AttachmentId{upload.id});
            if (!row && cut_ > upload.deleted_from) continue;
            ASSERT_TRUE(row) << upload.name << ": " << row.error().message;
            EXPECT_TRUE(content_of(files, row->stored_name) == upload.content) << upload.name;
        }
    }

    static std::string content_of(files::Folder const& files, std::string const& stored_name) {
        return files.open_file(stored_name) ? e2e::read_file(files.path() + "/" + stored_name)
                                            : "<no file>";
    }

    // Acknowledged or not: a row that people can see has its file, and the file is whole.
    void check_rows(files::Folder const& files) {
        auto db = sqlite::Database::open({.path = database()}).value();
        sqlite::Statement select(
            *db, "SELECT stored_name, name, bytes FROM attachments WHERE given_up = 0");
        for (auto rows = select.query(); rows.next();) {
            auto const content = content_of(files, rows.string(0));
            EXPECT_EQ(static_cast<std::int64_t>(content.size()), rows.integer(2)) << rows.text(1);
            EXPECT_TRUE(content.starts_with(rows.text(1))) << rows.text(1);
        }
    }

    void check_repeats(sqlite::Engine& engine, std::int64_t seq) {
        std::vector<store::Write> writes;
        for (auto const& message : recording().messages) {
            if (message.after > cut_) break;
            writes.push_back(repeat(recording(), message));
        }
        auto const known = writes.size();
        writes.push_back(repeat(recording(), {"after", "after", 0, 0, 0, 0}));
        auto const batch = engine.apply(writes);
        for (std::size_t i = 0; i < known; ++i) {
            auto const& result = batch->outcomes.at(i).result;
            ASSERT_TRUE(result) << recording().messages[i].key << result.error().message;
            EXPECT_TRUE(result->duplicate);
            EXPECT_EQ(result->pos.value, recording().messages[i].pos);
        }
        EXPECT_EQ(batch->outcomes.back().result.value().conv_seq.value, seq + 1);
    }

    void check_structure() {
        auto const found = sqlite::check_integrity(database());
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ(found->findings, std::vector<std::string>{});
    }

    // It starts and ends, and takes nothing away.
    void check_server() {
        auto const server = app::Server::start(config_on(data()));
        ASSERT_TRUE(server) << server.error().message;
        auto const path = data() + "/demo-jwt-secret";
        if (is_promised_) {
            EXPECT_EQ(auth::read_secret_file(path).value(), recording().secret);
        }
        (*server)->stop();
    }

    e2e::TempFolder folder_;
    ManualClock clock_;
    SeededRandom random_{from_environment("SEWA_POWER_SEED", 1)};
    std::size_t cut_ = 0;
    bool is_promised_ = false;
};

TEST_F(PowerCut, ST_1_no_state_that_a_power_cut_may_leave_loses_what_was_acknowledged) {
    auto const states = from_environment("SEWA_POWER_STATES", 500);
    ASSERT_FALSE(HasFailure() || recording().changes.size() < 200);
    for (std::uint64_t state = 0; state < states && !HasFailure(); ++state) {
        auto const cut = random_.below(recording().changes.size() + 1);
        SCOPED_TRACE(fmt::format("state {}, cut at {}", state, cut));
        build(cut);
        constexpr int kWholeServer = 25;  // One in so many: its threads take time.
        if (state % kWholeServer == 0) check_server();
        check_parts();
    }
}

}  // namespace
}  // namespace sewa::power
