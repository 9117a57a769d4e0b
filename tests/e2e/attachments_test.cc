// PROTOCOL section 12: attachments.
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

using namespace std::string_literals;

constexpr char kForm[] = "multipart/form-data; boundary=B";

struct File {
    std::string name = "note.txt";
    std::string content = "hello";
    std::string type = "text/plain";
};

std::string field(std::string_view name, std::string_view value) {
    return fmt::format("--B\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", name,
                       value);
}

std::string file_part(File const& file, std::string_view part = "file") {
    return fmt::format(
        "--B\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
        "Content-Type: {}\r\n\r\n{}\r\n",
        part, file.name, file.type, file.content);
}

// The header of a PNG of this size; a decoder would find nothing behind it.
std::string png(std::uint32_t width, std::uint32_t height) {
    auto file = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s;
    for (auto const side : {width, height}) {
        for (int shift = 24; shift >= 0; shift -= 8) file += static_cast<char>(side >> shift);
    }
    return file + "\x08\x02\0\0\0"s + std::string(40, 'x');
}

class Attachments : public ServerTest {
protected:
    HttpAnswer upload(std::int64_t user, std::string body) {
        return http(port(), {.method = "POST",
                             .target = "/api/messaging/attachments/",
                             .token = token(user),
                             .body = std::move(body),
                             .content_type = kForm});
    }
    Json uploaded(std::int64_t user, File const& file, std::string const& fields = {}) {
        auto const answer = upload(user, fields + file_part(file) + "--B--\r\n");
        EXPECT_EQ(answer.status, 201) << answer.body;
        return answer.json();
    }
    HttpAnswer fetch(std::string const& target, std::string more_headers = {}) {
        return http(port(), {.target = target, .more_headers = std::move(more_headers)});
    }
    HttpAnswer fetch_as(std::int64_t user, std::int64_t id, std::string more_headers = {}) {
        return http(port(), {.target = fmt::format("/api/messaging/attachments/{}/file/", id),
                             .token = token(user),
                             .more_headers = std::move(more_headers)});
    }
    HttpAnswer send(std::int64_t user, std::int64_t conversation, std::int64_t id,
                    std::string_view key = "k") {
        return post(user, "messages/",
                    fmt::format(R"({{"conversation":{},"text":"","client_msg_id":"{}",)"
                                R"("attachments":[{}]}})",
                                conversation, key, id));
    }
    // Names of files below the data folder; `part` is "" or "incoming".
    std::vector<std::string> stored(std::string const& part = "") {
        std::vector<std::string> names;
        auto const folder = std::filesystem::path(data_folder()) / "attachments" / part;
        for (auto const& entry : std::filesystem::directory_iterator(folder)) {
            auto name = entry.path().filename().string();
            if (name.size() == 32) names.push_back(std::move(name));
        }
        return names;
    }
};

TEST_F(Attachments, A_1_what_was_uploaded_comes_back_as_it_was) {
    start();
    std::string content = "%PDF-1.7\n";
    for (std::uint32_t i = 0; i < 3'000'000; ++i) content += static_cast<char>(i * 7919 >> 5);
    auto const object = uploaded(100, {"तस्वीर.pdf", content, "application/pdf"});
    EXPECT_EQ(object["name"], "तस्वीर.pdf");
    EXPECT_EQ(object["content_type"], "application/pdf");
    EXPECT_EQ(object["size"], static_cast<std::int64_t>(content.size()));
    for (auto const* key : {"width", "height", "duration_ms", "waveform", "preview"}) {
        EXPECT_TRUE(object[key].is_null()) << key;
    }
    auto const answer = fetch(object["url"].text());
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body == content);
    EXPECT_TRUE(stored("incoming").empty());
    EXPECT_EQ(get(100, fmt::format("attachments/{}/", object["id"].number())).json()["size"],
              object["size"].number());
}

TEST_F(Attachments, A_2_a_websocket_message_carries_them_to_everybody) {
    start();
    auto const conversation = open_conversation(100);
    auto const id = uploaded(100, {"a.png", png(640, 480), "image/png"})["id"].number();
    auto sender = connect(100), reader = connect(kProvider);
    ASSERT_TRUE(reader.is_alive());
    auto const text = fmt::format(R"({{"type":"message","id":"r","data":{{"conversation_id":{},)"
                                  R"("content":"","client_msg_id":"k","attachments":[{}]}}}})",
                                  conversation, id);
    sender.send(text);
    EXPECT_FALSE(sender.expect("ack")["data"]["duplicate"].truth());
    auto const data = reader.expect("message")["data"];
    EXPECT_EQ(data["message_type"], "image");
    EXPECT_EQ(data["attachments"][0]["width"], 640);
    EXPECT_EQ(data["attachments"][0]["height"], 480);
    EXPECT_EQ(fetch(data["attachments"][0]["url"].text()).body, png(640, 480));

    sender.send(text);
    EXPECT_TRUE(sender.expect("ack")["data"]["duplicate"].truth());
    EXPECT_EQ(send(100, conversation, id, "other").json()["field"], "attachments");
    EXPECT_EQ(send(kProvider, conversation, id).json()["field"], "attachments");

    auto const history = get(kProvider, fmt::format("messages/?conversation={}", conversation));
    auto const messages = history.json()["results"];
    auto const object = messages[messages.size() - 1];
    EXPECT_EQ(object["attachment"]["id"], id);
    EXPECT_EQ(fetch(object["attachment_url"].text()).status, 200);
    auto const events = get(kProvider, fmt::format("conversations/{}/events/", conversation));
    auto const frames = events.json()["results"];
    auto const replayed = frames[frames.size() - 1]["data"]["attachments"][0]["url"];
    EXPECT_EQ(fetch(replayed.text()).status, 200);
    auto const list = get(kProvider, "sync/").json()["conversations"][0]["latest_messages"];
    EXPECT_EQ(list[list.size() - 1]["attachments"][0]["id"], id);
}

TEST_F(Attachments, A_2_a_form_is_a_message_with_its_file) {
    start();
    auto const conversation = open_conversation(100);
    auto reader = connect(kProvider);
    ASSERT_TRUE(reader.is_alive());
    auto const fields = field("conversation", std::to_string(conversation)) +
                        field("text", "see \"this\"") + field("client_msg_id", "k");
    auto const post_form = [&](std::string const& body) {
        return http(port(), {.method = "POST",
                             .target = "/api/messaging/messages/",
                             .token = token(100),
                             .body = body + "--B--\r\n",
                             .content_type = kForm});
    };
    auto const first = post_form(fields + file_part({}, "attachment"));
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(first.json()["text"], "see \"this\"");
    EXPECT_EQ(first.json()["attachment"]["name"], "note.txt");
    EXPECT_EQ(reader.expect("message")["data"]["id"], first.json()["id"].number());
    auto const again = post_form(fields + file_part({}, "attachment"));
    EXPECT_EQ(again.json()["id"], first.json()["id"].number()) << "M-2 for uploads, too";
    EXPECT_TRUE(again.json()["duplicate"].truth());
    EXPECT_EQ(post_form(fields + file_part({.content = "another"})).status, 409);
    auto const plain =
        post_form(field("conversation", std::to_string(conversation)) + field("text", "no file"));
    EXPECT_EQ(plain.status, 201) << plain.body;
    EXPECT_EQ(post_form(field("conversation", "x") + file_part({})).json()["field"],
              "conversation");
}

TEST_F(Attachments, A_3_only_participants_read_them) {
    start();
    auto const conversation = open_conversation(100);
    auto const id = uploaded(100, {})["id"].number();
    EXPECT_EQ(fetch_as(100, id).status, 200);
    EXPECT_EQ(fetch_as(kProvider, id).status, 404) << "not sent yet";
    ASSERT_EQ(send(100, conversation, id).status, 201);
    EXPECT_EQ(fetch_as(kProvider, id).status, 200);
    auto const foreign = fetch_as(101, id), absent = fetch_as(101, 4711);
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body, absent.body) << "H-2";
    EXPECT_EQ(get(101, fmt::format("attachments/{}/", id)).status, 404);
    EXPECT_EQ(fetch(fmt::format("/api/messaging/attachments/{}/file/", id)).status, 401);
}

TEST_F(Attachments, A_4_deleted_for_everyone_is_gone) {
    start();
    auto const conversation = open_conversation(100);
    auto const object = uploaded(100, {});
    auto const sent = send(100, conversation, object["id"].number());
    ASSERT_EQ(stored().size(), 1u);
    auto const deleted =
        call("DELETE", 100, fmt::format("messages/{}/", sent.json()["id"].number()),
             R"({"deletion_type":"everyone"})");
    ASSERT_EQ(deleted.status, 204);
    EXPECT_EQ(fetch(object["url"].text()).status, 404) << "at once";
    EXPECT_TRUE(eventually([&] { return stored().empty(); }));
}

TEST_F(Attachments, A_5_a_link_opens_one_attachment) {
    start();
    auto const first = uploaded(100, {}), second = uploaded(100, {});
    auto const url = first["url"].text();
    EXPECT_EQ(fetch(url).status, 200);
    auto const query = url.substr(url.find('?'));
    auto const other = second["url"].text().substr(0, second["url"].text().find('?'));
    EXPECT_EQ(fetch(other + query).status, 403);
    EXPECT_EQ(fetch(url + "0").status, 403);
    EXPECT_EQ(fetch(url.substr(0, url.size() - 1)).status, 403);
    restart();
    EXPECT_EQ(fetch(url).status, 200) << "the key is the server's own and stays";
}

TEST_F(Attachments, a_download_has_ranges_tags_and_safe_headers) {
    start();
    auto const object = uploaded(100, {"a.txt", "0123456789", "text/plain"});
    auto const url = object["url"].text();
    auto const whole = fetch(url);
    EXPECT_EQ(whole.headers.at("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(whole.headers.at("content-disposition"), "attachment; filename=\"a.txt\"");
    EXPECT_EQ(whole.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(whole.headers.at("content-security-policy"), "default-src 'none'; sandbox");
    auto const part = fetch(url, "Range: bytes=2-4\r\n");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, "234");
    EXPECT_EQ(part.headers.at("content-range"), "bytes 2-4/10");
    EXPECT_EQ(fetch(url, "Range: bytes=-3\r\n").body, "789");
    auto const outside = fetch(url, "Range: bytes=10-\r\n");
    EXPECT_EQ(outside.status, 416);
    EXPECT_EQ(outside.headers.at("content-range"), "bytes */10");
    auto const tag = whole.headers.at("etag");
    auto const same = fetch(url, "If-None-Match: " + tag + "\r\n");
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.body, "");
    EXPECT_EQ(fetch(url, "Range: bytes=2-4\r\nIf-Range: " + tag + "\r\n").status, 206);
    EXPECT_EQ(fetch(url, "Range: bytes=2-4\r\nIf-Range: \"other\"\r\n").body, "0123456789");
    auto const head = http(port(), {.method = "HEAD", .target = url});
    EXPECT_EQ(head.headers.at("content-length"), "10");
    EXPECT_EQ(head.body, "");
    auto const picture = uploaded(100, {"a.png", png(1, 1), "image/png"});
    EXPECT_EQ(fetch(picture["url"].text()).headers.at("content-disposition"),
              "inline; filename=\"a.png\"");
}

TEST_F(Attachments, voice_messages_have_a_duration_and_a_waveform) {
    start();
    File const voice{"voice.webm", "\x1A\x45\xDF\xA3....webm...", "audio/webm;codecs=opus"};
    auto const object =
        uploaded(100, voice, field("duration_ms", "1500") + field("waveform", "[0, 50, 100]"));
    EXPECT_EQ(object["content_type"], "audio/webm");
    EXPECT_EQ(object["duration_ms"], 1500);
    EXPECT_EQ(object["waveform"].dump(), "[0,50,100]");
    auto const conversation = open_conversation(100);
    EXPECT_EQ(send(100, conversation, object["id"].number()).json()["message_type"], "voice");
    for (auto const& [name, value] : {std::pair{"duration_ms", "0"},
                                      {"duration_ms", "x"},
                                      {"waveform", "[101]"},
                                      {"waveform", "{}"}}) {
        auto const answer = upload(100, field(name, value) + file_part(voice) + "--B--\r\n");
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(answer.json()["field"], name);
    }
    auto const answer = upload(100, field("duration_ms", "5") + file_part({}) + "--B--\r\n");
    EXPECT_EQ(answer.json()["field"], "duration_ms") << "a text has none";
    EXPECT_EQ(stored().size(), 1u);
}

TEST_F(Attachments, A_6_bad_uploads_are_refused_and_leave_nothing) {
    start({"--set", "attachments.bytes_max=100000"});
    struct Bad {
        std::string body;
        int status;
        std::string code;
    };
    auto const end = "--B--\r\n"s;
    std::vector<Bad> const all{
        {"", 400, "bad_request"},
        {"no form", 400, "bad_request"},
        {file_part({}), 400, "bad_request"},
        {field("text", "no file") + end, 400, "bad_request"},
        {file_part({}) + file_part({}) + end, 400, "bad_request"},
        {file_part({}, "photo") + end, 400, "bad_request"},
        {file_part({.content = ""}) + end, 400, "bad_request"},
        {file_part({.name = "../../a.txt"}) + end, 400, "bad_request"},
        {file_part({.name = "a/b.txt"}) + end, 400, "bad_request"},
        {file_part({.name = "a.svg", .content = "<svg/>", .type = "image/svg+xml"}) + end, 400,
         "content_refused"},
        {file_part({.content = "<html><script>1</script>"}) + end, 400, "content_refused"},
        {file_part({.name = "a.png", .type = "image/png"}) + end, 400, "content_refused"},
        {file_part({.name = "a.exe", .content = "MZ\x90\0"s, .type = ""}) + end, 400,
         "content_refused"},
        {file_part({"a.png", png(60'000, 60'000), "image/png"}) + end, 400, "content_refused"},
        {file_part({"a.png", png(0, 10), "image/png"}) + end, 400, "content_refused"},
        {file_part({.content = std::string(100'001, 'x')}) + end, 413, "too_large"},
        {file_part({.content = std::string(400'000, 'x')}) + end, 413, "too_large"},
        {field("text", std::string(70'000, 'x')) + file_part({}) + end, 413, "too_large"},
    };
    for (auto const& bad : all) {
        auto const answer = upload(100, bad.body);
        EXPECT_EQ(answer.status, bad.status) << bad.body.substr(0, 200) << answer.body;
        EXPECT_EQ(answer.json()["code"], bad.code) << bad.body.substr(0, 200);
    }
    EXPECT_EQ(uploaded(100, {.content = std::string(100'000, 'x')})["size"], 100'000);
    auto const json = http(port(), {.method = "POST",
                                    .target = "/api/messaging/attachments/",
                                    .token = token(100),
                                    .body = "{}"});
    EXPECT_EQ(json.status, 400);
    EXPECT_EQ(http(port(), {.method = "POST",
                            .target = "/api/messaging/attachments/",
                            .body = file_part({}) + end,
                            .content_type = kForm})
                  .status,
              401);
    EXPECT_TRUE(eventually([&] { return stored("incoming").empty(); }));
    EXPECT_EQ(stored().size(), 1u);
    EXPECT_EQ(metric("sewa_store_failures_total"), 0);
}

TEST_F(Attachments, A_6_a_framing_that_two_readers_could_read_differently_ends_the_connection) {
    start();
    auto const head =
        "POST /api/messaging/attachments/ HTTP/1.1\r\nHost: h\r\nAuthorization: "
        "Bearer " +
        token(100) + "\r\nContent-Type: " + kForm + "\r\n";
    auto const body = file_part({}) + "--B--\r\n";
    auto const length = fmt::format("Content-Length: {}\r\n", body.size());
    for (auto const& framing : {length + "Transfer-Encoding: chunked\r\n", length + length,
                                "Transfer-Encoding: gzip\r\n"s}) {
        auto const answer = http_raw(port(), head + framing + "\r\n" + body + head);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
        EXPECT_EQ(answer.find("HTTP/1.1", 9), answer.npos) << "one answer, then the end";
    }
    EXPECT_TRUE(stored().empty());
}

class HalfUpload {
public:
    HalfUpload(std::uint16_t port, std::string const& token) : tcp_(port) {
        tcp_.send("POST /api/messaging/attachments/ HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " +
                  token + "\r\nContent-Type: " + kForm + "\r\nContent-Length: 2000000\r\n\r\n" +
                  file_part({.content = std::string(500'000, 'x')}).substr(0, 400'000));
    }
    Tcp& tcp() { return tcp_; }

private:
    Tcp tcp_;
};

TEST_F(Attachments, A_6_a_disconnect_removes_the_temporary_file) {
    start();
    {
        HalfUpload const half(port(), token(100));
        ASSERT_TRUE(eventually([&] { return stored("incoming").size() == 1; }));
    }
    EXPECT_TRUE(eventually([&] { return stored("incoming").empty(); }));
    EXPECT_TRUE(stored().empty());
}

TEST_F(Attachments, A_6_uploads_at_a_time_and_bytes_of_a_user_are_bounded) {
    start({"--set", "attachments.user_mib=1"});
    std::vector<std::unique_ptr<HalfUpload>> halves;
    for (int i = 0; i < 16; ++i) {
        halves.push_back(std::make_unique<HalfUpload>(port(), token(100)));
    }
    ASSERT_TRUE(eventually([&] { return stored("incoming").size() == 16; }));
    auto const refused = upload(100, file_part({}) + "--B--\r\n");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.headers.count("retry-after"), 1u);
    EXPECT_EQ(metric(R"(sewa_table_entries{table="uploads"})"), 16);
    EXPECT_EQ(metric(R"(sewa_table_refused_total{table="uploads"})"), 1);
    uploaded(101, {});
    halves.clear();
    EXPECT_TRUE(eventually([&] {
        return upload(100, file_part({.content = std::string(700'000, 'x')}) + "--B--\r\n")
                   .status == 201;
    }));
    auto const over = upload(100, file_part({.content = std::string(700'000, 'x')}) + "--B--\r\n");
    EXPECT_EQ(over.status, 413);
    EXPECT_EQ(over.json()["code"], "too_large");
    uploaded(100, {.content = "small enough"});
    EXPECT_TRUE(eventually([&] { return stored().size() == 3; })) << "what was refused is removed";
}

// Several people upload and send as fast as they can, until the server is gone.
class Crash : public Attachments {
protected:
    struct Acknowledged {
        std::mutex mutex;
        std::map<std::int64_t, std::string> contents;  // Attachment of an acknowledged message.
    };

    static std::string content_of(std::int64_t user, int round) {
        std::string content = fmt::format("user {} round {}\n", user, round);
        while (content.size() < 300'000) content += content;
        return content;
    }

    void work(std::int64_t user, std::int64_t conversation, Acknowledged& acknowledged) {
        for (int round = 0; is_going_; ++round) {
            auto const content = content_of(user, round);
            auto const answer = upload(user, file_part({.content = content}) + "--B--\r\n");
            if (answer.status != 201) continue;
            auto const id = answer.json()["id"].number();
            auto const sent = send(user, conversation, id, fmt::format("{}-{}", user, round));
            if (sent.status != 201) continue;
            std::lock_guard const lock(acknowledged.mutex);
            // The same key comes again in the next life: then the message is the first one (M-2).
            acknowledged.contents[sent.json()["attachment"]["id"].number()] = content;
        }
    }

    std::atomic<bool> is_going_{true};
};

TEST_F(Crash, A_1_every_acknowledged_message_has_its_file_after_a_kill) {
    start({"--set", "limits.requests_per_minute=0"});
    std::vector<std::int64_t> conversations;
    for (int i = 0; i < 4; ++i) conversations.push_back(open_conversation(100 + i));
    Acknowledged acknowledged;
    for (std::size_t life = 1; life <= 3; ++life) {
        is_going_ = true;
        std::vector<std::thread> people;
        for (int i = 0; i < 4; ++i) {
            people.emplace_back([&, i] {
                work(100 + i, conversations[static_cast<std::size_t>(i)], acknowledged);
            });
        }
        EXPECT_TRUE(eventually([&] {
            std::lock_guard const lock(acknowledged.mutex);
            return acknowledged.contents.size() >= 15 * life;
        }));
        kill();
        is_going_ = false;
        for (auto& person : people) person.join();
        restart();
        EXPECT_TRUE(stored("incoming").empty());
        for (auto const& [id, content] : acknowledged.contents) {
            auto const answer = fetch_as(kProvider, id);
            ASSERT_EQ(answer.status, 200) << id;
            ASSERT_TRUE(answer.body == content) << id;
        }
    }
    // A file without a row is removed; one whose row was stored waits to be sent.
    auto const known = [&] {
        std::size_t count = 0;
        for (std::int64_t id = 1; id < 2'000; ++id) {
            bool found = fetch_as(kProvider, id, "Range: bytes=0-0\r\n").status == 206;
            for (int i = 0; i < 4 && !found; ++i) {
                found = fetch_as(100 + i, id, "Range: bytes=0-0\r\n").status == 206;
            }
            if (!found && id > acknowledged.contents.rbegin()->first + 20) break;
            count += found;
        }
        return count;
    }();
    EXPECT_TRUE(eventually([&] { return stored().size() == known; }))
        << stored().size() << " files, " << known << " attachments";
}

}  // namespace
}  // namespace sewa::e2e
