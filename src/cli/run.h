#pragma once

namespace sewa::cli {

// Parses the arguments, runs the chosen command and returns the exit code (exit.h). Parser errors
// and exceptions end here, as one line on standard error.
int run(int argc, char const* const* argv);

}  // namespace sewa::cli
