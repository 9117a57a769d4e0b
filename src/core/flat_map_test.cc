#include "core/flat_map.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

#include "core/flat_set.h"
#include "core/id.h"

namespace sewa {
namespace {

TEST(FlatMapTest, is_what_an_ordinary_map_is) {
    FlatMap<UserId, int> map;
    std::unordered_map<UserId, int> model;
    std::mt19937 random(7);
    for (int step = 0; step < 200'000; ++step) {
        // Few keys at first and many later, so that both full and long probes occur.
        UserId const key{1 + static_cast<std::int64_t>(random() % (10 + step / 100))};
        if (random() % 3 == 0) {
            map.erase(key);
            model.erase(key);
        } else {
            auto const [value, is_new] = map.insert(key);
            ASSERT_EQ(is_new, model.try_emplace(key).second);
            value = model[key] = step;
        }
        ASSERT_EQ(map.size(), model.size());
    }
    for (std::int64_t id = 1; id < 2'100; ++id) {
        auto const* const found = map.find({id});
        ASSERT_EQ(found != nullptr, model.contains({id})) << id;
        if (found) EXPECT_EQ(*found, model[{id}]);
    }
}

TEST(FlatMapTest, an_empty_one_has_nothing) {
    FlatMap<UserId, int> map;
    EXPECT_FALSE(map.contains({1}));
    map.erase({1});
    EXPECT_EQ(map.size(), 0U);
}

TEST(FlatMapTest, key_0_is_never_there) {
    FlatMap<UserId, int> map;
    map.insert({1});
    EXPECT_FALSE(map.contains({}));
}

TEST(FlatSetTest, says_what_is_new) {
    FlatSet<UserId> set;
    for (std::int64_t id = 1; id <= 1000; ++id) EXPECT_TRUE(set.insert({id}));
    for (std::int64_t id = 1; id <= 1000; id += 2) set.erase({id});
    EXPECT_EQ(set.size(), 500U);
    for (std::int64_t id = 1; id <= 1000; ++id) {
        EXPECT_EQ(set.contains({id}), id % 2 == 0) << id;
        EXPECT_EQ(set.insert({id}), id % 2 == 1) << id;
    }
}

TEST(FlatTableTest, visits_each_entry_once) {
    struct Itself {
        UserId operator()(UserId user) const { return user; }
    };
    FlatTable<UserId, Itself> table;
    std::int64_t sum = 0;
    for (std::int64_t id = 1; id <= 100; ++id) table.insert({id}).first = {id};
    table.each([&](UserId user) { sum += user.value; });
    EXPECT_EQ(sum, 5050);
}

}  // namespace
}  // namespace sewa
