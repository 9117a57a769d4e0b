#include "core/assert.h"

#include <cstdio>
#include <cstdlib>

namespace sewa {

void assertion_failed(char const* what, char const* file, int line) {
    std::fprintf(stderr, "sewa: bug at %s:%d: %s does not hold\n", file, line, what);
    std::abort();
}

}  // namespace sewa
