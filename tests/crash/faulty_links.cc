#include "faulty_links.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <functional>

namespace sewa::crash {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::uint64_t kBytesUntilFault = 8'000;
constexpr std::uint64_t kStallMs = 400;
constexpr std::uint64_t kDelayMs = 20;
// Somebody notices at last; the clients' own patience is shorter for WebSockets, not for requests.
constexpr auto kHalfOpenFor = std::chrono::milliseconds(1'500);

tcp::endpoint loopback(std::uint16_t port) {
    return {asio::ip::address_v4::loopback(), port};
}

}  // namespace

class FaultyLinks::Link : public std::enable_shared_from_this<Link> {
public:
    Link(FaultyLinks& owner, tcp::socket client)
        : owner_(owner),
          fault_(owner.draw()),
          left_(owner.random_.below(kBytesUntilFault)),
          there_{std::move(client), tcp::socket(owner.io_), asio::steady_timer(owner.io_)},
          back_timer_(owner.io_) {}

    void start() {
        there_.to.async_connect(loopback(owner_.server_), [self = shared_from_this()](auto error) {
            if (error) return self->end(Fault::kCut);
            self->read(Way::kThere);
            self->read(Way::kBack);
        });
    }

    void end(Fault how) {
        error_code ignored;
        if (how == Fault::kReset) {
            there_.from.set_option(asio::socket_base::linger(true, 0), ignored);
            there_.to.set_option(asio::socket_base::linger(true, 0), ignored);
        }
        there_.from.close(ignored);
        there_.to.close(ignored);
        there_.timer.cancel();
        back_timer_.cancel();
        owner_.links_.erase(shared_from_this());
    }

    void calm() {
        if (has_failed_) return end(Fault::kCut);
        fault_ = Fault::kNone;
    }

private:
    enum class Way { kThere, kBack };
    struct Sockets {
        tcp::socket from;
        tcp::socket to;
        asio::steady_timer timer;
    };

    tcp::socket& source(Way way) { return way == Way::kThere ? there_.from : there_.to; }
    tcp::socket& sink(Way way) { return way == Way::kThere ? there_.to : there_.from; }
    asio::steady_timer& timer(Way way) { return way == Way::kThere ? there_.timer : back_timer_; }
    char* chunk(Way way) { return chunks_[static_cast<std::size_t>(way)].data(); }

    void read(Way way) {
        source(way).async_read_some(
            asio::buffer(chunk(way), kChunk),
            [self = shared_from_this(), way](error_code error, std::size_t size) {
                if (error) return self->end(Fault::kCut);
                self->pass(way, size);
            });
    }

    void pass(Way way, std::size_t size) {
        if (has_failed_ && fault_ == Fault::kHalfOpen) return read(way);
        if (fault_ == Fault::kNone || size < left_) {
            left_ -= std::min<std::uint64_t>(left_, size);
            return write(way, size);
        }
        fail(way, size);
    }

    void fail(Way way, std::size_t size) {
        bool const is_first = !has_failed_;
        has_failed_ = true;
        if (is_first) ++owner_.counts_[static_cast<std::size_t>(fault_)];
        switch (fault_) {
            case Fault::kCut:
            case Fault::kReset:
                return write_and_end(way, owner_.random_.below(size + 1));
            case Fault::kStall:
                has_failed_ = false;
                left_ = owner_.random_.below(kBytesUntilFault);
                return write_later(way, size, owner_.random_.below(kStallMs));
            case Fault::kDelay:
                return write_later(way, size, owner_.random_.below(kDelayMs));
            default:
                arm_end();
                return read(way);
        }
    }

    void arm_end() {
        there_.timer.expires_after(kHalfOpenFor);
        there_.timer.async_wait([self = shared_from_this()](error_code error) {
            if (!error) self->end(Fault::kCut);
        });
    }

    void write_later(Way way, std::size_t size, std::uint64_t ms) {
        timer(way).expires_after(std::chrono::milliseconds(ms));
        timer(way).async_wait([self = shared_from_this(), way, size](error_code error) {
            if (!error) self->write(way, size);
        });
    }

    void write(Way way, std::size_t size) {
        asio::async_write(sink(way), asio::buffer(chunk(way), size),
                          [self = shared_from_this(), way](error_code error, std::size_t) {
                              if (error) return self->end(Fault::kCut);
                              self->read(way);
                          });
    }

    // A part of the chunk, so that frames and headers are cut anywhere.
    void write_and_end(Way way, std::size_t size) {
        asio::async_write(
            sink(way), asio::buffer(chunk(way), size),
            [self = shared_from_this()](error_code, std::size_t) { self->end(self->fault_); });
    }

    static constexpr std::size_t kChunk = 16'384;

    FaultyLinks& owner_;
    Fault fault_;
    std::uint64_t left_;  // Bytes until the fault.
    bool has_failed_ = false;
    Sockets there_;
    asio::steady_timer back_timer_;
    std::array<std::array<char, kChunk>, 2> chunks_;
};

FaultyLinks::FaultyLinks(asio::io_context& io, Random& random)
    : io_(io), random_(random), acceptor_(io, loopback(0)) {
    accept();
}

FaultyLinks::~FaultyLinks() = default;

std::uint16_t FaultyLinks::port() const {
    return acceptor_.local_endpoint().port();
}

void FaultyLinks::calm() {
    is_calm_ = true;
    auto const links = links_;
    for (auto const& link : links) link->calm();
}

void FaultyLinks::accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket client) {
        if (error) return;
        client.set_option(tcp::no_delay(true), error);
        auto link = std::make_shared<Link>(*this, std::move(client));
        links_.insert(link);
        link->start();
        accept();
    });
}

FaultyLinks::Fault FaultyLinks::draw() {
    if (is_calm_) return Fault::kNone;
    return static_cast<Fault>(random_.below(counts_.size()));
}

}  // namespace sewa::crash
