// Runs a fuzzer's corpus in an ordinary test: PROGRAM FOLDER. Whatever a fuzzer found once stays
// found; an assertion or a crash ends the program.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

int main(int count, char** arguments) {
    if (count != 2) return 2;
    int inputs = 0;
    for (auto const& entry : std::filesystem::directory_iterator(arguments[1])) {
        std::ifstream file(entry.path(), std::ios::binary);
        // Exactly its bytes on the heap, so that reading behind them is noticed.
        std::vector<char> const text{std::istreambuf_iterator<char>(file), {}};
        std::vector<std::uint8_t> const bytes(text.begin(), text.end());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        ++inputs;
    }
    std::printf("%d inputs\n", inputs);
    return inputs > 0 ? 0 : 1;
}
