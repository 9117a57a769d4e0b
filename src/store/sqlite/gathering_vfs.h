#pragma once

namespace sewa::store::sqlite {

// The name of a file layer of SQLite for the connection that commits: what a transaction writes to
// the write-ahead log reaches the system in one call at its sync, instead of in two for each page.
// Only for `synchronous = FULL`: there SQLite syncs the log before other connections hear of the
// commit, so that nobody looks for what still waits here (wal.c, walFrames).
//
// The log grows in steps of 64 to 512 KiB of zeros, so that most syncs find the size as it was.
//
// It sits on the layer of that name, or on SQLite's own. Any-thread; each file belongs to the
// thread of its connection. At most 96 KiB wait. A write that fails is told by the call that had
// to make it: the sync, or a read, a size or another write before it.
char const* gathering_vfs(char const* below = nullptr);

}  // namespace sewa::store::sqlite
