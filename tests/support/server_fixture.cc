#include "server_fixture.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "auth/jwt.h"
#include "core/clock.h"

namespace sewa::e2e {

namespace {

std::uint16_t port_at(std::string const& text, std::size_t at) {
    return static_cast<std::uint16_t>(std::atoi(text.c_str() + at));
}

}  // namespace

TempFolder::TempFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "sewa-e2e-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::write(std::string_view name, std::string_view text) const {
    auto const path = file(name);
    // In one step, as a deployment would: no reader sees half a file.
    std::ofstream(path + ".next", std::ios::binary) << text;
    std::filesystem::permissions(
        path + ".next", std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::rename(path + ".next", path);
    return path;
}

std::string read_file(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

ServerTest::ServerTest() {
    arguments_ = {server_binary(),
                  "serve",
                  "--listen",
                  "127.0.0.1:0",
                  "--metrics-listen",
                  "127.0.0.1:0",
                  "--data",
                  data_folder(),
                  "--demo",
                  "--jwt-secret-file",
                  folder_.write("secret", kSecret),
                  "--set",
                  "limits.user_connects_per_minute=0",
                  "--set",
                  "limits.frames_per_minute=0",
                  "--set",
                  "limits.requests_per_minute=0",
                  "--set",
                  "limits.user_writes_per_minute=0",
                  "--set",
                  "limits.conversation_messages_per_minute=0"};
}

ServerTest::~ServerTest() {
    if (HasFailure()) fprintf(stderr, "log of the server:\n%s\n", log().c_str());
}

void ServerTest::start(std::vector<std::string> more) {
    arguments_.insert(arguments_.end(), more.begin(), more.end());
    launch();
}

void ServerTest::start_exactly(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), server_binary());
    arguments_ = std::move(arguments);
    launch();
}

void ServerTest::launch() {
    // A test may limit the size of files; the write then fails, as on a full disk.
    auto const ignore_limit = [] { ::signal(SIGXFSZ, SIG_IGN); };
    process_ = std::make_unique<Process>(Command{arguments_, folder_.file("log"), ignore_limit});
    std::string const mark = "listens on ";
    auto const line = process_->read_line();
    ASSERT_NE(line.find(mark), std::string::npos) << "not ready: " << line << "\n" << log();
    port_ = port_at(line, line.rfind(':') + 1);
    // Clients find it again after a restart.
    arguments_[3] = fmt::format("127.0.0.1:{}", port_);
}

void ServerTest::restart() {
    if (process_) kill();
    launch();
}

void ServerTest::kill() {
    process_->signal(SIGKILL);
    process_->wait();
    process_.reset();
}

int ServerTest::stop() {
    process_->signal(SIGTERM);
    return process_->wait();
}

ServerTest::Run ServerTest::run(std::vector<std::string> arguments) {
    auto const errors = folder_.file("errors");
    std::filesystem::remove(errors);
    arguments.insert(arguments.begin(), server_binary());
    Process process({arguments, errors});
    auto const output = process.read_all();
    auto const code = process.wait();
    return {code, output, read_file(errors)};
}

std::string ServerTest::token(std::int64_t user, std::int64_t ttl_s) {
    auth::Claims claims;
    claims.user = UserId{user};
    claims.name = fmt::format("User {}", user);
    claims.expires_at = SystemClock().wall() + ttl_s * 1000;
    return token_of(std::move(claims));
}

std::string ServerTest::token_of(auth::Claims claims) {
    return auth::sign_hs256(claims, {.secret = kSecret, .issued_at = SystemClock().wall()});
}

WsClient ServerTest::connect(std::int64_t user, std::string const& more) {
    return dial({.target = "/ws/messaging/?v=1&token=" + token(user) + more});
}

WsClient ServerTest::connect_base(std::int64_t user) {
    return dial({.target = "/ws/messaging/?token=" + token(user)});
}

HttpAnswer ServerTest::get(std::int64_t user, std::string const& path) {
    return call("GET", user, path);
}

HttpAnswer ServerTest::post(std::int64_t user, std::string const& path, std::string body) {
    return call("POST", user, path, std::move(body));
}

HttpAnswer ServerTest::call(std::string method, std::int64_t user, std::string const& path,
                            std::string body) {
    return http(port_, {std::move(method), "/api/messaging/" + path, token(user), std::move(body)});
}

std::int64_t ServerTest::open_conversation(std::int64_t customer) {
    auto const answer = post(customer, "conversations/", R"({"service_id":1,"provider_id":2})");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.json()["conversation_id"].number();
}

// As the last server that started says in its log.
std::uint16_t ServerTest::metrics_port() const {
    auto const text = log();
    for (std::string_view const mark : {"metrics=127.0.0.1:", R"("metrics":"127.0.0.1:)"}) {
        auto const at = text.rfind(mark);
        if (at != std::string::npos) return port_at(text, at + mark.size());
    }
    return 0;
}

std::string ServerTest::metrics() {
    return http(metrics_port(), {.target = "/metrics"}).body;
}

double ServerTest::metric(std::string_view row) {
    auto const text = "\n" + metrics();
    auto const at = text.find("\n" + std::string(row) + " ");
    return at == std::string::npos ? -1 : std::atof(text.c_str() + at + 2 + row.size());
}

std::string message(std::int64_t conversation, std::string_view content,
                    std::string_view client_msg_id, std::string_view request_id) {
    auto const key = client_msg_id.empty() ? std::string{}
                                           : fmt::format(R"(,"client_msg_id":"{}")", client_msg_id);
    return fmt::format(
        R"({{"type":"message","id":"{}","data":{{"conversation_id":{},"content":"{}"{}}}}})",
        request_id, conversation, content, key);
}

}  // namespace sewa::e2e
