#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"

namespace sewa::store::sqlite {

struct Integrity {
    std::int64_t events = 0;            // Read and compared with their checksums.
    std::int64_t damages = 0;           // Found; the first of them are described.
    std::vector<std::string> findings;  // At most kFindingsMax.

    static constexpr std::size_t kFindingsMax = 50;
};

// Reads the whole database: SQLite's own structure, each event's checksum (number, conversation and
// frame as sent), and that no conv_seq is missing after what retention removed. What is written
// while it runs is not looked at; a server may go on working. Memory is bounded by kFindingsMax.
//
// Fails when the file cannot be opened or read to its end; damage is a finding, no failure.
Result<Integrity> check_integrity(std::string const& database_path);

}  // namespace sewa::store::sqlite
