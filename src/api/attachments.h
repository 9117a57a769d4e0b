#pragma once

#include "api/routes.h"

namespace sewa::api {

// Uploads, downloads and messages as forms (PROTOCOL section 12). Shard-local; `parts` outlive the
// router.
void add_attachment_routes(http::Router& router, ApiParts const& parts);

}  // namespace sewa::api
