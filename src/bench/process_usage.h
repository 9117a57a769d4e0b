#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace sewa::bench {

// What the kernel says of a process. nullopt: no such process, or not ours to look at.

struct CpuTime {
    double user_s = 0;  // In steps of 10 ms.
    double system_s = 0;
};
std::optional<CpuTime> cpu_of(pid_t process);

struct Memory {
    std::uint64_t resident_bytes = 0;
    std::uint64_t anonymous_bytes = 0;  // Heap and stacks: user-space memory that is no file.
};
// Walks the page tables: not for the time in which something is measured.
std::optional<Memory> memory_of(pid_t process);
// Cheap.
std::optional<std::uint64_t> resident_bytes_of(pid_t process);
// The most that it had since its start.
std::optional<std::uint64_t> peak_resident_bytes_of(pid_t process);

// The calling process runs on the nth of the cores that it may use. False when there is none.
bool pin_to_core(unsigned nth);
unsigned usable_cores();

}  // namespace sewa::bench
