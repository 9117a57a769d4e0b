#pragma once

#include "store/sqlite/log_writer.h"

namespace sewa::store::sqlite {

// How far each participant has read and received (rule M-9): both move forward only. Runs inside
// LogWriter's transaction.
class Markers {
public:
    explicit Markers(LogWriter& log);

    Result<Receipt> operator()(MarkRead const& mark);
    Result<Receipt> operator()(MarkDelivered const& mark);

private:
    LogWriter& log_;
    Statement update_read_;
    Statement update_delivered_;
};

}  // namespace sewa::store::sqlite
