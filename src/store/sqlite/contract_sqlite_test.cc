#include <stdlib.h>

#include <filesystem>

#include "store/contract_attachments_test.h"
#include "store/contract_people_test.h"
#include "store/contract_reads_test.h"
#include "store/contract_refusals_test.h"
#include "store/contract_rules_test.h"
#include "store/contract_search_test.h"
#include "store/contract_test.h"
#include "store/sqlite/sqlite_store.h"

namespace sewa::store {
namespace {

// A real file in a folder of its own.
class SqliteHarness final : public StoreHarness {
public:
    SqliteHarness() {
        std::string name = std::filesystem::temp_directory_path() / "sewa-store-XXXXXX";
        EXPECT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    ~SqliteHarness() override { std::filesystem::remove_all(folder_); }

    Result<std::unique_ptr<Store>> open(Clock const& clock, Random& random,
                                        CommitSink& sink) override {
        return sqlite::open_sqlite_store({.folder = folder_, .search = {.settle_ms = 0}}, clock,
                                         random, sink);
    }

private:
    std::string folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, SearchContract,
                         testing::Values([] { return std::make_unique<SqliteHarness>(); }),
                         [](auto const&) { return "File"; });

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values([] { return std::make_unique<SqliteHarness>(); }),
                         [](auto const&) { return "File"; });
INSTANTIATE_TEST_SUITE_P(Sqlite, AttachmentContract,
                         testing::Values([] { return std::make_unique<SqliteHarness>(); }),
                         [](auto const&) { return "File"; });

}  // namespace
}  // namespace sewa::store
