#include "files/file_type.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/utf8.h"
#include "files/header_parameters.h"

namespace sewa::files {

namespace {

using Kind = FileKind;

constexpr std::string_view kWord =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr std::string_view kSheet =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr std::string_view kSlides =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation";

constexpr std::array kTypes{
    FileType{"image/jpeg", "jpg jpeg jpe jfif", Kind::kImage},
    FileType{"image/png", "png", Kind::kImage},
    FileType{"image/gif", "gif", Kind::kImage},
    FileType{"image/webp", "webp", Kind::kImage},
    FileType{"application/pdf", "pdf", Kind::kOther},
    FileType{"text/plain", "txt text log md csv", Kind::kOther},
    FileType{"application/zip", "zip", Kind::kOther},
    FileType{kWord, "docx", Kind::kOther},
    FileType{kSheet, "xlsx", Kind::kOther},
    FileType{kSlides, "pptx", Kind::kOther},
    FileType{"application/vnd.oasis.opendocument.text", "odt", Kind::kOther},
    FileType{"application/vnd.oasis.opendocument.spreadsheet", "ods", Kind::kOther},
    FileType{"application/vnd.oasis.opendocument.presentation", "odp", Kind::kOther},
    FileType{"application/msword", "doc", Kind::kOther},
    FileType{"application/vnd.ms-excel", "xls", Kind::kOther},
    FileType{"application/vnd.ms-powerpoint", "ppt", Kind::kOther},
    FileType{"audio/mpeg", "mp3", Kind::kAudio},
    FileType{"audio/wav", "wav", Kind::kAudio},
    FileType{"audio/ogg", "ogg oga opus", Kind::kAudio},
    FileType{"audio/mp4", "m4a mp4", Kind::kAudio},
    FileType{"audio/webm", "webm weba", Kind::kAudio},
    FileType{"video/mp4", "mp4 m4v", Kind::kVideo},
    FileType{"video/webm", "webm", Kind::kVideo},
    FileType{"video/ogg", "ogv", Kind::kVideo},
};

// What people and browsers also call these types.
struct Alias {
    std::string_view name;
    std::string_view content_type;
};
constexpr std::array kAliases{
    Alias{"image/jpg", "image/jpeg"},
    Alias{"image/pjpeg", "image/jpeg"},
    Alias{"audio/mp3", "audio/mpeg"},
    Alias{"audio/x-m4a", "audio/mp4"},
    Alias{"audio/m4a", "audio/mp4"},
    Alias{"audio/x-wav", "audio/wav"},
    Alias{"audio/wave", "audio/wav"},
    Alias{"audio/vnd.wave", "audio/wav"},
    Alias{"audio/opus", "audio/ogg"},
    Alias{"application/ogg", "audio/ogg"},
    Alias{"application/x-zip-compressed", "application/zip"},
    Alias{"text/csv", "text/plain"},
    Alias{"text/markdown", "text/plain"},
};

using Candidates = std::vector<std::string_view>;

bool begins(std::string_view head, std::string_view magic, std::size_t at = 0) {
    return head.size() >= at && head.substr(at).starts_with(magic);
}

bool is_mp3(std::string_view head) {
    if (begins(head, "ID3")) return true;
    if (head.size() < 4) return false;
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(head[i]); };
    bool const is_sync = byte(0) == 0xFF && (byte(1) & 0xE0) == 0xE0;
    bool const is_layer_3 = (byte(1) & 0x06) == 0x02 && (byte(1) & 0x18) != 0x08;
    return is_sync && is_layer_3 && (byte(2) & 0xF0) != 0xF0 && (byte(2) & 0x0C) != 0x0C;
}

Candidates mp4_family(std::string_view head) {
    auto const brand = head.substr(8, 4);
    if (brand == "M4A " || brand == "M4B ") return {"audio/mp4"};
    for (std::string_view const known : {"iso", "mp4", "M4V", "MSNV", "avc1", "dash", "msdh"}) {
        if (brand.starts_with(known)) return {"video/mp4", "audio/mp4"};
    }
    return {};
}

// The names of a zip's first entries say which office made it; nothing is unpacked.
Candidates zip_family(std::string_view head) {
    if (begins(head, "mimetypeapplication/vnd.oasis.opendocument.", 30)) {
        auto const type = head.substr(38);
        for (auto const& row : kTypes) {
            if (row.content_type.starts_with("application/vnd.oasis.") &&
                type.starts_with(row.content_type)) {
                return {row.content_type};
            }
        }
        return {};
    }
    bool const is_office =
        head.find("[Content_Types].xml") != head.npos || head.find("_rels/") != head.npos;
    if (!is_office) return {"application/zip"};
    if (head.find("word/") != head.npos) return {kWord};
    if (head.find("xl/") != head.npos) return {kSheet};
    if (head.find("ppt/") != head.npos) return {kSlides};
    return {kWord, kSheet, kSlides, "application/zip"};
}

// Text that a browser could take for a page is none here.
bool is_plain_text(std::string_view head) {
    if (begins(head, "\xEF\xBB\xBF")) head.remove_prefix(3);
    Utf8Validator utf8;
    if (head.empty() || !utf8.feed(head)) return false;
    auto const is_control = [](unsigned char c) {
        return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || c == 0x7F;
    };
    if (std::any_of(head.begin(), head.end(), is_control)) return false;
    auto const first = head.find_first_not_of(" \t\r\n\f");
    return first == head.npos || head[first] != '<';
}

Candidates by_content(std::string_view head) {
    if (begins(head, "\xFF\xD8\xFF")) return {"image/jpeg"};
    if (begins(head, "\x89PNG\r\n\x1A\n")) return {"image/png"};
    if (begins(head, "GIF87a") || begins(head, "GIF89a")) return {"image/gif"};
    if (begins(head, "RIFF") && begins(head, "WEBP", 8)) return {"image/webp"};
    if (begins(head, "RIFF") && begins(head, "WAVE", 8)) return {"audio/wav"};
    if (begins(head, "%PDF-")) return {"application/pdf"};
    if (begins(head, "OggS")) return {"audio/ogg", "video/ogg"};
    if (begins(head, "\x1A\x45\xDF\xA3")) {
        bool const is_webm = head.substr(0, 128).find("webm") != head.npos;
        return is_webm ? Candidates{"video/webm", "audio/webm"} : Candidates{};
    }
    if (begins(head, "ftyp", 4)) return mp4_family(head);
    if (begins(head, "PK\x03\x04")) return zip_family(head);
    if (begins(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
        return {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"};
    }
    if (is_mp3(head)) return {"audio/mpeg"};
    return is_plain_text(head) ? Candidates{"text/plain"} : Candidates{};
}

FileType const* row_of(std::string_view content_type) {
    auto const found = std::find_if(kTypes.begin(), kTypes.end(), [&](FileType const& row) {
        return row.content_type == content_type;
    });
    return found == kTypes.end() ? nullptr : &*found;
}

bool has_word(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        auto const end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == word) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

std::string extension_of(std::string_view name) {
    auto const dot = name.rfind('.');
    return dot == name.npos ? std::string() : lower_case(name.substr(dot + 1));
}

// "audio/webm;codecs=opus" is "audio/webm"; empty when it says nothing.
std::string declared_type(std::string_view declared) {
    auto type = lower_case(trimmed(declared.substr(0, declared.find(';'))));
    for (auto const& alias : kAliases) {
        if (type == alias.name) type = alias.content_type;
    }
    if (type == "application/octet-stream" || type == "binary/octet-stream") type.clear();
    return type;
}

tl::unexpected<Error> refused(std::string why) {
    return fail(Errc::kContentRefused, std::move(why), "file");
}

}  // namespace

Result<FileType const*> decide_type(std::string_view head, std::string_view name,
                                    std::string_view declared) {
    auto candidates = by_content(head.substr(0, kTypeHeadBytes));
    if (candidates.empty()) return refused("files of this type cannot be attached");
    if (auto const extension = extension_of(name); !extension.empty()) {
        std::erase_if(candidates, [&](std::string_view type) {
            return !has_word(row_of(type)->extensions, extension);
        });
        if (candidates.empty()) return refused("the file is not what its name says");
    }
    auto const type = declared_type(declared);
    auto const chosen = std::find(candidates.begin(), candidates.end(), type);
    if (chosen != candidates.end()) return row_of(*chosen);
    // What is declared may be wrong among relatives only, as browsers guess it from the name.
    auto const relatives = by_content(head.substr(0, kTypeHeadBytes));
    bool const is_related =
        type.empty() || std::find(relatives.begin(), relatives.end(), type) != relatives.end();
    if (!is_related && row_of(type) == nullptr) return refused("the declared type is not accepted");
    if (!is_related) return refused("the file is not of the type that was declared");
    return row_of(candidates.front());
}

bool has_allowed_extension(std::string_view name) {
    auto const extension = extension_of(name);
    return extension.empty() || std::any_of(kTypes.begin(), kTypes.end(), [&](FileType const& row) {
               return has_word(row.extensions, extension);
           });
}

bool may_be_inline(std::string_view content_type) {
    return kind_of(content_type) != FileKind::kOther;
}

FileKind kind_of(std::string_view content_type) {
    auto const* const row = row_of(content_type);
    return row == nullptr ? FileKind::kOther : row->kind;
}

}  // namespace sewa::files
