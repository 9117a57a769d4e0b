#pragma once

#include <string>
#include <string_view>

namespace sewa::files {

// The value of Content-Disposition (RFC 6266) with the name twice: in ASCII for old readers, and as
// `filename*` where that is not all of it.
std::string content_disposition(std::string_view name, bool is_inline);

}  // namespace sewa::files
