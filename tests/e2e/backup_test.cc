// `sewa check` and `sewa backup`, beside a running server.
#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>

#include "crowd.h"
#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Backup : public ServerTest {
protected:
    void fill(std::int64_t conversation, int from, int to) {
        auto writer = connect(100);
        for (int i = from; i < to; ++i) {
            writer.send(message(conversation, fmt::format("text {}", i), fmt::format("k{}", i)));
            ASSERT_TRUE(writer.expect("ack").is_valid());
        }
    }
    std::vector<std::string> texts(std::int64_t conversation) {
        std::vector<std::string> found;
        auto const page =
            get(100, fmt::format("messages/?conversation={}&page_size=100", conversation)).json();
        for (std::size_t i = 0; i < page["results"].size(); ++i) {
            found.push_back(page["results"][i]["content"].text());
        }
        return found;
    }
    void damage(std::string_view sql) {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open((data_folder() + "/sewa.db").c_str(), &db), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(db, std::string(sql).c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(db);
    }
};

TEST_F(Backup, R_4_who_comes_back_to_a_restored_copy_reads_everything_again) {
    start();
    auto const conversation = open_conversation(100);
    fill(conversation, 0, 10);
    auto const copy = folder().file("copy");
    auto const made = run({"backup", "--data", data_folder(), copy});
    ASSERT_EQ(made.code, 0) << made.errors;
    fill(conversation, 10, 15);
    auto first = connect(100);
    auto const hello = first.expect("connection")["data"];
    first.cut();
    ASSERT_EQ(stop(), 0);

    std::filesystem::remove_all(data_folder());
    std::filesystem::rename(copy, data_folder());
    restart();
    auto again =
        connect(100, fmt::format("&since={}:{}", hello["epoch"].text(), hello["pos"].number()));
    auto const greeting = again.expect("connection")["data"];
    EXPECT_EQ(greeting["resume"], "snapshot");
    EXPECT_EQ(greeting["reason"], "epoch_changed");
    EXPECT_NE(greeting["epoch"].text(), hello["epoch"].text());
    EXPECT_NE(made.output.find(greeting["epoch"].text()), std::string::npos);
    EXPECT_EQ(texts(conversation).size(), 10u) << "as it was at the moment of the backup";
    fill(conversation, 0, 12);
    EXPECT_EQ(texts(conversation).size(), 12u) << "keys of before count, later ones are new";
}

TEST_F(Backup, R_4_devices_that_stayed_converge_on_a_copy_that_was_made_while_they_talked) {
    start();
    auto const conversation = open_conversation(100);
    Crowd crowd(fmt::format("ws://127.0.0.1:{}", port()));
    for (auto const user : {std::int64_t{100}, std::int64_t{100}, kProvider}) {
        crowd.add(token(user), {conversation});
    }
    ASSERT_TRUE(crowd.until([&] { return crowd.all_live(); }));
    crowd.talk(5);
    auto const copy = folder().file("copy");
    ASSERT_EQ(run({"backup", "--data", data_folder(), copy}).code, 0);
    crowd.talk(5);
    ASSERT_TRUE(crowd.until([&] { return crowd.is_quiet(); })) << crowd.describe();
    ASSERT_EQ(stop(), 0);
    std::filesystem::remove_all(data_folder());
    std::filesystem::rename(copy, data_folder());
    restart();
    ASSERT_TRUE(crowd.until([&] { return crowd.new_epochs() == 3; })) << crowd.describe();
    auto const posted_before = crowd.posted();
    auto const answered_before = crowd.acknowledged();
    crowd.talk(3);
    auto const is_answered = [&] {
        return crowd.acknowledged() - answered_before == crowd.posted() - posted_before;
    };
    ASSERT_TRUE(crowd.until(is_answered)) << crowd.describe();
    auto const stored = texts(conversation);
    EXPECT_GE(stored.size(), 9u) << "what was said since the restoration, and the copy";
    EXPECT_LE(stored.size(), 24u);
    EXPECT_TRUE(crowd.until([&] { return crowd.all_show(conversation, stored); }))
        << crowd.describe();
}

TEST_F(Backup, a_copy_that_is_made_under_traffic_is_whole) {
    start();
    auto const conversation = open_conversation(100);
    auto writer = connect(100);
    ASSERT_TRUE(writer.is_alive());
    std::string all;
    for (int i = 0; i < 200; ++i) {
        all += frame(ws::Opcode::kText, message(conversation, "x", fmt::format("k{}", i)));
    }
    writer.send_bytes(all);
    auto const copy = folder().file("copy");
    EXPECT_EQ(run({"backup", "--data", data_folder(), copy}).code, 0);
    auto const checked = run({"check", "--data", copy});
    EXPECT_EQ(checked.code, 0) << checked.output << checked.errors;
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(writer.expect("ack").is_valid());
    EXPECT_EQ(run({"check", "--data", data_folder()}).code, 0) << "also beside a server";
}

TEST_F(Backup, R_4_each_restoration_is_a_history_of_its_own) {
    start();
    auto const conversation = open_conversation(100);
    fill(conversation, 0, 3);
    auto const copy = folder().file("copy");
    ASSERT_EQ(run({"backup", "--data", data_folder(), copy}).code, 0);
    EXPECT_EQ(run({"restore", "--data", data_folder(), copy}).code, 1) << "nothing is overwritten";
    ASSERT_EQ(stop(), 0);

    std::vector<std::string> epochs;
    for (int round = 0; round < 2; ++round) {
        std::filesystem::remove_all(data_folder());
        auto const restored = run({"restore", "--data", data_folder(), copy});
        ASSERT_EQ(restored.code, 0) << restored.errors;
        restart();
        EXPECT_EQ(texts(conversation).size(), 3u);
        epochs.push_back(connect(100).expect("connection")["data"]["epoch"].text());
        EXPECT_NE(restored.output.find(epochs.back()), std::string::npos);
        ASSERT_EQ(stop(), 0);
    }
    EXPECT_NE(epochs[0], epochs[1]);
}

TEST_F(Backup, a_damaged_backup_is_not_restored) {
    start();
    fill(open_conversation(100), 0, 3);
    ASSERT_EQ(stop(), 0);
    damage("UPDATE events SET frame = replace(frame, 'text 2', 'text X')");
    auto const refused = run({"restore", "--data", folder().file("new"), data_folder()});
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find("is damaged in 1 places"), std::string::npos) << refused.errors;
    EXPECT_FALSE(std::filesystem::exists(folder().file("new")));
}

TEST_F(Backup, a_folder_that_is_not_empty_is_left_alone) {
    start();
    auto const refused = run({"backup", "--data", data_folder(), folder().path()});
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find("not empty"), std::string::npos) << refused.errors;
    EXPECT_EQ(run({"backup", "--data", folder().file("absent"), folder().file("new")}).code, 1);
}

TEST_F(Backup, damaged_rows_and_missing_events_are_found) {
    start();
    auto const conversation = open_conversation(100);
    fill(conversation, 0, 5);
    ASSERT_EQ(stop(), 0);
    EXPECT_EQ(run({"check", "--data", data_folder()}).code, 0);
    damage("UPDATE events SET frame = replace(frame, 'text 2', 'text X')");
    auto const changed = run({"check", "--data", data_folder()});
    EXPECT_EQ(changed.code, 1);
    EXPECT_NE(changed.output.find("is not what was written"), std::string::npos);
    EXPECT_NE(changed.output.find(" 1 damages"), std::string::npos) << changed.output;
    damage("DELETE FROM events WHERE frame LIKE '%text X%'");
    auto const missing = run({"check", "--data", data_folder()});
    EXPECT_EQ(missing.code, 1);
    EXPECT_NE(missing.output.find("5 of 6 events"), std::string::npos) << missing.output;
}

}  // namespace
}  // namespace sewa::e2e
