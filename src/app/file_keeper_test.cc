#include "app/file_keeper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/contract_fixture.h"
#include "store/sqlite/sqlite_store.h"

namespace sewa::app {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

class JumpingClock final : public Clock {
public:
    MonoMs mono() const override { return {mono_}; }
    WallMs wall() const override { return {wall_}; }
    void advance(std::int64_t ms) {
        mono_ += ms;
        wall_ += ms;
    }
    void jump(std::int64_t ms) { wall_ += ms; }

private:
    std::atomic<std::int64_t> mono_{1'000'000}, wall_{1'750'000'000'000};
};

class FileKeeperTest : public testing::Test {
protected:
    FileKeeperTest() {
        std::string pattern = std::filesystem::temp_directory_path() / "sewa-keeper-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
        store_ =
            store::sqlite::open_sqlite_store({.folder = path_}, clock_, random_, sink_).value();
        folder_.emplace(files::Folder::open(path_).value());
    }
    ~FileKeeperTest() override {
        store_->stop();
        store_.reset();
        std::filesystem::remove_all(path_);
    }

    Result<store::Receipt> run(store::Command command) {
        auto const slot = next_slot_++;
        EXPECT_TRUE(store_->submit({std::move(command), {.shard = 0, .slot = slot}}));
        return sink_.wait_for(slot).result;
    }
    // A complete file; with a row, as after an upload, or without, as after a crash.
    std::string keep(bool has_row = true) {
        auto const name = folder_->new_name(random_);
        EXPECT_TRUE(folder_->create(name).value().keep());
        store::AddAttachment addition;
        addition.attachment.owner = UserId{7};
        addition.attachment.stored_name = name;
        addition.attachment.name = "a.txt";
        addition.attachment.bytes = 1;
        if (has_row) run(addition).value();
        return name;
    }
    bool has(std::string const& name) const {
        return std::filesystem::exists(path_ + "/attachments/" + name);
    }
    void wait_until_gone(std::string const& name) const {
        auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (has(name) && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        EXPECT_FALSE(has(name));
    }

    JumpingClock clock_;
    SeededRandom random_{1};
    store::RecordingSink sink_;
    std::string path_;
    std::unique_ptr<store::Store> store_;
    std::optional<files::Folder> folder_;
    std::uint32_t next_slot_ = 0;
};

TEST_F(FileKeeperTest, A_4_what_is_never_sent_is_removed) {
    FileKeeper const keeper(*folder_, *store_, clock_, kDayMs);
    auto const name = keep();
    clock_.advance(kDayMs + 1);
    wait_until_gone(name);
}

TEST_F(FileKeeperTest, a_jump_of_the_wall_clock_removes_nothing) {
    constexpr int kRounds = 4;
    FileKeeper const keeper(*folder_, *store_, clock_, kDayMs);
    std::vector<std::pair<std::string, WallMs>> marks;
    for (int i = 0; i < kRounds; ++i) {
        marks.emplace_back(keep(), clock_.wall() + 1);
        clock_.advance(10);
    }
    auto const fresh = keep();
    clock_.jump(3 * kDayMs);
    // Whole rounds: each ends with the removal of what is given up by hand. The first of them may
    // have begun before the clock was moved.
    for (auto const& [name, before] : marks) {
        clock_.advance(120'000);
        run(store::GiveUpAttachments{before}).value();
        wait_until_gone(name);
    }
    EXPECT_TRUE(has(fresh));
}

TEST_F(FileKeeperTest, files_without_a_row_go_when_an_earlier_run_left_them) {
    auto const left = keep(false), known = keep();
    folder_.emplace(files::Folder::open(path_).value());
    auto const arriving = keep(false);
    clock_.jump(3 * kDayMs);
    FileKeeper const keeper(*folder_, *store_, clock_, kDayMs);
    wait_until_gone(left);
    EXPECT_TRUE(has(known));
    EXPECT_TRUE(has(arriving)) << "its row may be on its way";
}

}  // namespace
}  // namespace sewa::app
