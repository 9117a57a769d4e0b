#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "json.h"

namespace sewa::e2e {

// A real HTTP server on a port of its own that takes webhooks, or fails as it is told. One
// connection at a time, one request after the other. Any-thread.
class WebhookReceiver {
public:
    struct Post {
        std::string target;
        std::map<std::string, std::string> headers;  // Names in small letters.
        std::string body;
        int answered = 0;  // 0: the connection was cut instead.
    };

    WebhookReceiver();
    ~WebhookReceiver();

    std::uint16_t port() const { return port_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook?k=1"; }

    // What the next posts are answered with; 0 cuts the connection, 302 names another place. After
    // them comes 200.
    void answer_next(std::vector<int> statuses);
    // While true, nothing is answered.
    void hang(bool hangs);

    std::vector<Post> posts() const;
    // Those that were answered with 200.
    std::vector<Post> taken() const;

private:
    void run();
    void serve(int fd);
    bool answer(int fd, Post post);

    int listener_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::vector<int> statuses_;  // Guarded by mutex_, like the rest.
    std::vector<Post> posts_;
    bool hangs_ = false;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace sewa::e2e
