#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "config/load.h"
#include "config/options.h"
#include "config/toml_source.h"
#include "config/value.h"

namespace sewa::config {
namespace {

Sources of_toml(std::string toml) {
    return {.file = ConfigFile{"sewa.toml", std::move(toml)}};
}

std::string refusal(Sources const& sources) {
    auto const loaded = load(sources);
    return loaded ? "accepted" : loaded.error().message;
}

std::string origin(Loaded const& loaded, std::string_view key) {
    return loaded.origins[static_cast<std::size_t>(find_option(key) - options().data())];
}

TEST(Config, defaults_are_valid_and_complete) {
    auto const loaded = load({});
    ASSERT_TRUE(loaded) << loaded.error().message;
    for (auto const& option : options()) {
        EXPECT_EQ(origin(*loaded, option.key), "default");
        // Each default passes its own row, through the same text that a person would write.
        auto const text = to_toml(Config(), option);
        auto const entry = load(of_toml(std::string(option.key) + " = " + text));
        EXPECT_TRUE(entry) << option.key << " = " << text << ": " << entry.error().message;
    }
}

TEST(Config, what_toml_misreads_is_refused_with_its_line) {
    EXPECT_EQ(refusal(of_toml("demo = true\nlisten = 7\"\xEF\xBB\xBE\"\n")),
              "sewa.toml:2: a quote belongs at the beginning of a value");
    EXPECT_EQ(refusal(of_toml("origins = [\"https://a.example\", 'https://b.example']\n")),
              "accepted");
    EXPECT_EQ(refusal(of_toml("[[[x]\ny")), "sewa.toml:1: a section needs a name, as in [limits]");
}

TEST(Config, brackets_close_what_they_opened) {
    for (auto const* const toml :
         {"n = [}", "n = [1, }", "n = {a = [}}", "n = {a = 1]", "n = 1]"}) {
        EXPECT_EQ(refusal(of_toml(toml)), "sewa.toml:1: a bracket closes what it did not open")
            << toml;
    }
    EXPECT_EQ(refusal(of_toml("demo = true\norigins = [ # }\n}\n")),
              "sewa.toml:3: a bracket closes what it did not open");
    EXPECT_EQ(refusal(of_toml("origins = [\n  \"https://a.example\", # ]\n  'https://b.example',\n"
                              "]\nlimits = {frames_per_minute = 60}\n")),
              "accepted");
}

TEST(Config, what_is_in_quotes_may_be_any_text) {
    auto const read =
        read_toml({"sewa.toml",
                   "a = \"h\\u00e9 caf\xC3\xA9 \\\" \xF0\x9F\x99\x8F\" # \xEF\xBB\xBD\n"
                   "b = 'C:\\n \"\xE0\xA4\xA8\"'\n"});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ((*read)[0].value, Value(std::string("h\u00e9 caf\xC3\xA9 \" \xF0\x9F\x99\x8F")));
    EXPECT_EQ((*read)[1].value, Value(std::string("C:\\n \"\xE0\xA4\xA8\"")));
    EXPECT_EQ((*read)[1].line, 2U);
    EXPECT_EQ(refusal(of_toml("listen = \"\xC3\"\n")), "sewa.toml:1: this is not UTF-8");
}

// toml++ looks at every character behind a value that is none.
TEST(Config, a_broken_value_before_any_text_is_refused) {
    EXPECT_NE(refusal(of_toml("listen = +n[\"\xEF\xBB\xBD\"]\n")), "accepted");
    EXPECT_NE(refusal(of_toml("listen = +n=\"\xEF\xBB\xBD\"\n")), "accepted");
}

TEST(Config, rows_of_the_table_are_unique_and_described) {
    std::set<std::string> names;
    for (auto const& option : options()) {
        EXPECT_TRUE(names.insert(std::string(option.key)).second) << option.key;
        EXPECT_TRUE(names.insert(environment_name(option)).second) << option.key;
        EXPECT_TRUE(option.flag.empty() || names.insert(std::string(option.flag)).second);
        EXPECT_GT(option.help.size(), 5u) << option.key;
        EXPECT_EQ(option.help.find('|'), option.help.npos) << "breaks the table in OPERATIONS.md";
    }
}

TEST(Config, each_row_writes_its_own_field) {
    // Two rows with one accessor would show here: the second write would change the first value.
    Config config;
    std::int64_t next = 0;
    for (auto const& option : options()) {
        if (auto const* const number = std::get_if<IntSetting>(&option.setting)) {
            number->at(config) = ++next;
        }
    }
    next = 0;
    for (auto const& option : options()) {
        if (auto const* const number = std::get_if<IntSetting>(&option.setting)) {
            EXPECT_EQ(number->at(config), ++next) << option.key;
        }
    }
}

TEST(Config, later_sources_win_and_are_named) {
    auto sources = of_toml(
        "listen = \"127.0.0.1:1\"\nshards = 1\n\n[limits]\nframe_burst = 1\n"
        "replay_page = 1\n");
    sources.environment = {{"SEWA_SHARDS", "2"},
                           {"SEWA_LIMITS_FRAME_BURST", "2"},
                           {"SEWA_LIMITS_REPLAY_PAGE", "2"},
                           {"PATH", "/bin"}};
    sources.sets = {"limits.frame_burst=3", "limits.replay_page=3"};
    sources.flags = {{"limits.replay_page", "4"}, {"data_dir", "/srv/sewa"}};

    auto const loaded = load(sources);

    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->config.listen, "127.0.0.1:1");
    EXPECT_EQ(loaded->config.shards, 2);
    EXPECT_EQ(loaded->config.limits.frame_burst, 3);
    EXPECT_EQ(loaded->config.limits.replay_page, 4);
    EXPECT_EQ(origin(*loaded, "listen"), "sewa.toml:1");
    EXPECT_EQ(origin(*loaded, "shards"), "SEWA_SHARDS");
    EXPECT_EQ(origin(*loaded, "limits.frame_burst"), "--set");
    EXPECT_EQ(origin(*loaded, "data_dir"), "--data");
    EXPECT_EQ(origin(*loaded, "demo"), "default");
}

TEST(Config, reads_every_type_from_text) {
    auto const loaded = load({.environment = {{"SEWA_DEMO", "true"},
                                              {"SEWA_ORIGINS", "https://a.test,https://b.test"},
                                              {"SEWA_METRICS_LISTEN", ""}},
                              .sets = {"jwt.algorithms=HS256,EdDSA"}});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(loaded->config.demo);
    EXPECT_EQ(loaded->config.origins,
              (std::vector<std::string>{"https://a.test", "https://b.test"}));
    EXPECT_EQ(loaded->config.metrics.listen, "");
    EXPECT_EQ(loaded->config.jwt.algorithms, (std::vector<std::string>{"HS256", "EdDSA"}));
}

TEST(Config, says_what_is_wrong_where_and_what_is_allowed) {
    struct Case {
        Sources sources;
        std::string message;
    };
    for (auto const& [sources, message] : std::vector<Case>{
             {of_toml("[limits]\nframes_per_minut = 1"),
              "sewa.toml:2: no such option `limits.frames_per_minut`; "
              "did you mean `limits.frames_per_minute`?"},
             {of_toml("frames_per_minute = 1"),
              "sewa.toml:1: no such option `frames_per_minute`; "
              "did you mean `limits.frames_per_minute`?"},
             {of_toml("[zzzzzzzzzz]"),
              "sewa.toml:1: no such option `zzzzzzzzzz`; `sewa print-config` lists all"},
             {of_toml("[limits.frame_burst]\nx = 1"),
              "sewa.toml:1: no such option `limits.frame_burst`; did you mean "
              "`limits.frame_burst`?"},
             {of_toml("[limits]\nframe_burst = 0"),
              "sewa.toml:2: limits.frame_burst must be 1 to 1000000"},
             {of_toml("[limits]\nframe_burst = \"3\""),
              "sewa.toml:2: limits.frame_burst must be 1 to 1000000"},
             {of_toml("demo = 1"), "sewa.toml:1: demo must be `true` or `false`"},
             {of_toml("shards = 1.5"), "sewa.toml:1: shards has a type that no option has"},
             {of_toml("origins = [1]"), "sewa.toml:1: origins must be a list of texts"},
             {of_toml("jwt.algorithms = [\"none\"]"),
              "sewa.toml:1: jwt.algorithms must be a list of `HS256`, `RS256`, `ES256`, `EdDSA`"},
             {{.environment = {{"SEWA_LIMITS_FRAME_BURTS", "1"}}},
              "SEWA_LIMITS_FRAME_BURTS: no such option; did you mean SEWA_LIMITS_FRAME_BURST?"},
             {{.environment = {{"SEWA_SHARDS", "many"}}},
              "SEWA_SHARDS: shards must be 0 to 256 (0: automatic)"},
             {{.sets = {"limits.connections_per_user=-1"}},
              "--set: limits.connections_per_user must be 0 to 10000 (0: no limit)"},
             {{.sets = {"limits.connections_per_user=99999999999999999999"}},
              "--set: limits.connections_per_user must be 0 to 10000 (0: no limit)"},
             {{.sets = {"shards"}}, "--set shards: write --set key=value"},
             {{.sets = {"log.level=loud"}},
              "--set: log.level must be one of `debug`, `info`, `warn`, `error`, `off`"},
             {{.sets = {"origins=\xfe"}}, "--set: origins must be a list of different texts"},
             {{.sets = {"jwt.issuer=\xed\xa0\x80"}}, "--set: jwt.issuer must be a text"},
             {{.sets = {"jwt.issuer=a\x1b"}}, "--set: jwt.issuer must be a text"},
             {{.sets = {"jwt.issuer=\xe0\xa4"}}, "--set: jwt.issuer must be a text"},
             {{.sets = {"jwt.issuer=\xe0\xa4\xa8 \xf0\x9f\x98\x80"}}, "accepted"},
             {{.flags = {{"listen", "8000"}}}, "--listen: listen must be host:port"},
             {{.flags = {{"listen", "h:65536"}}}, "--listen: listen must be host:port"},
             {{.flags = {{"listen", "::1:80"}}}, "--listen: listen must be host:port"},
         }) {
        EXPECT_EQ(refusal(sources), message);
    }
    EXPECT_TRUE(refusal(of_toml("listen = ")).starts_with("sewa.toml:1: "));
    for (auto const* toml : {"\nlog.level = warn\xc3\xa9", "\n[.a]", "\njwt.issuer = \"a",
                             "\njwt.issuer = \"\"\"a\"\"\"", "\n\x01", "\njwt.issuer = \"\xff\""}) {
        EXPECT_TRUE(refusal(of_toml(toml)).starts_with("sewa.toml:2: ")) << refusal(of_toml(toml));
    }
    EXPECT_EQ(refusal(of_toml("\xef\xbb\xbf# \xc3\xa9\r\njwt.issuer = '\xc3\xa9#\"'\r\n")),
              "accepted");
    EXPECT_TRUE(refusal(of_toml(std::string("\n[\0mits]", 8))).starts_with("sewa.toml:2: "));
    EXPECT_TRUE(refusal(of_toml("[\x01mits\\\n1\n")).starts_with("sewa.toml:1: "));
}

TEST(Config, refuses_contradictions) {
    for (auto const& [sets, word] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"demo=true", "listen=0.0.0.0:8000"}, "loopback"},
             {{"tls.cert_file=/c.pem"}, "belong together"},
             {{"jwt.algorithms="}, "jwt.algorithms is empty"},
             {{"jwt.algorithms=RS256", "jwt.secret_file=/s", "jwt.jwks_file=/j"}, "no HS256"},
             {{"jwt.algorithms=RS256"}, "set jwt.jwks_file"},
             {{"jwt.jwks_file=/j"}, "no RS256"},
             {{"presence.ping_interval_s=60"}, "presence.lease_s"},
             {{"typing.throttle_ms=6000"}, "flicker"},
             {{"limits.content_chars=20000"}, "limits.frame_bytes"},
         }) {
        EXPECT_NE(refusal({.sets = sets}).find(word), std::string::npos)
            << word << ": " << refusal({.sets = sets});
    }
    EXPECT_EQ(refusal({.sets = {"demo=true", "listen=[::1]:8000"}}), "accepted");
}

TEST(Config, ignores_what_kubernetes_adds_for_a_service_of_this_name) {
    EXPECT_EQ(refusal({.environment = {{"SEWA_SERVICE_HOST", "10.0.0.1"},
                                       {"SEWA_PORT", "tcp://10.0.0.1:8000"},
                                       {"SEWA_PORT_8000_TCP", "tcp://10.0.0.1:8000"},
                                       {"SEWA_CONFIG", "/etc/sewa.toml"}}}),
              "accepted");
}

TEST(Config, what_is_printed_loads_again) {
    auto const loaded = load({.sets = {"listen=127.0.0.1:0", "jwt.issuer=a \"b\" \\ c",
                                       "origins=https://a.test,https://b.test", "demo=true",
                                       "limits.frames_per_minute=0"}});
    ASSERT_TRUE(loaded) << loaded.error().message;
    auto const printed = to_toml(*loaded);

    auto const again = load(of_toml(printed));

    ASSERT_TRUE(again) << again.error().message << "\n" << printed;
    for (auto const& option : options()) {
        EXPECT_EQ(to_toml(again->config, option), to_toml(loaded->config, option)) << option.key;
    }
    EXPECT_NE(printed.find("frames_per_minute = 0"), printed.npos);
    EXPECT_NE(printed.find("# --set"), printed.npos);
}

TEST(Config, names_a_file_it_cannot_read) {
    auto const folder = std::filesystem::temp_directory_path();
    EXPECT_EQ(read_config_file("/nonexistent/sewa.toml").error().message,
              "/nonexistent/sewa.toml: cannot read this file");
    EXPECT_FALSE(read_config_file(folder));
}

}  // namespace
}  // namespace sewa::config
