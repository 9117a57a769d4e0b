#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/true_age.h"
#include "files/folder.h"
#include "store/store.h"

namespace sewa::app {

// Removes files that nobody may have any more, at most some hundred; which rows are done with.
store::ForgetAttachments remove_given_up(files::Folder const& folder, store::Store& store);

// A thread that keeps the folder and the rows of attachments together: what was never sent is given
// up after a while, files of what was given up are removed and then forgotten, and at the start
// files that no row knows (a crash between the two) are removed. Owned by the server; ends with it,
// before the store.
class FileKeeper {
public:
    FileKeeper(files::Folder const& folder, store::Store& store, Clock const& clock,
               std::int64_t unsent_ms);
    ~FileKeeper();

private:
    void run();
    void give_up_unsent();
    void forget_given_up();
    void remove_unknown();
    void remove_those_unknown(std::vector<std::string> names);

    files::Folder const& folder_;
    store::Store& store_;
    Clock const& clock_;
    std::int64_t const unsent_ms_;
    TrueAge age_;  // The thread's.
    std::mutex mutex_;  // Guards is_stopping_.
    std::condition_variable wake_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace sewa::app
