#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <set>

#include "core/random.h"

namespace sewa::crash {

// A TCP proxy in front of the server, whose connections fail: they are cut in the middle of a
// chunk, reset, stall, lose everything without a word (half-open), or deliver late.
//
// One thread: that of `io`. A connection draws its fault when it is made and meets it after a
// random number of bytes. Every connection holds at most two chunks of 16 KiB.
class FaultyLinks {
public:
    enum class Fault : std::uint8_t { kNone, kCut, kReset, kStall, kHalfOpen, kDelay };
    using Counts = std::array<int, 6>;  // By Fault: how often it happened.

    FaultyLinks(boost::asio::io_context& io, Random& random);
    ~FaultyLinks();

    std::uint16_t port() const;
    void lead_to(std::uint16_t server) { server_ = server; }
    // No faults from now on; links that have failed are cut.
    void calm();
    Counts const& counts() const { return counts_; }

private:
    class Link;

    void accept();
    Fault draw();

    boost::asio::io_context& io_;
    Random& random_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::set<std::shared_ptr<Link>> links_;
    std::uint16_t server_ = 0;
    bool is_calm_ = false;
    Counts counts_{};
};

}  // namespace sewa::crash
