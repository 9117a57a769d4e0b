#include "api/password_desk.h"

#include <gtest/gtest.h>

#include <future>

namespace sewa::api {
namespace {

TEST(PasswordDesk, it_refuses_what_is_too_much_and_goes_on) {
    PasswordDesk desk(2);
    std::promise<void> begun, go_on, last;
    ASSERT_TRUE(desk.submit([&] {
        begun.set_value();
        go_on.get_future().wait();
    }));
    begun.get_future().wait();
    EXPECT_TRUE(desk.submit([] {}));
    EXPECT_TRUE(desk.submit([&] { last.set_value(); }));
    EXPECT_FALSE(desk.submit([] {}));
    EXPECT_EQ(desk.waiting(), 2u);
    EXPECT_EQ(desk.refused(), 1u);
    go_on.set_value();
    last.get_future().wait();
    EXPECT_TRUE(desk.submit([] {}));
}

}  // namespace
}  // namespace sewa::api
