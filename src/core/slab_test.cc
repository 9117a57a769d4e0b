#include "core/slab.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "core/sanitizer.h"

namespace sewa {
namespace {

TEST(SlabTest, places_do_not_overlap_and_are_aligned) {
    Slab slab(20);
    std::vector<unsigned char*> places;
    for (int i = 0; i < 5000; ++i) {
        places.push_back(static_cast<unsigned char*>(slab.take()));
        std::memset(places.back(), i % 251, 20);
    }
    for (int i = 0; i < 5000; ++i) {
        auto const* const place = places[static_cast<std::size_t>(i)];
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(place) % 8, 0U);
        ASSERT_TRUE(place[0] == i % 251 && place[19] == i % 251) << i;
    }
    for (auto* const place : places) slab.give_back(place);
}

TEST(SlabTest, memory_follows_the_most_there_were_at_a_time) {
    if (kIsAddressSanitized) GTEST_SKIP() << "nothing is taken twice";
    Slab slab(200);
    std::set<void*> seen;
    for (int round = 0; round < 100; ++round) {
        std::vector<void*> places;
        for (int i = 0; i < 81; ++i) seen.insert(places.emplace_back(slab.take()));
        for (auto* const place : places) slab.give_back(place);
    }
    EXPECT_EQ(seen.size(), 81U);
}

}  // namespace
}  // namespace sewa
