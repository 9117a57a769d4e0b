#pragma once

#include "api/routes.h"

namespace sewa::api {

// `GET attachments/{id}/file/`: the bytes, for those who may see them or hold a link.
// Shard-local. The file is opened and brought into memory's cache by the desk's pool; the shard
// only has the kernel copy it to the socket.
void send_file(http::RequestContext& context, http::PathIds const& ids, ApiParts const& parts);

}  // namespace sewa::api
