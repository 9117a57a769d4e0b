#pragma once

namespace sewa::store::sqlite {

// Makes SQLite's own page cache cheap to commit with. When siblings of a b-tree trade page numbers,
// one of them has for a moment the number that no page of a file may have, the one that lies at
// 1 GiB (`PENDING_BYTE` of SQLite's os.h). The cache takes it for the end of the file and looks at
// all of its pages at the end of the transaction: half a millisecond with 64 MiB in it. Under the
// layer that is installed here the cache knows that page as number 0, which no file has either.
//
// For the whole process, before its first connection is opened; any thread, the second call does
// nothing. Where it fails, because somebody else uses SQLite already, all works as without it.
void install_page_cache();

}  // namespace sewa::store::sqlite
