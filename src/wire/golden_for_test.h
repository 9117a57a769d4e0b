#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <string>

namespace sewa::wire {

// protocol/golden/frames.json: the frames that every implementation has to write and read.
// Start-up of a test; a file that cannot be read gives an empty table, which the tests refuse.
struct GoldenClientFrame {
    std::string text;
    bool is_valid = false;
};

inline std::string minified(std::string_view json) {
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    if (parser.parse(simdjson::padded_string(json)).get(element) != simdjson::SUCCESS) {
        return "not JSON: " + std::string(json);
    }
    return simdjson::minify(element);
}

class Golden {
public:
    Golden() {
        auto const path = SEWA_PROTOCOL_DIR "/golden/frames.json";
        simdjson::dom::parser parser;
        simdjson::dom::element file;
        if (parser.load(path).get(file) != simdjson::SUCCESS) return;
        for (simdjson::dom::element const entry : file["server"]) {
            server[name_of(entry)] = simdjson::minify(entry["frame"].value());
        }
        for (simdjson::dom::element const entry : file["client"]) {
            client[name_of(entry)] = {simdjson::minify(entry["frame"].value()),
                                      entry["valid"].get_bool().value()};
        }
    }

    std::map<std::string, std::string> server;
    std::map<std::string, GoldenClientFrame> client;

private:
    static std::string name_of(simdjson::dom::element const& entry) {
        return std::string(entry["name"].get_string().value());
    }
};

}  // namespace sewa::wire
