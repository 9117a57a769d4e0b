#pragma once

#include <functional>
#include <string>

#include "config/config.h"
#include "core/id.h"
#include "core/result.h"

namespace sewa::app {

// What `sewa export` and `sewa erase` do for one person (K-8, K-9). On the caller's thread, waiting
// for the disk.

// Hands out what is stored about the person: one JSON object for each line, `{"type":"person"}`
// first, then "conversation" and "message". A server may be running.
using Line = std::function<void(std::string const&)>;
Status export_person(std::string const& folder, UserId user, Line const& line);

// Refused while a server runs on the folder. The search index is made anew at the next start, so
// that no word stays in its file.
Status erase_person(config::Config const& config, UserId user);

}  // namespace sewa::app
