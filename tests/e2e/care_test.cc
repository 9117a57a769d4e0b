// `sewa export`, `sewa erase` and `sewa doctor`.
#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Care : public ServerTest {
protected:
    void say(std::int64_t user, std::int64_t conversation, std::string_view text) {
        auto const body = fmt::format(R"({{"conversation":{},"text":"{}"}})", conversation, text);
        ASSERT_EQ(post(user, "messages/", body).status, 201);
    }
    bool is_on_disk(std::string_view text) {
        for (auto const& entry : std::filesystem::directory_iterator(data_folder())) {
            if (!entry.is_regular_file()) continue;
            if (read_file(entry.path()).find(text) != std::string::npos) return true;
        }
        return false;
    }
    static std::vector<Json> lines_of(std::string const& text) {
        std::vector<Json> lines;
        for (std::size_t at = 0; at < text.size();) {
            auto const end = std::min(text.find('\n', at), text.size());
            lines.push_back(Json::parse(text.substr(at, end - at)));
            at = end + 1;
        }
        return lines;
    }
    // What doctor says of a subject: its grade.
    static bool says(Run const& run, std::string_view grade, std::string_view about) {
        return run.output.find(fmt::format("{:<8} {}", grade, about)) != std::string::npos;
    }
};

TEST_F(Care, K_9_an_export_has_a_line_for_each_thing_beside_a_running_server) {
    start();
    auto const conversation = open_conversation(300);
    for (int i = 0; i < 250; ++i) say(300, conversation, fmt::format("mine {}", i));
    say(kProvider, conversation, "of another");

    auto const exported = run({"export", "--data", data_folder(), "--user", "300"});
    ASSERT_EQ(exported.code, 0) << exported.errors;
    auto const lines = lines_of(exported.output);
    ASSERT_EQ(lines.size(), 252u);
    EXPECT_EQ(lines[0]["type"], "person");
    EXPECT_EQ(lines[0]["data"]["id"], 300);
    EXPECT_EQ(lines[1]["type"], "conversation");
    EXPECT_EQ(lines[1]["data"]["id"], conversation);
    for (int i = 0; i < 250; ++i) {
        auto const& line = lines[static_cast<std::size_t>(2 + i)];
        EXPECT_EQ(line["type"], "message");
        EXPECT_EQ(line["data"]["content"], fmt::format("mine {}", i));
    }
    EXPECT_EQ(exported.output.find("of another"), std::string::npos);
    auto const nobody = run({"export", "--data", data_folder(), "--user", "999"});
    EXPECT_EQ(nobody.code, 1);
    EXPECT_NE(nobody.errors.find("nothing is stored about user 999"), std::string::npos);
}

TEST_F(Care, K_8_erasing_leaves_nothing_in_any_file) {
    start();
    auto const conversation = open_conversation(300);
    say(300, conversation, "zanzibarsecret");
    say(kProvider, conversation, "the plumber speaks");
    std::vector<std::string> const erase{"erase", "--data", data_folder(), "--user", "300"};
    EXPECT_EQ(run(erase).code, 2) << "not without --yes";
    auto sure = erase;
    sure.push_back("--yes");
    auto const beside = run(sure);
    EXPECT_EQ(beside.code, 1);
    EXPECT_NE(beside.errors.find("another sewa is using"), std::string::npos) << beside.errors;
    ASSERT_EQ(stop(), 0);
    EXPECT_TRUE(is_on_disk("zanzibarsecret"));

    auto const erased = run(sure);
    ASSERT_EQ(erased.code, 0) << erased.errors;
    EXPECT_FALSE(is_on_disk("zanzibarsecret"));
    EXPECT_FALSE(is_on_disk("User 300"));
    EXPECT_EQ(run({"check", "--data", data_folder()}).code, 0);
    restart();
    EXPECT_EQ(get(300, "conversations/").status, 403) << "who was erased is banned";
    auto const thread = get(kProvider, fmt::format("conversations/{}/", conversation));
    EXPECT_NE(thread.body.find("the plumber speaks"), std::string::npos);
    EXPECT_EQ(thread.json()["other_participant"]["name"], "Deleted user");
}

TEST_F(Care, doctor_finds_what_would_keep_a_server_from_working) {
    start();
    open_conversation(100);
    auto const secret = folder().write("good-secret", kSecret);
    ASSERT_EQ(::chmod(secret.c_str(), 0600), 0);
    auto const with = [&](std::string const& secret_file, std::string const& listen) {
        return run({"doctor", "--data", data_folder(), "--metrics-listen", "", "--listen", listen,
                    "--jwt-secret-file", secret_file});
    };
    std::string const anywhere = "127.0.0.1:0";
    auto const good = with(secret, anywhere);
    EXPECT_EQ(good.code, 0) << good.output << good.errors;
    EXPECT_NE(good.output.find("a server runs on"), std::string::npos) << good.output;
    EXPECT_TRUE(says(good, "good", "keys"));
    EXPECT_EQ(good.output.find("BAD"), std::string::npos) << good.output;

    ASSERT_EQ(::chmod(secret.c_str(), 0644), 0);
    EXPECT_TRUE(says(with(secret, anywhere), "warning", "keys"));
    auto const weak = with(folder().write("weak", "short"), anywhere);
    EXPECT_EQ(weak.code, 1);
    EXPECT_TRUE(says(weak, "BAD", "keys")) << weak.output;
    auto const taken = with(secret, fmt::format("127.0.0.1:{}", port()));
    EXPECT_TRUE(says(taken, "warning", "listen")) << taken.output << taken.errors;
    EXPECT_TRUE(says(with(secret, "shop.example:80"), "BAD", "listen"));
    ASSERT_EQ(stop(), 0);
    folder().write("data/sewa.db", "no database");
    auto const broken = with(secret, anywhere);
    EXPECT_EQ(broken.code, 1);
    EXPECT_TRUE(says(broken, "BAD", "data_dir")) << broken.output;
}

}  // namespace
}  // namespace sewa::e2e
