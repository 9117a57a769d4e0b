// Stands before the C library in a program that runs: the wall clock is as many seconds ahead as
// the file SHIFTED_CLOCK says, at any moment, in its first eight bytes. What the kernel itself
// stamps, as the times of files, is not shifted.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

using Seconds = std::atomic<std::int64_t>;

Seconds const* map_file() {
    char const* const path = std::getenv("SHIFTED_CLOCK");
    int const fd = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
    void* const at = ::mmap(nullptr, sizeof(Seconds), PROT_READ, MAP_SHARED, fd, 0);
    ::close(fd);
    if (at == MAP_FAILED) std::abort();
    return static_cast<Seconds const*>(at);
}

std::int64_t ahead_s() {
    static Seconds const* const seconds = map_file();
    return seconds->load(std::memory_order_relaxed);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t id, timespec* now) noexcept {
    auto const result = static_cast<int>(::syscall(SYS_clock_gettime, id, now));
    if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += ahead_s();
    }
    return result;
}

int gettimeofday(timeval* now, void*) noexcept {
    timespec precise{};
    clock_gettime(CLOCK_REALTIME, &precise);
    *now = {precise.tv_sec, precise.tv_nsec / 1000};
    return 0;
}

std::time_t time(std::time_t* into) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (into != nullptr) *into = now.tv_sec;
    return now.tv_sec;
}

}
