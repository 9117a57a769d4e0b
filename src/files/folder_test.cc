#include "files/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>

#include "files/io_pool.h"

namespace sewa::files {
namespace {

constexpr char kName[] = "0123456789abcdef0123456789abcdef";

class FolderTest : public testing::Test {
protected:
    FolderTest() {
        std::string pattern = std::filesystem::temp_directory_path() / "sewa-files-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~FolderTest() override { std::filesystem::remove_all(path_); }

    bool has(std::string const& name) const {
        return std::filesystem::exists(path_ + "/attachments/" + name);
    }

    std::string path_;
};

TEST_F(FolderTest, a_file_has_its_name_when_it_is_complete) {
    auto const folder = Folder::open(path_).value();
    {
        auto file = folder.create(kName).value();
        ASSERT_TRUE(file.write("hello "));
        ASSERT_TRUE(file.write("there"));
        EXPECT_TRUE(has("incoming/" + std::string(kName)));
        EXPECT_FALSE(has(kName));
        ASSERT_TRUE(file.keep());
        EXPECT_EQ(file.size(), 11u);
    }
    EXPECT_FALSE(has("incoming/" + std::string(kName)));
    std::ifstream stream(path_ + "/attachments/" + kName);
    std::string const text((std::istreambuf_iterator<char>(stream)), {});
    EXPECT_EQ(text, "hello there");
    struct stat about {};
    ::stat((path_ + "/attachments/" + kName).c_str(), &about);
    EXPECT_EQ(about.st_mode & 0777u, 0600u);
    EXPECT_TRUE(folder.open_file(kName));
    EXPECT_TRUE(folder.remove(kName));
    EXPECT_TRUE(folder.remove(kName)) << "absent is fine";
    EXPECT_EQ(folder.open_file(kName).error().code, Errc::kNotFound);
}

TEST_F(FolderTest, what_is_not_kept_is_gone) {
    auto const folder = Folder::open(path_).value();
    ASSERT_TRUE(folder.create(kName).value().write("half"));
    EXPECT_FALSE(has("incoming/" + std::string(kName)));
    EXPECT_FALSE(has(kName));
}

TEST_F(FolderTest, opening_removes_what_a_crash_left_incomplete) {
    std::filesystem::create_directories(path_ + "/attachments/incoming");
    std::ofstream(path_ + "/attachments/incoming/" + kName) << "half";
    std::ofstream(path_ + "/attachments/" + kName) << "whole";
    ASSERT_TRUE(Folder::open(path_));
    EXPECT_FALSE(has("incoming/" + std::string(kName)));
    EXPECT_TRUE(has(kName));
}

TEST_F(FolderTest, only_stored_names_are_opened_and_removed) {
    auto const folder = Folder::open(path_).value();
    std::ofstream(path_ + "/secret") << "x";
    for (std::string const name :
         {"../secret", "", "/etc/passwd", "ABCDEF6789abcdef0123456789abcdef"}) {
        EXPECT_FALSE(folder.open_file(name)) << name;
        EXPECT_FALSE(folder.remove(name)) << name;
    }
    EXPECT_TRUE(std::filesystem::exists(path_ + "/secret"));
}

TEST_F(FolderTest, tells_files_of_earlier_runs_whatever_their_time) {
    SeededRandom random(1);
    auto const earlier = Folder::open(path_).value();
    auto const old = earlier.new_name(random);
    ASSERT_TRUE(earlier.create(old).value().keep());
    auto const folder = Folder::open(path_).value();
    auto const fresh = folder.new_name(random);
    ASSERT_TRUE(folder.create(fresh).value().keep());
    using namespace std::chrono_literals;
    auto const now = std::filesystem::file_time_type::clock::now();
    std::filesystem::last_write_time(path_ + "/attachments/" + old, now + 72h);
    std::filesystem::last_write_time(path_ + "/attachments/" + fresh, now - 72h);
    std::vector<std::string> found;
    folder.each_of_earlier_runs([&](std::string name) { found.push_back(std::move(name)); });
    EXPECT_EQ(found, std::vector<std::string>{old});
}

TEST(IoPool, refuses_what_comes_on_top_of_its_queue) {
    IoPool pool(1, 2, "test");
    std::latch started(1), go(1);
    ASSERT_TRUE(pool.submit([&] {
        started.count_down();
        go.wait();
    }));
    started.wait();
    std::atomic<int> ran{0};
    EXPECT_TRUE(pool.submit([&] { ++ran; }));
    EXPECT_TRUE(pool.submit([&] { ++ran; }));
    EXPECT_FALSE(pool.submit([&] { ++ran; }));
    go.count_down();
    pool.stop();
    EXPECT_EQ(ran, 2) << "what waits is run before the end";
    EXPECT_FALSE(pool.submit([] {}));
}

TEST(Strand, runs_its_tasks_in_order_on_many_threads) {
    IoPool pool(4, 1000, "test");
    std::vector<std::vector<int>> seen(8);
    std::vector<std::shared_ptr<Strand>> strands;
    for (int s = 0; s < 8; ++s) strands.push_back(std::make_shared<Strand>(pool));
    for (int i = 0; i < 100; ++i) {
        for (std::size_t s = 0; s < strands.size(); ++s) {
            ASSERT_TRUE(strands[s]->post([&order = seen[s], i] { order.push_back(i); }));
        }
    }
    pool.stop();
    for (auto const& order : seen) {
        ASSERT_EQ(order.size(), 100u);
        EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    }
}

}  // namespace
}  // namespace sewa::files
