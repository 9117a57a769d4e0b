#include "webhook_receiver.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace sewa::e2e {

namespace {

constexpr int kPollMs = 20;

// Head and body of the first request in `bytes`; false when it is not all there.
bool parse(std::string const& bytes, WebhookReceiver::Post& post) {
    auto const head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string::npos) return false;
    auto const line_end = bytes.find("\r\n");
    auto const target_at = bytes.find(' ') + 1;
    post.target = bytes.substr(target_at, bytes.find(' ', target_at) - target_at);
    for (auto at = line_end + 2; at < head_end;) {
        auto const end = bytes.find("\r\n", at);
        auto const colon = bytes.find(": ", at);
        auto name = bytes.substr(at, colon - at);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        post.headers[name] = bytes.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    auto const size = static_cast<std::size_t>(std::atoi(post.headers["content-length"].c_str()));
    if (bytes.size() < head_end + 4 + size) return false;
    post.body = bytes.substr(head_end + 4, size);
    return true;
}

}  // namespace

WebhookReceiver::WebhookReceiver() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, name, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, name, &size) != 0) {
        std::abort();
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

WebhookReceiver::~WebhookReceiver() {
    {
        std::lock_guard const lock(mutex_);
        is_stopping_ = true;
    }
    thread_.join();
    ::close(listener_);
}

void WebhookReceiver::answer_next(std::vector<int> statuses) {
    std::lock_guard const lock(mutex_);
    statuses_ = std::move(statuses);
}

void WebhookReceiver::hang(bool hangs) {
    std::lock_guard const lock(mutex_);
    hangs_ = hangs;
}

std::vector<WebhookReceiver::Post> WebhookReceiver::posts() const {
    std::lock_guard const lock(mutex_);
    return posts_;
}

std::vector<WebhookReceiver::Post> WebhookReceiver::taken() const {
    auto all = posts();
    std::erase_if(all, [](Post const& post) { return post.answered != 200; });
    return all;
}

void WebhookReceiver::run() {
    for (;;) {
        {
            std::lock_guard const lock(mutex_);
            if (is_stopping_) return;
        }
        pollfd ready{listener_, POLLIN, 0};
        if (::poll(&ready, 1, kPollMs) <= 0) continue;
        int const fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        serve(fd);
        ::close(fd);
    }
}

void WebhookReceiver::serve(int fd) {
    std::string bytes;
    for (;;) {
        Post post;
        bool hangs = false;
        {
            std::lock_guard const lock(mutex_);
            if (is_stopping_) return;
            hangs = hangs_;
        }
        if (!hangs && parse(bytes, post)) {
            bytes.clear();
            if (!answer(fd, std::move(post))) return;
            continue;
        }
        pollfd ready{fd, POLLIN, 0};
        if (::poll(&ready, 1, kPollMs) <= 0) continue;
        char buffer[16384];
        auto const count = ::recv(fd, buffer, sizeof buffer, 0);
        if (count <= 0) return;
        bytes.append(buffer, static_cast<std::size_t>(count));
    }
}

bool WebhookReceiver::answer(int fd, Post post) {
    int status = 200;
    {
        std::lock_guard const lock(mutex_);
        if (!statuses_.empty()) {
            status = statuses_.front();
            statuses_.erase(statuses_.begin());
        }
        post.answered = status;
        posts_.push_back(std::move(post));
    }
    if (status == 0) return false;
    auto const text = "HTTP/1.1 " + std::to_string(status) + " Answer\r\nContent-Length: 0\r\n" +
                      (status == 302 ? "Location: /elsewhere\r\n" : "") + "\r\n";
    return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

}  // namespace sewa::e2e
