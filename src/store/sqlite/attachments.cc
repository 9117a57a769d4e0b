#include "store/sqlite/attachments.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "store/sqlite/attachment_rows.h"

namespace sewa::store::sqlite {

namespace {

constexpr char kInsert[] =
    "INSERT INTO attachments (owner_id, stored_name, name, content_type, bytes, digest, width, "
    "height, duration_ms, waveform, preview, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?)";

constexpr char kSelectUnsent[] = "SELECT " SEWA_ATTACHMENT_COLUMNS
                                 " FROM attachments WHERE id = ? AND owner_id = ? "
                                 "AND message_id IS NULL AND given_up = 0";

// At most so many in one transaction; the rest in the next.
constexpr char kGiveUpOld[] =
    "UPDATE attachments SET given_up = 1 WHERE id IN (SELECT id FROM attachments "
    "WHERE message_id IS NULL AND given_up = 0 AND created_at < ? LIMIT 500)";

tl::unexpected<Error> no_attachment() {
    return fail(Errc::kBadRequest, "no such attachment", "attachments");
}

}  // namespace

Attachments::Attachments(LogWriter& log)
    : log_(log),
      select_quota_(log.db(),
                    "SELECT ifnull(sum(bytes), 0) FROM attachments "
                    "WHERE owner_id = ? AND given_up = 0"),
      insert_(log.db(), kInsert),
      select_unsent_(log.db(), kSelectUnsent),
      select_digest_(log.db(), "SELECT digest FROM attachments WHERE id = ?"),
      update_sent_(log.db(),
                   "UPDATE attachments SET message_id = ?, conversation_id = ? WHERE id = ?"),
      give_up_of_message_(log.db(), "UPDATE attachments SET given_up = 1 WHERE message_id = ?"),
      give_up_old_(log.db(), kGiveUpOld),
      forget_(log.db(), "DELETE FROM attachments WHERE id = ? AND given_up = 1") {}

Result<Receipt> Attachments::operator()(AddAttachment const& addition) {
    auto const& added = addition.attachment;
    if (addition.owner_bytes_max != 0) {
        auto const used = select_quota_.number(added.owner);
        if (used + added.bytes > addition.owner_bytes_max) {
            return fail(Errc::kTooLarge,
                        fmt::format("your attachments may take {} MiB together; delete some",
                                    addition.owner_bytes_max >> 20),
                        "file");
        }
    }
    insert_.run(added.owner, added.stored_name, added.name, added.content_type, added.bytes,
                added.digest, added.width, added.height, added.duration_ms, added.waveform,
                added.preview, log_.now().value);
    return Receipt{.created_at = log_.now(),
                   .attachment = {sqlite3_last_insert_rowid(log_.db().raw())}};
}

Result<Receipt> Attachments::operator()(GiveUpAttachments const& command) {
    auto const changed = give_up_old_.run(command.created_before.value);
    return Receipt{.created_at = log_.now(), .duplicate = changed == 0};
}

Result<Receipt> Attachments::operator()(ForgetAttachments const& command) {
    for (auto const id : command.ids) forget_.run(id);
    return Receipt{.created_at = log_.now()};
}

std::optional<Attachment> Attachments::find_unsent(std::int64_t id, UserId owner) {
    auto row = select_unsent_.query(id, owner);
    if (!row.next()) return std::nullopt;
    return attachment_from(row);
}

Result<std::vector<Attachment>> Attachments::unsent(PostMessage const& post) {
    std::vector<Attachment> found;
    if (post.attachments.size() > log_.limits().attachments_max) {
        return fail(Errc::kBadRequest, "too many attachments in one message", "attachments");
    }
    for (auto const id : post.attachments) {
        auto attachment = find_unsent(id, post.sender);
        bool const is_repeated = std::any_of(
            found.begin(), found.end(), [id](auto const& other) { return other.id.value == id; });
        if (!attachment || is_repeated) return no_attachment();
        found.push_back(*std::move(attachment));
    }
    return found;
}

void Attachments::send(std::vector<Attachment> const& attachments, MessageId message,
                       ConversationId conversation) {
    for (auto const& attachment : attachments) {
        update_sent_.run(message, conversation, attachment.id);
    }
}

std::int64_t Attachments::digest_of(std::int64_t id) {
    auto row = select_digest_.query(id);
    return row.next() ? row.integer(0) : id;
}

void Attachments::give_up_all_of(MessageId message) {
    give_up_of_message_.run(message);
}

}  // namespace sewa::store::sqlite
