#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::files {

// Makes or replaces `path`, for its owner alone. After any crash it is as it was before or holds
// all of `bytes`; when this returns, it stays. Waits for the disk.
Status write_whole_file(std::string const& path, std::string_view bytes);

// The entries of `folder` are on the disk.
bool sync_folder(std::string const& folder);

}  // namespace sewa::files
