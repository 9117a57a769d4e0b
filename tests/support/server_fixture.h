#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/claims.h"
#include "http_client.h"
#include "process.h"
#include "ws_client.h"

namespace sewa::e2e {

// A folder below the system's temporary one; goes with the object.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    std::string const& path() const { return path_; }
    std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
    std::string write(std::string_view name, std::string_view text) const;

private:
    std::string path_;
};

std::string read_file(std::string const& path);

// `sewa serve` on a free port with a folder, a secret and the demo's people and services. Every
// test has its own, so that tests may run side by side.
class ServerTest : public testing::Test {
protected:
    static constexpr std::string_view kSecret = "9vK3mQ7xT2pL8wZ5nR4bY6cH1jD0sFgA-e2e";

    ServerTest();
    ~ServerTest() override;

    // The default, when not called before the first use: no frame limit, so that only its own test
    // meets it. `more` comes last and wins.
    void start(std::vector<std::string> more = {});
    // With these arguments and nothing of the default; the second and third say where it listens.
    void start_exactly(std::vector<std::string> arguments);
    void restart();  // On the same folder, with the arguments of before.
    void kill();     // SIGKILL.
    int stop();      // SIGTERM; the exit code.
    Process& process() { return *process_; }
    // Runs `sewa` with these arguments to its end.
    struct Run {
        int code;
        std::string output;
        std::string errors;
    };
    Run run(std::vector<std::string> arguments);
    std::vector<std::string> serve_arguments() const { return arguments_; }
    std::string data_folder() const { return folder_.file("data"); }
    TempFolder const& folder() const { return folder_; }

    std::uint16_t port() const { return port_; }
    std::uint16_t metrics_port() const;
    std::string log() const { return read_file(folder_.file("log")); }

    static std::string token(std::int64_t user, std::int64_t ttl_s = 3600);
    static std::string token_of(auth::Claims claims);

    // A v1 session; `more` is appended to the address, as "&since=…".
    WsClient connect(std::int64_t user, std::string const& more = {});
    WsClient connect_base(std::int64_t user);
    WsClient dial(WsOptions options) { return WsClient(port_, std::move(options)); }

    HttpAnswer get(std::int64_t user, std::string const& path);
    HttpAnswer post(std::int64_t user, std::string const& path, std::string body = "{}");
    HttpAnswer call(std::string method, std::int64_t user, std::string const& path,
                    std::string body = {});

    // A conversation of a customer (any id of 100 or more) with the demo's provider 2.
    std::int64_t open_conversation(std::int64_t customer);
    static constexpr std::int64_t kProvider = 2;

    std::string metrics();
    // The value of a row of /metrics, named with its labels; -1 when there is none.
    double metric(std::string_view row);

private:
    void launch();

    TempFolder folder_;
    std::vector<std::string> arguments_;
    std::unique_ptr<Process> process_;
    std::uint16_t port_ = 0;
};

std::string message(std::int64_t conversation, std::string_view content,
                    std::string_view client_msg_id = {}, std::string_view request_id = "r");

}  // namespace sewa::e2e
