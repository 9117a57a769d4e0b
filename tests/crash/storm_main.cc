// usage: crash_storm FOLDER CYCLES SEED      writes FOLDER/history.jsonl for check_history.py
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "storm.h"

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: crash_storm FOLDER CYCLES SEED\n", stderr);
        return 2;
    }
    sewa::crash::Storm storm({argv[1], std::strtoull(argv[3], nullptr, 10)});
    bool is_good = storm.begin();
    for (int cycle = std::atoi(argv[2]); is_good && cycle > 0; --cycle) {
        is_good = storm.kill_and_restart();
    }
    is_good = is_good && storm.settle();
    std::puts(storm.describe().c_str());
    return is_good ? 0 : 1;
}
