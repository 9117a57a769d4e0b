#include "net/address.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace sewa::net {
namespace {

TEST(Address, reads_and_writes_both_families) {
    for (auto const* text :
         {"127.0.0.1:8000", "0.0.0.0:0", "[::1]:8000", "[2001:db8::7]:65535", "[::]:1"}) {
        auto const address = parse_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->text(), text);
        sockaddr_storage storage{};
        to_sockaddr(*address, storage);
        EXPECT_EQ(from_sockaddr(storage), *address) << text;
    }
    EXPECT_EQ(parse_address("localhost:80")->text(), "127.0.0.1:80");
}

TEST(Address, tells_loopback_from_the_rest) {
    for (auto const* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1"}) {
        EXPECT_TRUE(parse_address(text)->is_loopback()) << text;
    }
    for (auto const* text : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "[2001:db8::1]:1"}) {
        EXPECT_FALSE(parse_address(text)->is_loopback()) << text;
    }
}

TEST(Address, refuses_what_is_none_and_says_how_to_write_one) {
    for (auto const* text :
         {"", ":", "8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
          "127.0.0.1:80x", "1.2.3:80", "::1:80", "[::1]", "[::1:80", "host:80", "[127.0.0.1]:80"}) {
        auto const address = parse_address(text);
        ASSERT_FALSE(address) << text;
        EXPECT_NE(address.error().message.find("127.0.0.1:8000"), std::string::npos);
    }
}

}  // namespace
}  // namespace sewa::net
