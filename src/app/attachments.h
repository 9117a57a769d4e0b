#pragma once

#include <memory>
#include <optional>

#include "api/upload_desk.h"
#include "app/file_keeper.h"
#include "app/options.h"

namespace sewa::app {

// The attachments of one server: folder, links, the pools that wait for the disk, housekeeping.
// Built before the store, which signs links; opened after it, as the store locks the data folder.
class Attachments {
public:
    Attachments(Options const& options, Clock const& clock);

    store::LinkSigner const& links() const { return links_; }

    // Start-up.
    Status open(std::string const& data_folder, chat::Peers& peers, Random& random);
    api::UploadDesk& desk() { return *desk_; }
    void keep_house(store::Store& store);

    // While the shards still run and the store still takes writes.
    void stop();

private:
    Options const& options_;
    Clock const& clock_;
    files::SignedLinks links_;
    std::optional<files::Folder> folder_;
    std::unique_ptr<api::UploadDesk> desk_;
    // Their tasks use all of the above.
    files::IoPool disk_;
    files::IoPool pictures_;
    std::unique_ptr<FileKeeper> keeper_;
};

}  // namespace sewa::app
