#pragma once

#include "store/attachment.h"
#include "store/sqlite/database.h"

// The columns of a whole attachment, in the order in which `attachment_from` reads them.
#define SEWA_ATTACHMENT_COLUMNS                                                                   \
    "id, owner_id, message_id, conversation_id, stored_name, name, content_type, bytes, digest, " \
    "width, height, duration_ms, waveform, preview, created_at"

namespace sewa::store::sqlite {

inline Attachment attachment_from(Rows const& row) {
    return {.id = row.id<AttachmentId>(0),
            .owner = row.id<UserId>(1),
            .message = row.id<MessageId>(2),
            .conversation = row.id<ConversationId>(3),
            .stored_name = row.string(4),
            .name = row.string(5),
            .content_type = row.string(6),
            .bytes = row.integer(7),
            .digest = row.integer(8),
            .width = static_cast<std::uint32_t>(row.integer(9)),
            .height = static_cast<std::uint32_t>(row.integer(10)),
            .duration_ms = static_cast<std::uint32_t>(row.integer(11)),
            .waveform = row.string(12),
            .preview = row.string(13),
            .created_at = WallMs{row.integer(14)}};
}

}  // namespace sewa::store::sqlite
