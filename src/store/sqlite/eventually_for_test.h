#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace sewa::store::sqlite {

// Waits for what another thread does; fails the test when it does not come within a minute.
template <typename IsSo>
void eventually(IsSo const& is_so) {
    auto const give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!is_so()) {
        ASSERT_LT(std::chrono::steady_clock::now(), give_up);
        std::this_thread::yield();
    }
}

}  // namespace sewa::store::sqlite
