// Attacks that cost the attacker little: what they may cost the server. Each test keeps an innocent
// connection and looks at it, at the server's memory and at its descriptors afterwards.
#include <fmt/format.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "auth/base64url.h"
#include "auth/signature.h"
#include "keyed_server_fixture.h"
#include "ws/deflate.h"
#include "ws/encoder.h"

namespace sewa::e2e {
namespace {

class Hostile : public ServerTest {
protected:
    void SetUp() override {
        folder().write("robots.txt", "of the web folder");
        std::filesystem::create_directory(folder().file("web"));
        std::ofstream(folder().file("web/index.html")) << "<html>page</html>";
        start({"--web", folder().file("web")});
        conversation_ = open_conversation(100);
        innocent_.emplace(connect(101));
        ASSERT_TRUE(innocent_->is_alive());
        rss_before_ = rss();
    }
    void TearDown() override {
        if (!innocent_) return;
        EXPECT_TRUE(innocent_->is_alive()) << "somebody else was disturbed";
        // Allocators keep some of what they had; what an attack may not do is go on growing.
        EXPECT_LT(rss() - rss_before_, 48 << 20);
    }

    std::string of_process(std::string_view name) {
        return fmt::format("/proc/{}/{}", process().pid(), name);
    }
    std::int64_t rss() {
        std::int64_t size = 0, resident = 0;
        std::ifstream(of_process("statm")) >> size >> resident;
        return resident * 4096;
    }
    std::int64_t descriptors() {
        return std::distance(std::filesystem::directory_iterator(of_process("fd")), {});
    }
    // Whoever looks for it finds what happened and whose doing it was.
    bool is_logged(std::string_view line) {
        return eventually([&] { return log().find(line) != std::string::npos; });
    }
    WsClient compressing() {
        auto client = dial({.target = "/ws/messaging/?v=1&token=" + token(100),
                            .headers = "Sec-WebSocket-Extensions: permessage-deflate\r\n"});
        EXPECT_TRUE(client.is_compressed() && client.is_alive());
        return client;
    }
    int welcome(std::string const& token) {
        auto client = dial({.target = "/ws/messaging/?v=1&token=" + token});
        return client.expect("connection").is_valid() ? 0 : client.close_code();
    }

    std::int64_t conversation_ = 0;
    std::optional<WsClient> innocent_;
    std::int64_t rss_before_ = 0;
};

// A masked frame with its first byte as given.
std::string masked(char first, std::string_view payload) {
    auto bytes = frame(ws::Opcode::kText, payload);
    bytes[0] = first;
    return bytes;
}

constexpr char kCompressedText = '\xC1';
constexpr char kFirstText = '\x01';
constexpr char kMiddle = '\x00';

TEST_F(Hostile, a_compression_bomb_closes_1009_at_the_limit) {
    ws::Deflater deflater(9);
    std::string const bomb(deflater.deflate(std::string(40 << 20, ' ')));
    ASSERT_LT(bomb.size(), 65'536u) << "small enough to be let in";
    for (int i = 0; i < 20; ++i) {
        auto attacker = compressing();
        attacker.send_bytes(masked(kCompressedText, bomb));
        EXPECT_EQ(attacker.close_code(), 1009);
    }
    EXPECT_TRUE(is_logged("session_ended_1009 user=100 from=127.0.0.1:"));
}

TEST_F(Hostile, endless_fragments_close_1009_whether_they_carry_bytes_or_not) {
    auto heavy = connect(100);
    std::string const piece = masked(kMiddle, std::string(1000, 'x'));
    heavy.send_bytes(masked(kFirstText, "x"));
    for (int i = 0; i < 70; ++i) heavy.send_bytes(piece);
    EXPECT_EQ(heavy.close_code(), 1009);

    auto empty = connect(100);
    std::string many;
    for (int i = 0; i < 1000; ++i) many += masked(kMiddle, "");
    empty.send_bytes(masked(kFirstText, ""));
    for (int i = 0; i < 70; ++i) empty.send_bytes(many);
    EXPECT_EQ(empty.close_code(), 1009);
    EXPECT_TRUE(is_logged("session_ended_1009 user=100 from=127.0.0.1:"));
}

TEST_F(Hostile, a_ping_flood_is_answered_or_ended_and_holds_nobody_up) {
    auto flooder = connect(100);
    ASSERT_TRUE(flooder.is_alive());
    std::string pings;
    for (int i = 0; i < 100; ++i) pings += frame(ws::Opcode::kPing, std::string(125, 'p'));
    // It never reads the pongs: what the kernel does not take is not kept either.
    for (int i = 0; i < 500; ++i) flooder.send_bytes(pings);
    EXPECT_TRUE(innocent_->is_alive());
    EXPECT_LT(metric("sewa_outbox_bytes"), 1 << 20);
}

TEST_F(Hostile, connect_and_leave_a_thousand_times_leaves_nothing_behind) {
    auto const before = descriptors();
    for (int i = 0; i < 1'000; ++i) {
        Tcp tcp(port());
        if (i % 4 == 1) tcp.send("GET");
        if (i % 4 == 2) tcp.send("GET /ws/messaging/ HTTP/1.1\r\nHost: h\r\n\r\n");
        if (i % 4 == 3) tcp.send(std::string(300, '\0'));
    }
    EXPECT_TRUE(eventually([&] { return descriptors() <= before + 2; })) << descriptors();
}

TEST_F(Hostile, a_header_that_trickles_is_cut_off_and_logged) {
    Tcp slow(port());
    ASSERT_TRUE(slow.send("GET / HTTP/1.1\r\nHost: h\r\nX: "));
    std::string answer;
    Deadline const deadline;
    while (answer.empty() && !deadline.has_passed()) {
        slow.send("x");
        static_cast<void>(slow.receive(answer, Deadline(std::chrono::milliseconds(200))));
    }
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
    EXPECT_TRUE(is_logged("request_refused status=408"));
    EXPECT_TRUE(innocent_->is_alive());
}

TEST_F(Hostile, focus_and_presence_churn_keeps_memory_bounded) {
    auto churner = connect(100);
    for (int round = 0; round < 20; ++round) {
        std::string all;
        for (int i = 0; i < 500; ++i) {
            auto const id = round * 500 + i;
            all +=
                frame(ws::Opcode::kText,
                      fmt::format(R"({{"type":"focus","data":{{"conversation_id":{}}}}})", id + 1));
            all += frame(ws::Opcode::kText,
                         fmt::format(R"({{"type":"presence","data":{{"ids":[{}]}}}})", id + 1));
        }
        churner.send_bytes(all);
        ASSERT_TRUE(churner.is_alive()) << round;
    }
}

TEST_F(Hostile, twenty_thousand_failed_logins_fill_neither_memory_nor_log) {
    constexpr int kConnections = 20, kEach = 1'000;
    auto const log_before = log().size();
    std::string requests;
    for (int i = 0; i < kEach; ++i) {
        requests +=
            "GET /api/messaging/conversations/ HTTP/1.1\r\nHost: h\r\n"
            "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoxfQ.AAAA\r\n\r\n";
    }
    for (int i = 0; i < kConnections; ++i) {
        Tcp tcp(port());
        std::string answers;
        // Sent in parts, and the answers read in between: a pipeline that nobody reads has to wait.
        for (std::size_t at = 0; at < requests.size(); at += 20'000) {
            ASSERT_TRUE(tcp.send(std::string_view(requests).substr(at, 20'000)));
            while (tcp.receive(answers, Deadline(std::chrono::milliseconds(0))) ==
                   Tcp::Read::kData) {
            }
        }
        auto const refused = [&] {
            int count = 0;
            for (auto found = answers.find("HTTP/1.1 401"); found != std::string::npos;
                 found = answers.find("HTTP/1.1 401", found + 1)) {
                ++count;
            }
            return count;
        };
        Deadline const deadline;
        while (refused() < kEach && tcp.receive(answers, deadline) == Tcp::Read::kData) {
        }
        ASSERT_EQ(refused(), kEach);
        ASSERT_TRUE(innocent_->is_alive());
    }
    EXPECT_LT(log().size() - log_before, 64u << 10);
    EXPECT_TRUE(is_logged("login_refused"));
    EXPECT_TRUE(is_logged("log_suppressed of=login_refused"));
    EXPECT_EQ(get(101, "conversations/").status, 200);
}

TEST_F(Hostile, C_11_a_kid_is_a_name_and_nothing_else) {
    auto const sign = [](std::string_view header, std::string_view secret) {
        auto const good = token(100);
        auto const payload = good.substr(good.find('.'), good.rfind('.') - good.find('.'));
        auto const text = auth::base64url_encode(header) + payload;
        return text + "." + auth::base64url_encode(auth::hmac_sha256(secret, text));
    };
    ASSERT_EQ(welcome(sign(R"({"alg":"HS256"})", kSecret)), 0) << "the signature is made right";
    // Where a kid names a file, a row or an address, the attacker knows what is read there.
    for (auto const* kid :
         {R"("../../../../dev/null")", R"("/proc/sys/kernel/randomize_va_space")",
          R"("x' UNION SELECT 'secret")", R"("|/bin/true")", R"("http://127.0.0.1:1/keys")",
          R"("")", R"(7)", R"(null)", R"(["a"])", R"({"a":1})"}) {
        auto const header = fmt::format(R"({{"alg":"HS256","kid":{}}})", kid);
        for (auto const* secret : {"", "0", "secret"}) {
            EXPECT_EQ(welcome(sign(header, secret)), 4001) << kid;
        }
    }
    for (auto const* more : {R"("jku":"http://127.0.0.1:1/keys")", R"("x5u":"http://127.0.0.1:1/")",
                             R"("jwk":{"kty":"oct","k":"AAAA"})", R"("crit":["exp"])"}) {
        EXPECT_EQ(welcome(sign(fmt::format(R"({{"alg":"HS256",{}}})", more), std::string(3, '\0'))),
                  4001)
            << more;
    }
    for (auto const* name : {"none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256"}) {
        auto const header = fmt::format(R"({{"alg":"{}"}})", name);
        EXPECT_EQ(welcome(sign(header, kSecret)), 4001) << name;
        auto unsigned_one = sign(header, kSecret);
        unsigned_one.resize(unsigned_one.rfind('.') + 1);
        EXPECT_EQ(welcome(unsigned_one), 4001) << name << " without a signature";
    }
    EXPECT_TRUE(is_logged("session_ended_4001"));
}

TEST_F(Hostile, a_request_that_two_parsers_could_read_differently_is_refused_and_the_rest_unread) {
    std::string const hidden = "GET /api/messaging/health/ HTTP/1.1\r\nHost: h\r\n\r\n";
    std::string const start = "POST /api/messaging/messages/ HTTP/1.1\r\nHost: h\r\n";
    for (auto const* fields :
         {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
          "Content-Length: 0\r\nContent-Length: 44\r\n", "Content-Length : 4\r\n",
          "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
          "Transfer-Encoding:\r\n chunked\r\n", "Content-Length: +4\r\n",
          "X: y\nTransfer-Encoding: chunked\r\n"}) {
        auto const answer = http_raw(port(), start + fields + "\r\n0\r\n\r\n" + hidden);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << fields << answer;
        EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << "answered twice: " << fields;
    }
    EXPECT_TRUE(is_logged("request_refused status=400"));
}

TEST_F(Hostile, no_path_leads_out_of_the_web_folder) {
    for (auto const* path :
         {"/../robots.txt", "/..%2frobots.txt", "/%2e%2e/robots.txt", "/%2e%2e%2frobots.txt",
          "/a/../../robots.txt", "/..\\robots.txt", "/..%5crobots.txt", "//../robots.txt",
          "/%252e%252e/robots.txt", "/..;/robots.txt", "/%c0%ae%c0%ae/robots.txt",
          "/index.html%00/../../robots.txt", "/./../robots.txt", "/../secret", "/%2e%2e/secret",
          "/../data/sewa.db", "/proc/self/environ"}) {
        auto const answer = http_raw(port(), fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n"
                                                         "Connection: close\r\n\r\n",
                                                         path));
        EXPECT_EQ(answer.find("of the web folder"), std::string::npos) << path;
        EXPECT_EQ(answer.find(kSecret), std::string::npos) << path;
        EXPECT_EQ(answer.find("SQLite format"), std::string::npos) << path;
    }
}

// The browser shows texts as text (frontend tests); here: nothing makes it think otherwise.
TEST_F(Hostile, texts_with_markup_come_back_as_they_are_and_never_as_a_page) {
    std::string const markup = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    auto writer = connect(100);
    writer.send(message(conversation_, markup));
    ASSERT_TRUE(writer.expect("ack").is_valid());
    for (auto const& path : {fmt::format("messages/?conversation={}", conversation_),
                             fmt::format("conversations/{}/", conversation_),
                             fmt::format("conversations/{}/events/?after=0", conversation_),
                             std::string("conversations/"), std::string("sync/"),
                             std::string("conversations/?search=%3Cscript%3E")}) {
        auto answer = get(100, path);
        EXPECT_TRUE(answer.headers["content-type"].starts_with("application/json")) << path;
        EXPECT_EQ(answer.headers["x-content-type-options"], "nosniff") << path;
    }
    EXPECT_EQ(get(100, fmt::format("messages/?conversation={}", conversation_))
                  .json()["results"][0]["content"],
              markup);
    auto const missing = http(port(), {.target = "/api/messaging/<script>alert(1)</script>/"});
    EXPECT_EQ(missing.body.find("<script>"), std::string::npos) << "an error quotes its request";
    auto page = http(port(), {.target = "/"});
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.headers["x-content-type-options"], "nosniff");
    EXPECT_NE(page.headers["content-security-policy"].find("script-src"), std::string::npos);
}

// Whatever people can name, with a name that would run if anybody took it for a page.
class HostileNames : public KeyedServerTest {
protected:
    void SetUp() override {
        KeyedServerTest::SetUp();
        EXPECT_EQ(ask("PUT", "people/500/", with(R"({{"name":"{}","role":"provider"}})")).status,
                  200);
        EXPECT_EQ(ask("PUT", "services/70/", with(R"({{"provider_id":500,"title":"{}"}})")).status,
                  200);
        auto const made =
            ask("POST", "conversations/",
                with(R"({{"kind":"group","title":"{}","participant_ids":[100,500]}})"));
        EXPECT_EQ(made.status, 201) << made.body;
        group_ = made.json()["conversation_id"].number();
        auto const text = with(R"({{"text":"{}"}})");
        EXPECT_EQ(ask("POST", fmt::format("conversations/{}/messages/", group_), text).status, 201);
    }

    static constexpr std::string_view kMarkup = "<script>alert(1)</script><img src=x onerror=a()>";
    static std::string with(std::string_view body) {
        return fmt::format(fmt::runtime(body), kMarkup);
    }
    void expect_data(HttpAnswer& answer, std::string const& path) {
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_TRUE(answer.headers["content-type"].starts_with("application/json")) << path;
        EXPECT_EQ(answer.headers["x-content-type-options"], "nosniff") << path;
        EXPECT_NE(answer.body.find(kMarkup), std::string::npos) << path << "\n" << answer.body;
    }

    std::int64_t group_ = 0;
};

TEST_F(HostileNames, are_data_wherever_they_are_shown) {
    auto const opened = post(100, "conversations/", R"({"service_id":70,"provider_id":500})");
    ASSERT_EQ(opened.status, 201) << opened.body;
    auto const service = opened.json()["conversation_id"].number();
    for (auto const& path :
         {std::string("conversations/"), fmt::format("conversations/{}/", group_),
          fmt::format("conversations/{}/", service),
          fmt::format("messages/?conversation={}", group_),
          fmt::format("conversations/{}/events/?after=0", group_),
          fmt::format("conversations/{}/participants/", group_), std::string("sync/")}) {
        auto answer = get(100, path);
        expect_data(answer, path);
    }
}

TEST_F(HostileNames, of_files_are_names_and_no_headers) {
    auto const uploaded =
        http(port(), {.method = "POST",
                      .target = "/api/messaging/attachments/",
                      .token = token(100),
                      .body = "--B\r\nContent-Disposition: form-data; name=\"file\"; "
                              "filename=\"<img src=x onerror=a()>; filename=e.txt\"\r\n"
                              "Content-Type: text/plain\r\n\r\nhello\r\n--B--\r\n",
                      .content_type = "multipart/form-data; boundary=B"});
    ASSERT_EQ(uploaded.status, 201) << uploaded.body;
    auto file = http(port(), {.target = uploaded.json()["url"].text()});
    EXPECT_EQ(file.headers["content-type"], "text/plain; charset=utf-8");
    EXPECT_TRUE(file.headers["content-disposition"].starts_with("attachment;"));
    EXPECT_NE(file.headers["content-disposition"].find("onerror=a()>; filename=e.txt\""),
              std::string::npos)
        << file.headers["content-disposition"];
    EXPECT_EQ(file.headers["x-content-type-options"], "nosniff");
}

TEST_F(Hostile, without_descriptors_newcomers_are_turned_away_and_it_recovers) {
    rlimit before{};
    ASSERT_EQ(::prlimit(process().pid(), RLIMIT_NOFILE, nullptr, &before), 0);
    rlimit const lowered{static_cast<rlim_t>(descriptors() + 10), before.rlim_max};
    ASSERT_EQ(::prlimit(process().pid(), RLIMIT_NOFILE, &lowered, nullptr), 0);
    {
        std::vector<Tcp> crowd;
        for (int i = 0; i < 100; ++i) crowd.emplace_back(port());
        EXPECT_TRUE(innocent_->is_alive());
        innocent_->send(message(conversation_, "x"));
        EXPECT_TRUE(innocent_->expect("error").is_valid()) << "it works for those who are in";
        std::string ignored;
        EXPECT_EQ(crowd.back().receive(ignored, Deadline()), Tcp::Read::kEnd)
            << "the excess is closed, not left waiting";
    }
    EXPECT_TRUE(eventually([&] { return connect(100).is_alive(); })) << "and it recovers";
    EXPECT_TRUE(is_logged("connections_turned_away"));
}

}  // namespace
}  // namespace sewa::e2e
