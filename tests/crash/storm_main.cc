// usage: crash_storm FOLDER CYCLES SEED          kills; FOLDER/history.jsonl is for
// check_history.py
//        crash_storm FOLDER soak SECONDS SEED    no kills; FOLDER/samples.jsonl is for soak.py
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "storm.h"

namespace {

using sewa::crash::Storm;

bool kill(Storm& storm, int cycles) {
    for (; cycles > 0; --cycles) {
        if (!storm.kill_and_restart()) return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    bool const soaks = argc == 5 && std::string_view(argv[2]) == "soak";
    if (argc != 4 && !soaks) {
        std::fputs("usage: crash_storm FOLDER [CYCLES | soak SECONDS] SEED\n", stderr);
        return 2;
    }
    Storm storm({argv[1], std::strtoull(argv[argc - 1], nullptr, 10)});
    bool is_good = storm.begin();
    if (is_good && soaks) storm.soak(std::chrono::seconds(std::atoi(argv[3])));
    if (is_good && !soaks) is_good = kill(storm, std::atoi(argv[2]));
    is_good = is_good && storm.settle();
    std::puts(storm.describe().c_str());
    return is_good ? 0 : 1;
}
