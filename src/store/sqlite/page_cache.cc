#include "store/sqlite/page_cache.h"

#include <sqlite3.h>

#include <new>

namespace sewa::store::sqlite {

namespace {

constexpr unsigned kPendingByte = 1U << 30;

sqlite3_pcache_methods2 below;  // Written once, before SQLite makes the first cache.

struct Cache {
    sqlite3_pcache* inner;
    unsigned pending_page;

    unsigned known_as(unsigned page) const { return page == pending_page ? 0 : page; }
};

Cache& cache_of(sqlite3_pcache* cache) {
    return *reinterpret_cast<Cache*>(cache);
}

int initialize(void*) {
    return below.xInit(below.pArg);
}

void shut_down(void*) {
    below.xShutdown(below.pArg);
}

sqlite3_pcache* create(int page_bytes, int extra_bytes, int is_purgeable) {
    auto* const inner = below.xCreate(page_bytes, extra_bytes, is_purgeable);
    if (inner == nullptr) return nullptr;
    auto* const cache =
        new (std::nothrow) Cache{inner, kPendingByte / static_cast<unsigned>(page_bytes) + 1};
    if (cache == nullptr) below.xDestroy(inner);
    return reinterpret_cast<sqlite3_pcache*>(cache);
}

void set_size(sqlite3_pcache* cache, int pages) {
    below.xCachesize(cache_of(cache).inner, pages);
}

int count(sqlite3_pcache* cache) {
    return below.xPagecount(cache_of(cache).inner);
}

sqlite3_pcache_page* fetch(sqlite3_pcache* cache, unsigned page, int how) {
    auto const& at = cache_of(cache);
    return below.xFetch(at.inner, at.known_as(page), how);
}

void unpin(sqlite3_pcache* cache, sqlite3_pcache_page* page, int discard) {
    below.xUnpin(cache_of(cache).inner, page, discard);
}

void rekey(sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned from, unsigned to) {
    auto const& at = cache_of(cache);
    below.xRekey(at.inner, page, at.known_as(from), at.known_as(to));
}

// The page at 1 GiB is never there: its number is lent for the time of a trade.
void truncate(sqlite3_pcache* cache, unsigned limit) {
    below.xTruncate(cache_of(cache).inner, limit);
}

void destroy(sqlite3_pcache* cache) {
    below.xDestroy(cache_of(cache).inner);
    delete &cache_of(cache);
}

void shrink(sqlite3_pcache* cache) {
    below.xShrink(cache_of(cache).inner);
}

bool install() {
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &below) != SQLITE_OK) return false;
    sqlite3_pcache_methods2 methods{
        1,     nullptr, initialize, shut_down, create,  set_size, count,
        fetch, unpin,   rekey,      truncate,  destroy, shrink,
    };
    return sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods) == SQLITE_OK;
}

}  // namespace

void install_page_cache() {
    static bool const is_installed = install();
    static_cast<void>(is_installed);
}

}  // namespace sewa::store::sqlite
