#include "recording.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "app/server.h"
#include "auth/jwt.h"
#include "auth/secret.h"
#include "core/clock.h"
#include "server_fixture.h"

namespace sewa::power {

namespace {

constexpr int kRounds = 10;
constexpr int kPerRound = 3;

std::size_t changes() {
    return RecordedDisk::instance().size();
}

class Recorder {
public:
    Recorder() : data_(root_.file("new/data")) {
        RecordedDisk::instance().record(root_.path());
        start();
        open_conversation();
    }

    Recording run() {
        for (int round = 0; round < kRounds; ++round) {
            for (int i = 0; i < kPerRound; ++i) post(0);
            upload(round);
            if (round % 2 == 0) post(recording_.uploads.back().id);
            if (round % 4 == 2) erase_newest();
            if (round == kRounds / 2) restart();
        }
        server_->stop();
        recording_.changes = RecordedDisk::instance().stop();
        return std::move(recording_);
    }

private:
    void start() {
        auto started = app::Server::start(config_on(data_));
        ASSERT_TRUE(started) << started.error().message;
        server_ = *std::move(started);
        recording_.secret = auth::read_secret_file(data_ + "/demo-jwt-secret").value();
    }
    void restart() {
        server_->stop();
        server_.reset();
        start();
    }

    e2e::HttpAnswer call(std::string method, std::string const& path, std::string body,
                         std::string type = "application/json") {
        auth::Claims claims;
        claims.user = UserId{kWriter};
        claims.name = "Asha";
        auto const now = SystemClock().wall();
        claims.expires_at = now + 3'600'000;
        auto const token =
            auth::sign_hs256(claims, {.secret = recording_.secret, .issued_at = now});
        return e2e::http(server_->address().port, {.method = std::move(method),
                                                   .target = "/api/messaging/" + path,
                                                   .token = token,
                                                   .body = std::move(body),
                                                   .content_type = std::move(type)});
    }

    void open_conversation() {
        auto const answer = call("POST", "conversations/", R"({"service_id":1,"provider_id":2})");
        ASSERT_EQ(answer.status, 201) << answer.body;
        recording_.conversation = answer.json()["conversation_id"].number();
        recording_.created_after = changes();
    }

    void post(std::int64_t attachment) {
        auto const key = fmt::format("k{}", recording_.messages.size());
        auto const content = "text of " + key + std::string(key.size() * 90, '.');
        auto const answer =
            call("POST", "messages/",
                 fmt::format(R"({{"conversation":{},"text":"{}","client_msg_id":"{}",)"
                             R"("attachments":[{}]}})",
                             recording_.conversation, content, key,
                             attachment == 0 ? "" : std::to_string(attachment)));
        ASSERT_EQ(answer.status, 201) << answer.body;
        auto const object = answer.json();
        recording_.messages.push_back({key, content, attachment, object["id"].number(),
                                       object["conv_seq"].number(), changes()});
    }

    // From less than a sector to more than one read of the server.
    void upload(int round) {
        auto const name = fmt::format("note-{}.txt", round);
        std::string content = name + "\n";
        while (content.size() < std::size_t{100} << (round % 5 * 3)) content += content;
        auto const answer = call(
            "POST", "attachments/",
            fmt::format("--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n"
                        "Content-Type: text/plain\r\n\r\n{}\r\n--B--\r\n",
                        name, content),
            "multipart/form-data; boundary=B");
        ASSERT_EQ(answer.status, 201) << answer.body;
        recording_.uploads.push_back({.id = answer.json()["id"].number(),
                                      .name = name,
                                      .content = content,
                                      .after = changes()});
    }

    // The file goes behind the row, a little later.
    void erase_newest() {
        auto const files = file_count();
        recording_.uploads.back().deleted_from = changes();
        auto const answer =
            call("DELETE", fmt::format("messages/{}/", recording_.messages.back().pos),
                 R"({"deletion_type":"everyone"})");
        ASSERT_EQ(answer.status, 204) << answer.body;
        ASSERT_TRUE(e2e::eventually([&] { return file_count() < files; }));
    }
    std::ptrdiff_t file_count() const {
        return std::distance(std::filesystem::directory_iterator(data_ + "/attachments"), {});
    }

    e2e::TempFolder root_;
    std::string const data_;
    std::unique_ptr<app::Server> server_;
    Recording recording_;
};

}  // namespace

config::Config config_on(std::string const& data_folder) {
    config::Config config;
    config.listen = config.metrics.listen = "127.0.0.1:0";
    config.data_dir = data_folder;
    config.demo = true;
    config.shards = 1;
    config.log.level = "error";
    config.store.checkpoint_pages = 60;  // So that the log is written over, too.
    config.limits.requests_per_minute = config.limits.user_writes_per_minute = 0;
    return config;
}

Recording record() {
    return Recorder().run();
}

}  // namespace sewa::power
