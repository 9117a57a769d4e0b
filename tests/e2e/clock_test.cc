// The wall clock of a running server jumps by days, forwards and back: nothing that matters
// changes. Tokens are of the wall clock by nature: those here are good for a month around now.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

#include "auth/jwt.h"
#include "core/clock.h"
#include "server_fixture.h"

namespace sewa::e2e {
namespace {

constexpr std::int64_t kDay_s = 86'400;

// What the clock of the server started next is ahead of ours.
class ShiftedClock {
public:
    explicit ShiftedClock(std::string const& file) {
        int const fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        EXPECT_EQ(::ftruncate(fd, sizeof *ahead_s_), 0);
        void* const at =
            ::mmap(nullptr, sizeof *ahead_s_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        ::close(fd);
        EXPECT_NE(at, MAP_FAILED);
        ahead_s_ = static_cast<std::atomic<std::int64_t>*>(at);
        // Of what is executed from now on, not of this program.
        ::setenv("SHIFTED_CLOCK", file.c_str(), 1);
        ::setenv("LD_PRELOAD", SEWA_SHIFTED_CLOCK, 1);
    }
    ~ShiftedClock() {
        ::unsetenv("LD_PRELOAD");
        ::munmap(ahead_s_, sizeof *ahead_s_);
    }
    ShiftedClock(ShiftedClock const&) = delete;
    ShiftedClock& operator=(ShiftedClock const&) = delete;

    void jump_to(std::int64_t ahead_s) { ahead_s_->store(ahead_s); }

private:
    std::atomic<std::int64_t>* ahead_s_ = nullptr;
};

class WallClock : public ServerTest {
protected:
    static std::string lasting_token(std::int64_t user) {
        auth::Claims claims;
        claims.user = UserId{user};
        auto const now = SystemClock().wall();
        claims.expires_at = now + 30 * kDay_s * 1000;
        return auth::sign_hs256(claims,
                                {.secret = kSecret, .issued_at = now + -30 * kDay_s * 1000});
    }
    WsClient join(std::int64_t user, std::string const& more = {}) {
        return dial({.target = "/ws/messaging/?v=1&token=" + lasting_token(user) + more});
    }
    HttpAnswer ask(std::string method, std::int64_t user, std::string const& path,
                   std::string body = {}, std::string type = "application/json") {
        return http(port(), {.method = std::move(method),
                             .target = "/api/messaging/" + path,
                             .token = lasting_token(user),
                             .body = std::move(body),
                             .content_type = std::move(type)});
    }
    std::int64_t upload(std::string const& content) {
        auto const answer =
            ask("POST", 100, "attachments/",
                "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
                "Content-Type: text/plain\r\n\r\n" +
                    content + "\r\n--B--\r\n",
                "multipart/form-data; boundary=B");
        EXPECT_EQ(answer.status, 201) << answer.body;
        return answer.json()["id"].number();
    }
    std::string year() {
        auto const answer = ask("GET", 100, "sync/");
        auto const at = answer.headers.find("date");
        return at == answer.headers.end() ? "" : at->second;
    }

    ShiftedClock clock_{folder().file("ahead")};
};

// There, there again, back before the truth, and home.
constexpr std::int64_t kJumps[] = {3 * kDay_s, 9 * kDay_s, -6 * kDay_s, 0};

TEST_F(WallClock, jumps_reach_the_server) {
    start();
    auto const before = year();
    clock_.jump_to(9 * kDay_s);
    EXPECT_NE(year(), before) << "the test would say nothing";
}

TEST_F(WallClock, jumps_change_no_order_and_bring_nothing_twice) {
    start();
    auto const conversation = open_conversation(100);
    auto writer = join(100), reader = join(kProvider);
    auto const first = reader.expect("connection")["data"];
    // The conversation's first event is that it was opened.
    std::int64_t seq = 1, pos = first["pos"].number();
    for (auto const ahead_s : kJumps) {
        clock_.jump_to(ahead_s);
        for (int i = 0; i < 20; ++i) {
            auto const key = fmt::format("k{}", seq + 1);
            writer.send(message(conversation, "text " + key, key));
            auto const ack = writer.expect("ack")["data"];
            auto const seen = reader.expect("message")["data"];
            ASSERT_EQ(ack["conv_seq"].number(), seq + 1) << ahead_s;
            ASSERT_EQ(seen["conv_seq"].number(), seq + 1) << ahead_s;
            ASSERT_GT(seen["pos"].number(), pos) << ahead_s;
            ++seq;
            pos = seen["pos"].number();
        }
        // A repetition is one also when days are said to have passed.
        writer.send(message(conversation, "text k2", "k2"));
        EXPECT_EQ(writer.expect("ack")["data"]["conv_seq"], 2) << ahead_s;
        EXPECT_TRUE(writer.is_alive() && reader.is_alive()) << ahead_s;
    }
    auto const missed = join(kProvider, fmt::format("&since={}:{}", first["epoch"].text(),
                                                    first["pos"].number()))
                            .expect("connection")["data"];
    EXPECT_EQ(missed["resume"], "resumed");
}

TEST_F(WallClock, C_9_jumps_end_no_session) {
    start({"--set", "presence.ping_interval_s=1"});
    auto client = connect(100);
    client.expect("connection");
    for (auto const ahead_s : kJumps) {
        clock_.jump_to(ahead_s);
        // Each ping looks at the token, too.
        auto const pings = client.pings();
        while (client.pings() < pings + 2) ASSERT_TRUE(client.is_alive()) << ahead_s;
    }
}

TEST_F(WallClock, jumps_are_survived_by_all_that_was_acknowledged_also_with_kills) {
    start();
    auto const conversation = open_conversation(100);
    auto const first = join(kProvider).expect("connection")["data"];
    std::int64_t seq = 1;
    for (auto const ahead_s : kJumps) {
        auto writer = join(100);
        clock_.jump_to(ahead_s);
        writer.send(message(conversation, "a", fmt::format("k{}", ++seq)));
        ASSERT_EQ(writer.expect("ack")["data"]["conv_seq"].number(), seq) << ahead_s;
        restart();
        auto again = join(100);
        again.send(message(conversation, "a", fmt::format("k{}", seq)));
        ASSERT_EQ(again.expect("ack")["data"]["conv_seq"].number(), seq) << ahead_s;
    }
    auto reader = join(kProvider, fmt::format("&since={}:{}", first["epoch"].text(),
                                              first["pos"].number()));
    EXPECT_EQ(reader.expect("connection")["data"]["resume"], "resumed");
    for (std::int64_t i = 2; i <= seq; ++i) {
        EXPECT_EQ(reader.expect("message")["data"]["conv_seq"].number(), i);
    }
}

TEST_F(WallClock, a_jump_removes_no_attachment) {
    start({"--set", "attachments.unsent_hours=1"});
    auto const conversation = open_conversation(100);
    for (auto const ahead_s : kJumps) {
        auto const content = fmt::format("content at {}", ahead_s);
        auto const unsent = upload(content);
        clock_.jump_to(ahead_s);
        // Whatever would remove it runs at the start at the latest.
        auto const sent = ask("POST", 100, "messages/",
                              fmt::format(R"({{"conversation":{},"text":"","client_msg_id":"a{}",)"
                                          R"("attachments":[{}]}})",
                                          conversation, unsent, unsent));
        EXPECT_EQ(sent.status, 201) << sent.body;
        restart();
        auto const back = ask("GET", kProvider, fmt::format("attachments/{}/file/", unsent));
        EXPECT_EQ(back.status, 200) << ahead_s;
        EXPECT_EQ(back.body, content);
    }
}

}  // namespace
}  // namespace sewa::e2e
