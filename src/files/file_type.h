#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::files {

enum class FileKind : std::uint8_t { kImage, kAudio, kVideo, kOther };

// One row for each type of file that may be attached. Constant.
struct FileType {
    std::string_view content_type;
    std::string_view extensions;  // Separated by spaces; the first is the usual one.
    FileKind kind;
};

// Bytes from the beginning of a file that `decide_type` looks at.
inline constexpr std::size_t kTypeHeadBytes = 4096;

// The type by content. The name's extension and the declared type must agree with it where they
// say something, and choose only where the content leaves it open (sound or picture in one
// container, the kinds of office documents). Otherwise `content_refused`.
Result<FileType const*> decide_type(std::string_view head, std::string_view name,
                                    std::string_view declared);

// False when no file with this name could be accepted.
bool has_allowed_extension(std::string_view name);

// Only what cannot run anything may be shown in place of being saved.
bool may_be_inline(std::string_view content_type);

FileKind kind_of(std::string_view content_type);

// A name for people: valid, without folders, control characters and direction overrides, at most
// 200 bytes. `bad_request` for what can only be meant to trick.
Result<std::string> checked_name(std::string_view name);

}  // namespace sewa::files
