// Every call by which a server keeps attachments fails once, in each way that a disk fails: what
// was promised is whole, what was refused leaves nothing, and the next upload works.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "app/server.h"
#include "auth/jwt.h"
#include "auth/secret.h"
#include "core/clock.h"
#include "recorded_disk.h"
#include "recording.h"
#include "server_fixture.h"

namespace sewa::power {
namespace {

using e2e::HttpAnswer;

constexpr std::string_view kBelow = "attachments";

class FailingFiles : public testing::Test {
protected:
    FailingFiles() { disk().record(root_.path()); }
    ~FailingFiles() override {
        disk().plan({});
        static_cast<void>(disk().stop());
    }

    static RecordedDisk& disk() { return RecordedDisk::instance(); }
    std::string data() const { return root_.file("data"); }
    std::string files() const { return data() + "/attachments"; }

    Status start() {
        auto started = app::Server::start(config_on(data()));
        if (!started) return fail(started.error());
        server_ = *std::move(started);
        return {};
    }

    HttpAnswer call(std::string method, std::string const& path, std::string body = {},
                    std::string type = "application/json") {
        auth::Claims claims;
        claims.user = UserId{kWriter};
        auto const now = SystemClock().wall();
        claims.expires_at = now + 3'600'000;
        auto const secret = auth::read_secret_file(data() + "/demo-jwt-secret").value();
        return e2e::http(server_->address().port,
                         {.method = std::move(method),
                          .target = "/api/messaging/" + path,
                          .token = auth::sign_hs256(claims, {.secret = secret, .issued_at = now}),
                          .body = std::move(body),
                          .content_type = std::move(type)});
    }
    HttpAnswer upload() {
        return call("POST", "attachments/",
                    "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
                    "Content-Type: text/plain\r\n\r\n" +
                        content() + "\r\n--B--\r\n",
                    "multipart/form-data; boundary=B");
    }
    static std::string content() { return std::string(100'000, 'x') + "end"; }
    HttpAnswer fetch(HttpAnswer const& uploaded) {
        return call("GET", fmt::format("attachments/{}/file/", uploaded.json()["id"].number()));
    }
    void expect_whole(HttpAnswer const& uploaded) {
        ASSERT_EQ(uploaded.status, 201) << uploaded.body;
        EXPECT_TRUE(fetch(uploaded).body == content());
    }
    std::ptrdiff_t entries(std::string const& folder) const {
        return std::distance(std::filesystem::directory_iterator(folder), {});
    }

    // Returns how many uploads were promised while their disk failed. How many calls there are
    // depends on how the bytes arrive: it goes on until none is left to fail.
    int fail_everywhere(RecordedDisk::Plan plan) {
        int promised = 0;
        plan.below = kBelow;
        for (plan.fail_at = 0; !HasFailure(); ++plan.fail_at) {
            SCOPED_TRACE(plan.fail_at);
            disk().plan(plan);
            auto const answer = upload();
            bool const is_done = disk().failures() == 0;
            disk().plan({});
            answer.status == 201 ? expect_whole(answer) : expect_refused(answer);
            if (is_done) break;
            promised += answer.status == 201;
            expect_whole(upload());
        }
        EXPECT_GE(plan.fail_at, 6) << "create, write, sync, read, rename, sync";
        return promised;
    }
    void expect_refused(HttpAnswer const& answer) {
        EXPECT_EQ(answer.status, 503) << answer.body;
        EXPECT_EQ(answer.json()["code"], "unavailable") << answer.body;
        EXPECT_TRUE(e2e::eventually([&] { return entries(files() + "/incoming") == 0; }));
    }

    e2e::TempFolder root_;
    std::unique_ptr<app::Server> server_;
};

TEST_F(FailingFiles, ST_4_a_failing_call_refuses_the_upload_or_does_not_matter) {
    ASSERT_TRUE(start());
    EXPECT_EQ(fail_everywhere({.error = EIO}), 0);
    EXPECT_EQ(fail_everywhere({.error = ENOSPC}), 0);
    EXPECT_EQ(fail_everywhere({.error = EDQUOT}), 0);
}

TEST_F(FailingFiles, ST_4_a_short_write_is_continued) {
    ASSERT_TRUE(start());
    EXPECT_GT(fail_everywhere({.is_short = true}), 0);
}

TEST_F(FailingFiles, ST_4_a_short_write_on_a_full_disk_refuses_the_upload) {
    ASSERT_TRUE(start());
    EXPECT_LE(fail_everywhere({.times = 2, .error = ENOSPC, .is_short = true}), 1)
        << "only where the last call, which is no write, was the first to meet it";
}

TEST_F(FailingFiles, ST_4_a_download_says_that_the_disk_failed_and_not_that_the_file_is_gone) {
    ASSERT_TRUE(start());
    auto const uploaded = upload();
    for (int const error : {EIO, EMFILE}) {
        disk().plan({.below = std::string(kBelow), .fail_at = 0, .error = error});
        EXPECT_EQ(fetch(uploaded).status, 503);
    }
    disk().plan({});
    expect_whole(uploaded);
}

TEST_F(FailingFiles, ST_4_a_file_that_could_not_be_removed_is_removed_later) {
    ASSERT_TRUE(start());
    auto const opened = call("POST", "conversations/", R"({"service_id":1,"provider_id":2})");
    auto const sent = call(
        "POST", "messages/",
        fmt::format(R"({{"conversation":{},"text":"","attachments":[{}]}})",
                    opened.json()["conversation_id"].number(), upload().json()["id"].number()));
    ASSERT_EQ(sent.status, 201) << sent.body;
    auto const before = entries(files());
    disk().plan({.below = std::string(kBelow), .fail_at = 0, .times = 2});
    auto const message = fmt::format("messages/{}/", sent.json()["id"].number());
    ASSERT_EQ(call("DELETE", message, R"({"deletion_type":"everyone"})").status, 204);
    EXPECT_TRUE(e2e::eventually([&] { return disk().failures() == 2; }));
    disk().plan({});
    EXPECT_TRUE(e2e::eventually([&] { return entries(files()) == before - 1; }));
}

TEST_F(FailingFiles, ST_4_a_start_on_a_failing_disk_says_so_and_the_next_one_works) {
    bool is_done = false;
    for (int call = 0; !is_done && call < 50; ++call) {
        disk().plan({.below = std::string(kBelow), .fail_at = call});
        auto const status = start();
        is_done = disk().failures() == 0;
        if (!status) {
            EXPECT_NE(status.error().message.find(kBelow), std::string::npos);
        }
        disk().plan({});
        server_.reset();
        ASSERT_TRUE(start()) << "after call " << call;
        expect_whole(upload());
        server_.reset();
        std::filesystem::remove_all(files());
    }
    EXPECT_TRUE(is_done);
}

}  // namespace
}  // namespace sewa::power
