#include "store/sqlite/page_cache.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>

#include "core/random.h"
#include "store/sqlite/database.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr unsigned kPendingPage = (1U << 30) / 4096 + 1;

// Lies below the layer under test, for all tests of this program, and remembers what it was asked.
struct Witness {
    sqlite3_pcache_methods2 below{};
    std::atomic<unsigned> highest_page{0};
    std::atomic<unsigned> trades{0};  // Siblings that exchanged their numbers.

    void saw(unsigned page) {
        auto highest = highest_page.load();
        while (page > highest && !highest_page.compare_exchange_weak(highest, page)) {
        }
    }
};
Witness witness;

sqlite3_pcache_page* fetch(sqlite3_pcache* cache, unsigned page, int how) {
    witness.saw(page);
    return witness.below.xFetch(cache, page, how);
}

void rekey(sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned from, unsigned to) {
    witness.saw(to);
    if (to == 0) ++witness.trades;
    witness.below.xRekey(cache, page, from, to);
}

[[maybe_unused]] bool const is_watching = [] {
    sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &witness.below);
    auto methods = witness.below;
    methods.xFetch = fetch;
    methods.xRekey = rekey;
    return sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods) == SQLITE_OK;
}();

// In no order, so that pages are split everywhere and their siblings trade numbers.
void insert_at_random(Database& db, int rows, Random& random) {
    db.exec("BEGIN");
    Statement insert(db, "INSERT INTO t VALUES (?, randomblob(60))");
    for (int row = 0; row < rows; ++row) insert.run(static_cast<std::int64_t>(random.next() >> 1));
}

TEST(PageCache, siblings_that_trade_their_numbers_look_no_further_than_the_file) {
    TemporaryFolder const folder;
    auto const db = Database::open({.path = folder.file(), .cache_bytes = 1 << 20}).value();
    SeededRandom random(7);
    db->exec("CREATE TABLE t (key INTEGER PRIMARY KEY, bytes BLOB)");
    auto const trades = witness.trades.load();
    insert_at_random(*db, 20'000, random);
    ASSERT_TRUE(db->exec("COMMIT"));
    EXPECT_GT(witness.trades, trades) << "nothing was tried";
    EXPECT_LT(witness.highest_page, kPendingPage);

    insert_at_random(*db, 20'000, random);
    db->exec("ROLLBACK");
    insert_at_random(*db, 5'000, random);
    ASSERT_TRUE(db->exec("COMMIT"));
    EXPECT_EQ(db->pragma("SELECT count(*) FROM t"), 25'000);
    EXPECT_EQ(
        db->pragma("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

}  // namespace
}  // namespace sewa::store::sqlite
