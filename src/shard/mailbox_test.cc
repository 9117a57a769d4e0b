#include "shard/mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

namespace sewa::shard {
namespace {

bool is_signalled(Mailbox const& mailbox) {
    pollfd descriptor{mailbox.wake_fd(), POLLIN, 0};
    return poll(&descriptor, 1, 0) == 1;
}

TEST(Task, callables_of_every_size_run_once_and_are_destroyed_once) {
    auto const token = std::make_shared<int>(0);
    std::array<char, 200> const large{};
    {
        Task small = [token] { ++*token; };
        Task big = [token, large] { *token += 10 + large[0]; };
        Task moved = std::move(small);
        EXPECT_FALSE(small);
        moved();
        Task replaced = std::move(big);
        replaced();
        replaced = std::move(moved);
        EXPECT_EQ(token.use_count(), 2);
    }
    EXPECT_EQ(*token, 11);
    EXPECT_EQ(token.use_count(), 1);
}

TEST(Mailbox, a_full_mailbox_refuses_and_leaves_the_task_to_the_caller) {
    Mailbox mailbox(4);
    int ran = 0;
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(mailbox.try_post([&ran] { ++ran; }));
    Task fifth = [&ran] { ran += 100; };
    EXPECT_FALSE(mailbox.try_post(std::move(fifth)));
    EXPECT_TRUE(fifth);
    EXPECT_EQ(mailbox.refused(), 1u);

    EXPECT_EQ(mailbox.drain(), 4u);
    EXPECT_EQ(ran, 4);
    EXPECT_TRUE(mailbox.try_post(std::move(fifth)));
    EXPECT_EQ(mailbox.drain(), 1u);
    EXPECT_EQ(ran, 104);
}

TEST(Mailbox, what_a_task_posts_waits_for_the_next_drain) {
    Mailbox mailbox(4);
    int ran = 0;
    EXPECT_TRUE(mailbox.try_post([&] {
        ++ran;
        EXPECT_TRUE(mailbox.try_post([&] { ++ran; }));
    }));
    EXPECT_EQ(mailbox.drain(), 1u);
    EXPECT_EQ(mailbox.drain(), 1u);
    EXPECT_EQ(ran, 2);
}

TEST(Mailbox, only_the_first_task_for_a_sleeping_owner_wakes_it) {
    Mailbox mailbox(8);
    EXPECT_TRUE(mailbox.try_post([] {}));
    EXPECT_FALSE(is_signalled(mailbox));
    EXPECT_FALSE(mailbox.prepare_sleep());
    mailbox.drain();

    EXPECT_TRUE(mailbox.prepare_sleep());
    EXPECT_TRUE(mailbox.try_post([] {}));
    EXPECT_TRUE(is_signalled(mailbox));
    mailbox.clear_wake();
    EXPECT_TRUE(mailbox.try_post([] {}));
    EXPECT_FALSE(is_signalled(mailbox));
}

// Four producers against an owner that sleeps whenever it can: a lost wake-up hangs, a lost or
// doubled task or a swap of two tasks of one producer fails.
TEST(Mailbox, four_threads_post_and_every_task_runs_once_in_the_order_of_its_thread) {
    constexpr int kProducers = 4;
    constexpr int kEach = 20'000;
    Mailbox mailbox(64);
    std::array<int, kProducers> next{};
    int misplaced = 0;
    std::vector<std::thread> producers;
    for (int p = 0; p < kProducers; ++p) {
        producers.emplace_back([&, p] {
            for (int i = 0; i < kEach; ++i) {
                Task task = [&, p, i] { misplaced += next[p]++ != i; };
                while (!mailbox.try_post(std::move(task))) std::this_thread::yield();
            }
        });
    }
    std::size_t ran = 0;
    while (ran < kProducers * kEach) {
        if (mailbox.prepare_sleep()) {
            pollfd descriptor{mailbox.wake_fd(), POLLIN, 0};
            ASSERT_EQ(poll(&descriptor, 1, 20'000), 1) << "lost wake-up after " << ran;
            mailbox.awake();
            mailbox.clear_wake();
        }
        ran += mailbox.drain();
    }
    for (auto& producer : producers) producer.join();
    EXPECT_EQ(misplaced, 0);
    EXPECT_EQ(ran, std::size_t{kProducers * kEach});
}

TEST(Mailbox, tasks_that_never_ran_are_destroyed) {
    auto const token = std::make_shared<int>(0);
    {
        Mailbox mailbox(4);
        EXPECT_TRUE(mailbox.try_post([token] { ++*token; }));
        EXPECT_EQ(token.use_count(), 2);
    }
    EXPECT_EQ(token.use_count(), 1);
    EXPECT_EQ(*token, 0);
}

}  // namespace
}  // namespace sewa::shard
