#include "cli/run.h"

int main(int argc, char** argv) {
    return sewa::cli::run(argc, argv);
}
