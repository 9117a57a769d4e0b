#pragma once

namespace sewa::store::sqlite {

// The name of a file layer of SQLite for connections that copy much: after each MiB that they
// write to the database they wait until the disk has it. A commit's sync waits for whatever the
// disk was given before, and a checkpoint gives it tens of MiB in one go otherwise.
//
// Any-thread. It sits on SQLite's own layer, adds syncs and leaves out nothing.
char const* paced_vfs();

}  // namespace sewa::store::sqlite
