#pragma once

#include "store/sqlite/database.h"

namespace sewa::store::sqlite {

// One reading transaction: all statements inside see the same commit. Ends by itself, also when a
// statement failed.
class Snapshot {
public:
    explicit Snapshot(Database& db) : db_(db) { db_.exec("BEGIN"); }
    ~Snapshot() { db_.recover(); }
    Snapshot(Snapshot const&) = delete;
    Snapshot& operator=(Snapshot const&) = delete;

private:
    Database& db_;
};

}  // namespace sewa::store::sqlite
