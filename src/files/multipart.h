#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::files {

// What the header of one part says. `file_name` is as the sender wrote it, not to be trusted.
struct PartHead {
    std::string name;
    std::optional<std::string> file_name;  // Absent: a form field.
    std::string content_type;              // Empty: not given.
};

// Takes the parts of one body in their order. An error ends the body.
class PartSink {
public:
    virtual Status on_part(PartHead const& head) = 0;
    virtual Status on_part_bytes(std::string_view bytes) = 0;
    virtual Status on_part_end() = 0;

protected:
    ~PartSink() = default;
};

struct MultipartLimits {
    std::size_t header_bytes_max = 2048;
    std::uint32_t parts_max = 16;
};

// multipart/form-data (RFC 7578), from pieces of any size. Not synchronised.
//
// Holds one part header and nothing of the contents: slices of the input go straight to the sink.
// Stricter than the grammar where two readers could disagree: no preamble, no nested multipart, no
// transfer encodings, no repeated fields or parameters. Errors are `bad_request`.
class MultipartParser {
public:
    MultipartParser(std::string_view boundary, PartSink& sink, MultipartLimits limits = {});

    Status parse(std::string_view bytes);
    // At the end of the body: an error when the closing boundary has not come.
    Status finish() const;

private:
    enum class State : std::uint8_t { kStart, kHeader, kContent, kAfterBoundary, kEnd };

    Status step(std::string_view& bytes);
    Status read_header(std::string_view& bytes);
    Status read_content(std::string_view& bytes);
    Status after_boundary(std::string_view& bytes);
    Status begin_part();

    std::string const delimiter_;  // "\r\n--boundary"
    PartSink& sink_;
    MultipartLimits const limits_;
    State state_ = State::kStart;
    std::size_t matched_;    // Bytes of the delimiter that have come.
    std::string collected_;  // A header, or the two bytes behind a boundary.
    std::uint32_t parts_ = 0;
};

// The boundary of `multipart/form-data; boundary=…`.
Result<std::string> boundary_of(std::string_view content_type);

}  // namespace sewa::files
