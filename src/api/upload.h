#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "api/upload_desk.h"
#include "auth/claims.h"
#include "core/random.h"
#include "files/multipart.h"
#include "http/handler.h"
#include "store/attachment.h"

namespace sewa::api {

// One multipart body on its way to the disk: at most one file, and form fields.
//
// Shard-local; what waits for the disk runs on a strand of the desk's pool. Holds at most one block
// of the size of a read on the shard and one on the strand; the socket is not read while the disk
// is behind. Dropped before `store`, it leaves nothing behind.
class Upload final : public http::BodySink, private files::PartSink {
public:
    Upload(UploadDesk& desk, UploadDesk::Place place, auth::Claims caller);
    ~Upload() override;

    // `boundary` of the body; the name of the file on the disk comes from `random`.
    void begin(std::string_view boundary, Random& random);

    void on_begin(http::BodyTap const& tap) override { tap_ = tap; }
    Status on_chunk(std::string_view bytes) override;
    bool takes_more() const override;

    // After the whole body. An error when it was no complete form.
    Status check_form() const;
    bool has_file() const { return has_file_; }
    auth::Claims const& caller() const { return caller_; }
    // The form field; empty when absent.
    std::string field(std::string_view name) const;

    // Puts the file in its place and tells the shard: what to add to the store. Once, after
    // check_form, when there is a file; the upload may be dropped then.
    using Stored = std::function<void(chat::Hub&, Result<store::Attachment>)>;
    void store(ShardId shard, Stored stored);

private:
    struct Incoming;

    Status on_part(files::PartHead const& head) override;
    Status on_part_bytes(std::string_view bytes) override;
    Status on_part_end() override { return {}; }
    Status begin_file(files::PartHead const& head);
    Status write_block();

    UploadDesk& desk_;
    UploadDesk::Place place_;
    auth::Claims const caller_;
    std::optional<files::MultipartParser> parser_;
    std::optional<http::BodyTap> tap_;
    std::shared_ptr<files::Strand> strand_;
    std::shared_ptr<Incoming> incoming_;
    std::string block_;
    std::map<std::string, std::string, std::less<>> fields_;
    std::string* field_ = nullptr;  // Whose bytes come; null: the file's.
    std::size_t fields_bytes_ = 0;
    std::uint64_t file_bytes_ = 0;
    bool has_file_ = false;
};

}  // namespace sewa::api
