#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "auth/jwt.h"
#include "cli/duration.h"
#include "cli/run.h"
#include "core/clock.h"

namespace sewa::cli {
namespace {

constexpr char const* kSecret = "Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG";

struct Outcome {
    int code = -1;
    std::string out;
    std::string error;
};

Outcome sewa(std::vector<char const*> arguments) {
    arguments.insert(arguments.begin(), "sewa");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Outcome outcome;
    outcome.code = run(static_cast<int>(arguments.size()), arguments.data());
    outcome.out = testing::internal::GetCapturedStdout();
    outcome.error = testing::internal::GetCapturedStderr();
    return outcome;
}

class CliTest : public testing::Test {
protected:
    CliTest() {
        auto pattern = (std::filesystem::temp_directory_path() / "sewa_cli_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        secret_ = write("secret", std::string(kSecret) + "\n");
    }
    ~CliTest() override { std::filesystem::remove_all(folder_); }

    std::string write(std::string const& file, std::string_view text) {
        std::ofstream(folder_ / file) << text;
        return folder_ / file;
    }

    std::filesystem::path folder_;
    std::string secret_;
};

TEST_F(CliTest, token_prints_one_token_that_the_server_takes) {
    auto const outcome =
        sewa({"token", "--user", "7", "--name", "Asha", "--role", "customer", "--ttl", "1h",
              "--jwt-secret-file", secret_.c_str(), "--set", "jwt.audience=messaging"});

    ASSERT_EQ(outcome.code, 0) << outcome.error;
    ASSERT_EQ(outcome.out.back(), '\n');
    auth::Keys keys;
    ASSERT_TRUE(keys.add({auth::Algorithm::kHs256, {}, kSecret, {}}));
    auth::Verifier const verifier(
        {.algorithms = {auth::Algorithm::kHs256}, .audience = "messaging"},
        auth::KeyStore::fixed(std::move(keys)));
    auto const now = SystemClock().wall();
    auto const claims = verifier.verify(outcome.out.substr(0, outcome.out.size() - 1), now);
    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(claims->user, UserId{7});
    EXPECT_EQ(claims->name, "Asha");
    EXPECT_EQ(claims->role, Role::kCustomer);
    EXPECT_NEAR(static_cast<double>(claims->expires_at - now), 3'600'000, 60'000);
}

TEST_F(CliTest, token_says_what_to_mend) {
    auto const weak = write("weak", "changeme\n");
    struct Case {
        std::vector<char const*> arguments;
        std::string message;
    };
    auto const* const secret = secret_.c_str();
    for (auto const& [arguments, message] : std::vector<Case>{
             {{"token", "--user", "7"}, "sewa: name the secret with --jwt-secret-file FILE\n"},
             {{"token", "--user", "7", "--jwt-secret-file", weak.c_str()},
              "openssl rand -base64 48"},
             {{"token", "--user", "0", "--jwt-secret-file", secret}, "user_id"},
             {{"token", "--user", "7", "--ttl", "1", "--jwt-secret-file", secret}, "--ttl must"},
             {{"token", "--user", "7", "--role", "king", "--jwt-secret-file", secret}, "--role"},
             {{"token"}, "--user is required"},
             {{"fly"}, "fly"},
             {{}, "subcommand"},
         }) {
        auto const outcome = sewa(arguments);
        EXPECT_EQ(outcome.code, 2) << message;
        EXPECT_NE(outcome.error.find(message), std::string::npos) << outcome.error;
        EXPECT_EQ(outcome.error.find(kSecret), std::string::npos);
        EXPECT_EQ(outcome.out, "");
    }
}

TEST_F(CliTest, print_config_shows_values_and_origins_of_all_sources) {
    auto const file = write("sewa.toml", "[typing]\nttl_ms = 7000\n");
    ::setenv("SEWA_LIMITS_REPLAY_PAGE", "77", 1);
    auto const outcome =
        sewa({"print-config", "--config", file.c_str(), "--demo", "--listen", "127.0.0.1:1",
              "--origin", "https://a.test", "--origin", "https://b.test", "--set",
              "limits.frame_burst=9", "--set", "log.level=warn"});
    ::unsetenv("SEWA_LIMITS_REPLAY_PAGE");

    ASSERT_EQ(outcome.code, 0) << outcome.error;
    auto has = [&](std::string_view value, std::string_view origin) {
        auto const at = outcome.out.find(value);
        auto const end = outcome.out.find('\n', at);
        return at != outcome.out.npos && outcome.out.substr(at, end - at).ends_with(origin);
    };
    EXPECT_TRUE(has("ttl_ms = 7000", "# " + file + ":2"));
    EXPECT_TRUE(has("replay_page = 77", "# SEWA_LIMITS_REPLAY_PAGE"));
    EXPECT_TRUE(has("frame_burst = 9", "# --set"));
    EXPECT_TRUE(has("level = \"warn\"", "# --set"));
    EXPECT_TRUE(has("demo = true", "# --demo"));
    EXPECT_TRUE(has("listen = \"127.0.0.1:1\"", "# --listen"));
    EXPECT_TRUE(has("origins = [\"https://a.test\", \"https://b.test\"]", "# --origin"));
    EXPECT_TRUE(has("throttle_ms = 3000", "# default"));
}

TEST_F(CliTest, print_config_refuses_with_exit_code_2) {
    auto const outcome = sewa({"print-config", "--set", "limits.frame_burts=9"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.error.find("did you mean `limits.frame_burst`?"), std::string::npos);
}

TEST_F(CliTest, help_is_no_failure) {
    EXPECT_EQ(sewa({"--help"}).code, 0);
    EXPECT_NE(sewa({"token", "--help"}).out.find("--jwt-secret-file"), std::string::npos);
}

TEST_F(CliTest, version_is_one_line) {
    auto const outcome = sewa({"--version"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_TRUE(outcome.out.starts_with("sewa 0.")) << outcome.out;
    EXPECT_EQ(outcome.out.find('\n'), outcome.out.size() - 1);
}

TEST(Duration, has_a_number_and_one_unit) {
    EXPECT_EQ(parse_duration_ms("90s"), 90'000);
    EXPECT_EQ(parse_duration_ms("15m"), 900'000);
    EXPECT_EQ(parse_duration_ms("1h"), 3'600'000);
    EXPECT_EQ(parse_duration_ms("7d"), 604'800'000);
    for (auto const* text : {"", "1", "h", "0s", "-1h", "1hh", "1 h", "1w", "4000d",
                             "99999999999999999999s", "9223372036854775807d"}) {
        EXPECT_FALSE(parse_duration_ms(text)) << text;
    }
}

}  // namespace
}  // namespace sewa::cli
