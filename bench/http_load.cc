// Asks one server the same GETs again and again over some connections, one request under way on
// each, and tells how many were answered in a second and how long they took.
// usage: http_load PORT TOKEN CONNECTIONS SECONDS < paths, one a line

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/histogram.h"

namespace sewa::bench {

namespace {

using Instant = std::chrono::steady_clock::time_point;

Instant now() {
    return std::chrono::steady_clock::now();
}

std::int64_t microseconds_since(Instant then) {
    return std::chrono::duration_cast<std::chrono::microseconds>(now() - then).count();
}

class Link {
public:
    explicit Link(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int const yes = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("cannot connect");
        }
    }

    int fd() const { return fd_; }
    std::int64_t waited_us() const { return microseconds_since(asked_at_); }

    void ask(std::string const& request) {
        asked_at_ = now();
        answer_.clear();
        if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size())) {
            throw std::runtime_error("cannot send");
        }
    }

    // Reads what is there; true when the answer is whole.
    bool is_answered() {
        char bytes[65536];
        auto const got = ::recv(fd_, bytes, sizeof bytes, 0);
        if (got <= 0) throw std::runtime_error("the server closed the connection");
        answer_.append(bytes, static_cast<std::size_t>(got));
        auto const head = answer_.find("\r\n\r\n");
        if (head == std::string::npos) return false;
        if (answer_.compare(0, 12, "HTTP/1.1 200") != 0) {
            throw std::runtime_error(answer_.substr(0, 400));
        }
        return answer_.size() >= head + 4 + content_length(head);
    }

private:
    std::size_t content_length(std::size_t head) const {
        constexpr std::string_view kField = "Content-Length: ";
        auto const at = answer_.find(kField);
        if (at >= head) throw std::runtime_error("no Content-Length");
        return std::stoul(answer_.substr(at + kField.size(), 20));
    }

    int fd_;
    Instant asked_at_;
    std::string answer_;
};

class Load {
public:
    Load(std::uint16_t port, std::string const& token, std::vector<std::string> const& paths,
         int connections) {
        for (auto const& path : paths) {
            requests_.push_back(fmt::format(
                "GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", path,
                token));
        }
        for (int i = 0; i < connections; ++i) {
            links_.emplace_back(port);
            polls_.push_back({links_.back().fd(), POLLIN, 0});
        }
    }

    void run(double seconds) {
        for (auto& link : links_) link.ask(next());
        auto const began = now();
        auto const end_us = static_cast<std::int64_t>(seconds * 1e6);
        while (microseconds_since(began) < end_us) turn();
        auto const took_s = static_cast<double>(microseconds_since(began)) / 1e6;
        fmt::print(R"({{"requests":{},"per_s":{:.0f},"p50_ms":{:.3f},"p99_ms":{:.3f}}})"
                   "\n",
                   answered_, static_cast<double>(answered_) / took_s,
                   static_cast<double>(took_.at(0.5)) / 1e3,
                   static_cast<double>(took_.at(0.99)) / 1e3);
    }

private:
    std::string const& next() { return requests_[asked_++ % requests_.size()]; }

    void turn() {
        ::poll(polls_.data(), polls_.size(), 100);
        for (std::size_t i = 0; i < links_.size(); ++i) {
            if ((polls_[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
            if (!links_[i].is_answered()) continue;
            took_.record(static_cast<std::uint64_t>(links_[i].waited_us()));
            ++answered_;
            links_[i].ask(next());
        }
    }

    std::vector<std::string> requests_;
    std::vector<Link> links_;
    std::vector<pollfd> polls_;
    Histogram took_;
    std::size_t asked_ = 0;
    std::uint64_t answered_ = 0;
};

}  // namespace

}  // namespace sewa::bench

int main(int argc, char** argv) {
    if (argc != 5) {
        std::cerr << "usage: http_load PORT TOKEN CONNECTIONS SECONDS < paths\n";
        return 2;
    }
    std::vector<std::string> paths;
    for (std::string line; std::getline(std::cin, line);) paths.push_back(line);
    try {
        sewa::bench::Load load(static_cast<std::uint16_t>(std::stoi(argv[1])), argv[2], paths,
                               std::stoi(argv[3]));
        load.run(std::stod(argv[4]));
    } catch (std::exception const& error) {
        std::cerr << "http_load: " << error.what() << '\n';
        return 1;
    }
}
