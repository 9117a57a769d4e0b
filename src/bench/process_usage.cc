#include "bench/process_usage.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace sewa::bench {

std::optional<CpuTime> cpu_of(pid_t process) {
    std::ifstream stat(fmt::format("/proc/{}/stat", process));
    std::string text;
    if (!std::getline(stat, text)) return std::nullopt;
    // The name, which may hold anything, stands in parentheses.
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    auto const ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    return CpuTime{user / ticks, system / ticks};
}

std::optional<Memory> memory_of(pid_t process) {
    std::ifstream sums(fmt::format("/proc/{}/smaps_rollup", process));
    if (!sums) return std::nullopt;
    Memory memory;
    for (std::string name; sums >> name;) {
        if (name == "Rss:") sums >> memory.resident_bytes;
        if (name == "Anonymous:") sums >> memory.anonymous_bytes;
    }
    memory.resident_bytes *= 1024;
    memory.anonymous_bytes *= 1024;
    return memory;
}

std::optional<std::uint64_t> resident_bytes_of(pid_t process) {
    std::ifstream pages(fmt::format("/proc/{}/statm", process));
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    if (!(pages >> size >> resident)) return std::nullopt;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::optional<std::uint64_t> peak_resident_bytes_of(pid_t process) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    std::uint64_t kilobytes = 0;
    for (std::string line; std::getline(status, line);) {
        std::istringstream words(line);
        std::string name;
        if (words >> name && name == "VmHWM:" && words >> kilobytes) return kilobytes * 1024;
    }
    return std::nullopt;
}

bool pin_to_core(unsigned nth) {
    cpu_set_t usable;
    if (sched_getaffinity(0, sizeof usable, &usable) != 0) return false;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (!CPU_ISSET(core, &usable) || nth-- != 0) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        return sched_setaffinity(0, sizeof one, &one) == 0;
    }
    return false;
}

unsigned usable_cores() {
    cpu_set_t usable;
    if (sched_getaffinity(0, sizeof usable, &usable) != 0) return 1;
    return static_cast<unsigned>(CPU_COUNT(&usable));
}

}  // namespace sewa::bench
