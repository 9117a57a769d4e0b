#include "store/sqlite/attachment_reads.h"

#include "store/sqlite/attachment_rows.h"

namespace sewa::store::sqlite {

AttachmentReads::AttachmentReads(Database& db)
    : select_(db,
              "SELECT " SEWA_ATTACHMENT_COLUMNS " FROM attachments WHERE id = ? AND given_up = 0"),
      select_given_up_(db, "SELECT " SEWA_ATTACHMENT_COLUMNS
                           " FROM attachments WHERE given_up = 1 ORDER BY id LIMIT ?"),
      select_file_(db, "SELECT 1 FROM attachments WHERE stored_name = ?") {}

std::optional<Attachment> AttachmentReads::find(AttachmentId id) {
    auto row = select_.query(id);
    if (!row.next()) return std::nullopt;
    return attachment_from(row);
}

std::vector<Attachment> AttachmentReads::given_up(std::uint32_t limit) {
    std::vector<Attachment> found;
    auto rows = select_given_up_.query(limit);
    while (rows.next()) found.push_back(attachment_from(rows));
    return found;
}

bool AttachmentReads::has_file(std::string const& stored_name) {
    return select_file_.query(stored_name).next();
}

}  // namespace sewa::store::sqlite
