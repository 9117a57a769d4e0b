#include "core/clock.h"

#include <ctime>

namespace sewa {

namespace {

std::int64_t read_ms(clockid_t id) {
    timespec now{};
    clock_gettime(id, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

MonoMs SystemClock::mono() const {
    return {read_ms(CLOCK_MONOTONIC)};
}

WallMs SystemClock::wall() const {
    return {read_ms(CLOCK_REALTIME)};
}

}  // namespace sewa
