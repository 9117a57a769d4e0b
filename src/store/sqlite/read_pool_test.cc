#include "store/sqlite/read_pool.h"

#include <gtest/gtest.h>

#include <functional>

#include "store/sqlite/engine.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

TEST(ReadPool, a_job_that_asks_again_and_again_does_not_keep_it_from_its_end) {
    TemporaryFolder const folder;
    ManualClock clock;
    SeededRandom random(1);
    auto const engine = Engine::open(folder.file(), clock, random).value();
    auto pool = ReadPool::open(folder.file(), {.threads = 1}).value();
    auto* const raw = pool.get();
    std::function<void(Reader&)> const again = [&](Reader&) {
        static_cast<void>(raw->submit(again));
    };
    ASSERT_TRUE(pool->submit(again));
    pool.reset();
}

TEST(ReadPool, a_database_that_is_not_there_is_refused) {
    TemporaryFolder const folder;
    EXPECT_FALSE(ReadPool::open(folder.file(), {}));
    auto const reads_only = ReadPool::open(folder.file(), {.threads = 0});
    EXPECT_TRUE(reads_only) << "nobody opened it";
}

}  // namespace
}  // namespace sewa::store::sqlite
