#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "recorded_disk.h"

namespace sewa::power {

// What a server did to its data folder while people wrote, and what they were promised meanwhile.
struct Recording {
    struct Message {
        std::string key;
        std::string content;
        std::int64_t attachment;  // 0: none.
        std::int64_t pos;
        std::int64_t conv_seq;
        std::size_t after;  // It was acknowledged after so many changes.
    };
    struct Upload {
        std::int64_t id;
        std::string name;
        std::string content;
        std::size_t after;
        std::size_t deleted_from = SIZE_MAX;  // From here on it may be gone.
    };
    std::int64_t conversation = 0;
    std::size_t created_after = 0;
    std::string secret;  // Of the tokens; the server made it.
    std::vector<Message> messages;
    std::vector<Upload> uploads;
    std::vector<Change> changes;
};

constexpr std::int64_t kWriter = 100;

// Of a server that may be started on what a power cut left.
config::Config config_on(std::string const& data_folder);

// Runs a server from its first start, stops it, and runs it again.
Recording record();

}  // namespace sewa::power
