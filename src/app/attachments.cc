#include "app/attachments.h"

namespace sewa::app {

namespace {

constexpr std::size_t kDiskThreads = 4;
// Two tasks of an upload at most: a piece, and the removal after a disconnect. The rest is
// downloads, which are refused when the disk is far behind.
constexpr std::size_t kDiskQueueMax = 4096;
constexpr std::size_t kPicturesQueueMax = 256;

}  // namespace

Attachments::Attachments(Options const& options, Clock const& clock)
    : options_(options),
      clock_(clock),
      links_(options.link_ms, clock),
      disk_(kDiskThreads, kDiskQueueMax, "disk"),
      pictures_(1, kPicturesQueueMax, "pictures") {}

Status Attachments::open(std::string const& data_folder, chat::Peers& peers, Random& random) {
    SEWA_TRY(auto folder, files::Folder::open(data_folder));
    folder_.emplace(std::move(folder));
    SEWA_TRY(auto key, files::open_link_key(folder_->path() + "/link.key", random));
    links_.set_key(std::move(key));
    desk_ = std::make_unique<api::UploadDesk>(
        api::UploadDesk::Parts{*folder_, links_, disk_, pictures_, peers, options_.attachments});
    return {};
}

void Attachments::keep_house(store::Store& store) {
    keeper_ = std::make_unique<FileKeeper>(*folder_, store, clock_, options_.unsent_ms);
}

void Attachments::stop() {
    keeper_.reset();
    disk_.stop();
    pictures_.stop();
}

}  // namespace sewa::app
