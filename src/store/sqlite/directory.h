#pragma once

#include "store/sqlite/access_changes.h"

namespace sewa::store::sqlite {

// People and services, as the marketplace names them. No events: a change shows in what is sent
// and read afterwards. Runs inside LogWriter's transaction.
class Directory {
public:
    Directory(LogWriter& log, AccessChanges& access);

    Result<Receipt> operator()(UpsertPerson const& upsert);
    Result<Receipt> operator()(UpsertService const& upsert);
    Result<Receipt> operator()(TouchLastSeen const& touch);

private:
    bool changes_role(Person const& person);
    Receipt answer(std::int64_t rows_changed) const;

    LogWriter& log_;
    AccessChanges& access_;
    Statement select_role_;
    Statement upsert_person_;
    Statement upsert_service_;
    Statement touch_last_seen_;
};

}  // namespace sewa::store::sqlite
