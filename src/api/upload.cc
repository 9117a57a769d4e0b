#include "api/upload.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <cstring>

#include "chat/hub.h"
#include "core/utf8.h"
#include "files/file_type.h"
#include "files/image_size.h"
#include "files/mapped_file.h"
#include "files/preview.h"
#include "files/voice.h"

namespace sewa::api {

namespace {

constexpr std::size_t kFieldsMax = 8;
constexpr std::size_t kFieldsBytesMax = 64 * 1024;

// SHA-256 of what is written, cut to what the store compares.
class Digest {
public:
    Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
    ~Digest() { EVP_MD_CTX_free(context_); }
    Digest(Digest const&) = delete;
    Digest& operator=(Digest const&) = delete;

    void add(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }
    std::int64_t value() {
        unsigned char bytes[EVP_MAX_MD_SIZE];
        EVP_DigestFinal_ex(context_, bytes, nullptr);
        std::int64_t value = 0;
        std::memcpy(&value, bytes, sizeof value);
        return value;
    }

private:
    EVP_MD_CTX* context_;
};

}  // namespace

// What the strand works on. Only `is_busy` is looked at elsewhere, and the rest while it is false.
struct Upload::Incoming {
    std::string stored_name;
    std::string name;
    std::string declared_type;
    std::string duration, waveform;
    Digest digest;
    std::optional<files::IncomingFile> file;
    Status status;  // The first failure; nothing is written after it.
    std::atomic<bool> is_busy{false};

    void write(files::Folder const& folder, std::string_view bytes) {
        if (status && !file) {
            auto created = folder.create(stored_name);
            created ? static_cast<void>(file.emplace(*std::move(created)))
                    : static_cast<void>(status = fail(created.error()));
        }
        if (!status) return;
        digest.add(bytes);
        status = file->write(bytes);
    }

    Result<store::Attachment> keep(AttachmentLimits const& limits);
    Status measure(store::Attachment& attachment, AttachmentLimits const& limits);
    Status add_voice(store::Attachment& attachment, files::FileKind kind) const;
    void add_preview(store::Attachment& attachment) const;
};

Result<store::Attachment> Upload::Incoming::keep(AttachmentLimits const& limits) {
    if (!status) return fail(status.error());
    std::string head(files::kTypeHeadBytes, '\0');
    auto const got = ::pread(file->fd(), head.data(), head.size(), 0);
    if (got < 0) return fail(Errc::kUnavailable, "the disk cannot be read");
    head.resize(static_cast<std::size_t>(got));
    SEWA_TRY(auto const* const type, files::decide_type(head, name, declared_type));
    store::Attachment attachment;
    attachment.stored_name = stored_name;
    attachment.name = name;
    attachment.content_type = type->content_type;
    attachment.bytes = static_cast<std::int64_t>(file->size());
    attachment.digest = digest.value();
    if (type->kind == files::FileKind::kImage) SEWA_CHECK(measure(attachment, limits));
    SEWA_CHECK(add_voice(attachment, type->kind));
    SEWA_CHECK(file->keep());
    return attachment;
}

Status Upload::Incoming::measure(store::Attachment& attachment, AttachmentLimits const& limits) {
    files::MappedFile const mapped(file->fd(), file->size());
    auto const size = files::image_size(mapped.content(), attachment.content_type);
    if (!size) return fail(Errc::kContentRefused, "the picture cannot be read", "file");
    if (size->pixels() > limits.pixels_max) {
        return fail(Errc::kContentRefused, "the picture has too many pixels", "file");
    }
    attachment.width = size->width;
    attachment.height = size->height;
    return {};
}

Status Upload::Incoming::add_voice(store::Attachment& attachment, files::FileKind kind) const {
    if (duration.empty() && waveform.empty()) return {};
    if (kind != files::FileKind::kAudio && kind != files::FileKind::kVideo) {
        return fail(Errc::kBadRequest, "only sound has a duration and a waveform",
                    duration.empty() ? "waveform" : "duration_ms");
    }
    if (!duration.empty()) {
        SEWA_TRY(attachment.duration_ms, files::check_duration(duration));
    }
    if (!waveform.empty()) {
        SEWA_TRY(attachment.waveform, files::check_waveform(waveform));
    }
    return {};
}

void Upload::Incoming::add_preview(store::Attachment& attachment) const {
    files::MappedFile const mapped(file->fd(), file->size());
    auto const size = files::image_size(mapped.content(), attachment.content_type);
    if (!size) return;
    attachment.preview = files::make_preview(mapped.content(), attachment.content_type, *size);
}

Upload::Upload(UploadDesk& desk, UploadDesk::Place place, auth::Claims caller)
    : desk_(desk),
      place_(std::move(place)),
      caller_(std::move(caller)),
      strand_(std::make_shared<files::Strand>(desk.parts().disk)),
      incoming_(std::make_shared<Incoming>()) {}

// The temporary file is removed on the strand, behind what is still being written.
Upload::~Upload() {
    if (incoming_) static_cast<void>(strand_->post([gone = std::move(incoming_)] {}));
}

void Upload::begin(std::string_view boundary, Random& random) {
    parser_.emplace(boundary, static_cast<files::PartSink&>(*this));
    incoming_->stored_name = desk_.parts().folder.new_name(random);
}

bool Upload::takes_more() const {
    return !incoming_->is_busy.load(std::memory_order_acquire);
}

Status Upload::on_chunk(std::string_view bytes) {
    SEWA_CHECK(parser_->parse(bytes));
    if (block_.empty() || !takes_more()) return {};
    return write_block();
}

// Only while nothing is being written.
Status Upload::write_block() {
    SEWA_CHECK(incoming_->status);
    incoming_->is_busy.store(true, std::memory_order_relaxed);
    bool const is_taken = strand_->post([incoming = incoming_, &folder = desk_.parts().folder,
                                         block = std::exchange(block_, {}), tap = *tap_]() mutable {
        incoming->write(folder, block);
        block = {};
        incoming->is_busy.store(false, std::memory_order_release);
        tap.resume();
    });
    if (is_taken) return {};
    return fail(Errc::kUnavailable, "the disk is behind; try again");
}

Status Upload::on_part(files::PartHead const& head) {
    if (head.file_name) return begin_file(head);
    if (fields_.size() == kFieldsMax || fields_.contains(head.name)) {
        return fail(Errc::kBadRequest, "too many fields, or one twice", head.name);
    }
    field_ = &fields_[head.name];
    return {};
}

Status Upload::begin_file(files::PartHead const& head) {
    bool const is_known = head.name == "file" || head.name == "attachment";
    if (!is_known || std::exchange(has_file_, true)) {
        return fail(Errc::kBadRequest, "send one file, as `file`", "file");
    }
    SEWA_TRY(incoming_->name, files::checked_name(*head.file_name));
    if (!files::has_allowed_extension(incoming_->name)) {
        return fail(Errc::kContentRefused, "files of this type cannot be attached", "file");
    }
    incoming_->declared_type = head.content_type;
    field_ = nullptr;
    return {};
}

Status Upload::on_part_bytes(std::string_view bytes) {
    if (field_ != nullptr) {
        fields_bytes_ += bytes.size();
        if (fields_bytes_ > kFieldsBytesMax) {
            return fail(Errc::kTooLarge, "the form fields are too long");
        }
        *field_ += bytes;
        return {};
    }
    file_bytes_ += bytes.size();
    if (file_bytes_ > desk_.limits().bytes_max) {
        return fail(Errc::kTooLarge, "the file is too large", "file");
    }
    block_ += bytes;
    return {};
}

Status Upload::check_form() const {
    SEWA_CHECK(parser_->finish());
    if (has_file_ && file_bytes_ == 0) return fail(Errc::kBadRequest, "the file is empty", "file");
    return {};
}

std::string Upload::field(std::string_view name) const {
    auto const found = fields_.find(name);
    return found == fields_.end() ? std::string() : found->second;
}

void Upload::store(ShardId shard, Stored stored) {
    auto const incoming = std::exchange(incoming_, nullptr);
    auto tell = [&desk = desk_, shard, stored,
                 owner = caller_.user](Result<store::Attachment> result) {
        if (result) result->owner = owner;
        desk.post(shard, [stored, result](chat::Hub& hub) { stored(hub, result); });
    };
    auto const work = [incoming, &desk = desk_, block = std::move(block_), tell,
                       duration = field("duration_ms"), waveform = field("waveform")] {
        incoming->duration = duration;
        incoming->waveform = waveform;
        if (!block.empty()) incoming->write(desk.parts().folder, block);
        auto kept = incoming->keep(desk.limits());
        if (!kept || kept->width == 0) return tell(std::move(kept));
        auto const shared = std::make_shared<store::Attachment>(*std::move(kept));
        bool const is_taken = desk.parts().pictures.submit([incoming, shared, tell] {
            incoming->add_preview(*shared);
            tell(*shared);
        });
        if (!is_taken) tell(*shared);
    };
    if (strand_->post(work)) return;
    tell(fail(Errc::kUnavailable, "the disk is behind; try again"));
}

}  // namespace sewa::api
