#pragma once

#include <memory>
#include <string>

#include "store/read.h"
#include "store/sqlite/database.h"

namespace sewa::store::sqlite {

struct ReaderOptions {
    std::int64_t cache_bytes = 16 << 20;
    std::int64_t mmap_bytes = std::int64_t{1} << 30;
    int busy_timeout_ms = 2000;
    std::string search_index = {};  // Its file; empty: no search.
    std::int64_t search_budget_us = 25'000;
    LinkSigner const* links = nullptr;  // Outlives the reader; null: links need a login.
};

// store::Reader on a connection of its own. One thread at a time. A failing disk gives
// `unavailable`, and the next call tries again.
Result<std::unique_ptr<Reader>> open_reader(std::string const& path,
                                            ReaderOptions const& options = {});

}  // namespace sewa::store::sqlite
