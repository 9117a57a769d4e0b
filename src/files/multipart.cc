#include "files/multipart.h"

#include <algorithm>

#include "files/header_parameters.h"

namespace sewa::files {

namespace {

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046 §5.1.1.
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(Errc::kBadRequest, "malformed multipart body: " + std::string(what));
}

std::string_view take_line(std::string_view& rest) {
    auto const end = std::min(rest.find("\r\n"), rest.size());
    auto const line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    return line;
}

Status read_disposition(std::string_view value, PartHead& head) {
    auto const parsed = parse_header_parameters(value);
    auto const* const name = parsed ? parsed->find("name") : nullptr;
    if (name == nullptr || parsed->value != "form-data" || !head.name.empty()) {
        return malformed("a part needs one `Content-Disposition: form-data` with a name");
    }
    head.name = *name;
    if (head.name.empty()) return malformed("the name of a part is empty");
    if (auto const* const file_name = parsed->find("filename")) head.file_name = *file_name;
    return {};
}

Status read_field(std::string_view line, PartHead& head) {
    auto const colon = line.find(':');
    if (colon == line.npos || line.starts_with(' ') || line.starts_with('\t')) {
        return malformed("a part's header field");
    }
    auto const name = lower_case(line.substr(0, colon));
    auto const value = trimmed(line.substr(colon + 1));
    if (name == "content-disposition") return read_disposition(value, head);
    if (name == "content-type") {
        if (!head.content_type.empty()) return malformed("Content-Type is given twice");
        head.content_type = lower_case(value);
        if (head.content_type.starts_with("multipart/")) return malformed("a nested multipart");
    }
    if (name == "content-transfer-encoding" && lower_case(value) != "binary" &&
        lower_case(value) != "8bit" && lower_case(value) != "7bit") {
        return malformed("contents are sent as they are, without a transfer encoding");
    }
    return {};
}

}  // namespace

// The first boundary has no line end in front of it.
MultipartParser::MultipartParser(std::string_view boundary, PartSink& sink, MultipartLimits limits)
    : delimiter_("\r\n--" + std::string(boundary)), sink_(sink), limits_(limits), matched_(2) {}

Status MultipartParser::parse(std::string_view bytes) {
    while (!bytes.empty()) SEWA_CHECK(step(bytes));
    return {};
}

Status MultipartParser::finish() const {
    if (state_ == State::kEnd) return {};
    return malformed("it ends before its last boundary");
}

Status MultipartParser::step(std::string_view& bytes) {
    switch (state_) {
        case State::kStart:
            for (; !bytes.empty() && matched_ < delimiter_.size(); bytes.remove_prefix(1)) {
                if (bytes.front() != delimiter_[matched_++]) {
                    return malformed("it does not begin with its boundary");
                }
            }
            if (matched_ == delimiter_.size()) state_ = State::kAfterBoundary;
            return {};
        case State::kHeader:
            return read_header(bytes);
        case State::kContent:
            return read_content(bytes);
        case State::kAfterBoundary:
            return after_boundary(bytes);
        case State::kEnd:
            bytes = {};  // RFC 2046: what follows is to be ignored. The body's limit bounds it.
            return {};
    }
    return {};
}

Status MultipartParser::after_boundary(std::string_view& bytes) {
    collected_ += bytes.front();
    bytes.remove_prefix(1);
    if (collected_.size() < 2) return {};
    bool const is_last = collected_ == "--";
    if (!is_last && collected_ != "\r\n") return malformed("bytes behind a boundary");
    collected_.clear();
    state_ = is_last ? State::kEnd : State::kHeader;
    if (is_last || ++parts_ <= limits_.parts_max) return {};
    return malformed("too many parts");
}

Status MultipartParser::read_header(std::string_view& bytes) {
    auto const before = collected_.size();
    auto const room = limits_.header_bytes_max - before;
    collected_.append(bytes.substr(0, room));
    auto const from = before < kHeaderEnd.size() ? 0 : before - kHeaderEnd.size() + 1;
    auto const end = collected_.find(kHeaderEnd, from);
    if (end == collected_.npos) {
        if (bytes.size() >= room) return malformed("a part's header is too long");
        bytes = {};
        return {};
    }
    bytes.remove_prefix(end + kHeaderEnd.size() - before);
    collected_.resize(end);
    return begin_part();
}

Status MultipartParser::begin_part() {
    PartHead head;
    std::string_view rest = collected_;
    while (!rest.empty()) SEWA_CHECK(read_field(take_line(rest), head));
    if (head.name.empty()) return malformed("a part without Content-Disposition");
    collected_.clear();
    state_ = State::kContent;
    matched_ = 0;
    return sink_.on_part(head);
}

// Only the first byte of a delimiter is a carriage return, so that after a mismatch the search goes
// on where it stopped and nothing has to be looked at twice.
Status MultipartParser::read_content(std::string_view& bytes) {
    if (matched_ == 0) {
        auto const found = std::min(bytes.find(delimiter_), bytes.size());
        auto end = found;
        if (found == bytes.size()) {
            auto const last = bytes.rfind('\r');
            if (last != bytes.npos && delimiter_.starts_with(bytes.substr(last))) end = last;
        }
        if (end > 0) SEWA_CHECK(sink_.on_part_bytes(bytes.substr(0, end)));
        bytes.remove_prefix(end);
    }
    auto const most = std::min(delimiter_.size() - matched_, bytes.size());
    auto const rest = std::string_view(delimiter_).substr(matched_, most);
    auto const same = std::mismatch(rest.begin(), rest.end(), bytes.begin()).first - rest.begin();
    matched_ += static_cast<std::size_t>(same);
    bytes.remove_prefix(static_cast<std::size_t>(same));
    if (matched_ == delimiter_.size()) {
        state_ = State::kAfterBoundary;
        return sink_.on_part_end();
    }
    if (static_cast<std::size_t>(same) == most) return {};
    auto const content = std::string_view(delimiter_).substr(0, std::exchange(matched_, 0));
    return sink_.on_part_bytes(content);
}

Result<std::string> boundary_of(std::string_view content_type) {
    auto const parsed = parse_header_parameters(content_type);
    auto const* const boundary = parsed ? parsed->find("boundary") : nullptr;
    if (boundary == nullptr || parsed->value != "multipart/form-data") {
        return fail(Errc::kBadRequest, "send multipart/form-data with a boundary");
    }
    bool const is_plain = std::all_of(boundary->begin(), boundary->end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7F && c != '"' && c != '\\';
    });
    if (boundary->empty() || boundary->size() > kBoundaryMax || !is_plain) {
        return fail(Errc::kBadRequest, "the multipart boundary is not 1 to 70 plain characters");
    }
    return *boundary;
}

}  // namespace sewa::files
