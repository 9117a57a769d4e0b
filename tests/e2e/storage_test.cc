// What the server promises about its disk.
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Storage : public ServerTest {
protected:
    std::vector<std::string> serve_on(std::string const& data) {
        return {"serve",  "--listen", "127.0.0.1:0", "--metrics-listen",  "",
                "--data", data,       "--demo",      "--jwt-secret-file", folder().file("secret")};
    }
};

TEST_F(Storage, a_second_server_on_the_folder_is_refused_and_the_first_goes_on) {
    start();
    auto const refused = run(serve_on(data_folder()));
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find("another sewa is using the data folder " + data_folder()),
              std::string::npos)
        << refused.errors;
    EXPECT_TRUE(connect(100).is_alive());
    kill();
    restart();
    EXPECT_TRUE(connect(100).is_alive()) << "a crash leaves no lock behind";
}

TEST_F(Storage, a_folder_that_cannot_be_written_is_refused_with_its_name) {
    auto const place = folder().write("file", "not a folder");
    auto const refused = run(serve_on(place + "/data"));
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find(place), std::string::npos) << refused.errors;
}

TEST_F(Storage, a_read_only_disk_is_refused_with_its_name) {
    auto const mount_point = folder().file("disk");
    std::filesystem::create_directory(mount_point);
    if (::mount("tmpfs", mount_point.c_str(), "tmpfs", MS_RDONLY, "size=1m") != 0) {
        GTEST_SKIP() << "cannot mount a file system here: " << std::strerror(errno);
    }
    auto const refused = run(serve_on(mount_point + "/data"));
    ::umount(mount_point.c_str());
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find(mount_point), std::string::npos) << refused.errors;
    EXPECT_NE(refused.errors.find("Read-only"), std::string::npos) << refused.errors;
}

TEST_F(Storage, a_foreign_or_damaged_database_is_refused_and_left_alone) {
    std::filesystem::create_directory(data_folder());
    start();
    ASSERT_EQ(stop(), 0);
    auto const database = data_folder() + "/sewa.db";
    ASSERT_TRUE(std::filesystem::exists(database));
    std::string const text(8192, 'x');
    std::ofstream(database, std::ios::binary) << text;
    auto const refused = run(serve_on(data_folder()));
    EXPECT_EQ(refused.code, 1);
    EXPECT_FALSE(refused.errors.empty());
    EXPECT_EQ(read_file(database), text);
}

// Files may not grow above a limit in the child: what a full disk looks like to SQLite.
class FullDisk : public Storage {
protected:
    void set_file_limit(rlim_t bytes) {
        rlimit const limit{bytes, RLIM_INFINITY};
        ASSERT_EQ(::prlimit(process().pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
    }
    Json send(WsClient& client, std::int64_t conversation, std::string_view key) {
        client.send(message(conversation, std::string(4'000, 'x'), key));
        for (;;) {
            auto const frame = client.next();
            if (!frame) return {};
            if ((*frame)["type"] == "ack" || (*frame)["type"] == "error") return *frame;
        }
    }
};

TEST_F(FullDisk, writes_are_unavailable_nothing_is_lost_and_it_recovers) {
    start();
    auto const conversation = open_conversation(100);
    auto client = connect(100), reader = connect(kProvider);
    ASSERT_TRUE(reader.is_alive());
    std::vector<std::string> acknowledged;
    for (int i = 0; i < 5; ++i) {
        auto const key = fmt::format("good-{}", i);
        ASSERT_EQ(send(client, conversation, key)["type"], "ack");
        acknowledged.push_back(key);
    }
    set_file_limit(64 * 1024);
    int refused = 0;
    for (int i = 0; i < 40 && refused < 3; ++i) {
        auto const key = fmt::format("full-{}", i);
        auto const answer = send(client, conversation, key);
        if (answer["type"] == "ack") {
            acknowledged.push_back(key);
            continue;
        }
        EXPECT_EQ(answer["data"]["code"], "unavailable") << answer.dump();
        EXPECT_TRUE(answer["data"]["retryable"].truth());
        ++refused;
    }
    EXPECT_EQ(refused, 3) << "the limit was not met";
    auto const rest = post(
        100, "messages/",
        fmt::format(R"({{"conversation":{},"text":"{}"}})", conversation, std::string(4'000, 'y')));
    EXPECT_EQ(rest.status, 503);
    EXPECT_EQ(rest.headers.count("retry-after"), 1u);
    EXPECT_EQ(get(100, "conversations/").status, 200) << "reading goes on";
    EXPECT_GE(metric("sewa_store_failures_total"), 3);
    set_file_limit(RLIM_INFINITY);
    EXPECT_EQ(send(client, conversation, "after")["type"], "ack");
    acknowledged.push_back("after");
    for (auto const& key : acknowledged) {
        EXPECT_EQ(reader.expect("message")["data"]["client_msg_id"], key);
    }
    restart();
    auto const events =
        get(100, fmt::format("conversations/{}/events/?after=0", conversation)).json();
    std::vector<std::string> stored;
    for (std::size_t i = 0; i < events["results"].size(); ++i) {
        auto const data = events["results"][i]["data"];
        EXPECT_EQ(data["conv_seq"], static_cast<std::int64_t>(i) + 1) << "dense";
        if (events["results"][i]["type"] == "message") {
            stored.push_back(data["client_msg_id"].text());
        }
    }
    EXPECT_EQ(stored, acknowledged);
}

}  // namespace
}  // namespace sewa::e2e
