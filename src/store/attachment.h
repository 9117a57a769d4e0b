#pragma once

#include <cstdint>
#include <string>

#include "core/clock.h"
#include "core/id.h"

namespace sewa {
using AttachmentId = Id<struct AttachmentTag>;
}

namespace sewa::store {

// A file that somebody uploaded, as the store knows it; the bytes lie in a file of their own.
struct Attachment {
    AttachmentId id;
    UserId owner;
    MessageId message;            // 0: not sent yet.
    ConversationId conversation;  // Of the message.
    std::string stored_name;      // Of the file.
    std::string name;             // As people know it.
    std::string content_type;
    std::int64_t bytes = 0;
    std::int64_t digest = 0;  // Of the content: equal for equal files.
    std::uint32_t width = 0;  // 0: unknown, here and below.
    std::uint32_t height = 0;
    std::uint32_t duration_ms = 0;
    std::string waveform;  // A JSON array, or empty.
    std::string preview;   // A `data:` address of a tiny picture, or empty.
    WallMs created_at;
};

// Makes links that work without a login for a while. Any-thread.
class LinkSigner {
public:
    virtual ~LinkSigner() = default;
    // What is appended to an attachment's address.
    virtual std::string query_for(AttachmentId id) const = 0;
};

}  // namespace sewa::store
