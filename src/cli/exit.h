#pragma once

#include "core/error.h"

namespace sewa::cli {

enum class ExitCode {
    kGood = 0,
    kFailed = 1,  // it was tried and did not work
    kUsage = 2,   // arguments or configuration are wrong; nothing was tried
};

// Ends the running command: run() prints "sewa: <message>" and returns `code`.
[[noreturn]] void fail_command(Error const& error, ExitCode code = ExitCode::kFailed);

}  // namespace sewa::cli
