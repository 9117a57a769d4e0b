#include "net/connection.h"

#include <gtest/gtest.h>

#include "net/loopback_for_test.h"

namespace sewa::net {
namespace {

TEST(Connection, is_small) {
    EXPECT_LE(sizeof(Connection), 96u);
}

TEST(Connection, echoes_what_arrives_and_reports_the_close_once) {
    Loopback loopback;
    auto peer = loopback.connect();
    peer.write("hello");
    loopback.turn();
    EXPECT_EQ(peer.read(), "");
    EXPECT_EQ(loopback.log.received, "hello");
    EXPECT_TRUE(loopback.connection->send_bytes("world"));
    loopback.turn();
    EXPECT_EQ(peer.read(), "world");
    peer.close();
    loopback.turn();
    EXPECT_EQ(loopback.log.closed, 1);
    EXPECT_EQ(loopback.table.size(), 0u);
}

}  // namespace
}  // namespace sewa::net
