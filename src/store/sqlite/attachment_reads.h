#pragma once

#include <optional>
#include <vector>

#include "store/attachment.h"
#include "store/sqlite/database.h"

namespace sewa::store::sqlite {

// Attachments that are not given up, and what is left of those that are. Inside a Snapshot of the
// same connection.
class AttachmentReads {
public:
    explicit AttachmentReads(Database& db);

    std::optional<Attachment> find(AttachmentId id);
    std::vector<Attachment> given_up(std::uint32_t limit);
    bool has_file(std::string const& stored_name);

private:
    Statement select_;
    Statement select_given_up_;
    Statement select_file_;
};

}  // namespace sewa::store::sqlite
