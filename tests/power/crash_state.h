#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/random.h"
#include "recorded_disk.h"

namespace sewa::power {

// The recorded folder as a power cut after the first `cut` changes may leave it. What was synced is
// there: a file's content by its own sync, its name by that of its folder. Of the rest nothing,
// everything, the beginning, or any part survives, and the last sectors of a write may be missing.
class CrashState {
public:
    CrashState(std::vector<Change> const& changes, std::size_t cut, Random& random);

    // Replaces what is in `folder`.
    void write_to(std::string const& folder) const;
    bool has(std::string const& path) const { return entries_.count(path) != 0; }

private:
    enum class Survival { kNothing, kEverything, kBeginning, kAnyPart, kAnyPartTorn };
    static constexpr int kFolder = 0;

    void play(Change const& change);
    void settle_rest(Random& random);
    void apply(Change const& change);
    void apply_torn(Change const& change, Random& random);
    void write(Change const& change, std::size_t size);
    bool is_reachable(std::string const& path) const;

    std::map<int, std::string> contents_;
    std::map<std::string, int> entries_;
    std::vector<Change const*> unsynced_;
};

}  // namespace sewa::power
