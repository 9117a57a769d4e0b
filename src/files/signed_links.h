#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/random.h"
#include "core/result.h"
#include "store/attachment.h"

namespace sewa::files {

// Links that open an attachment without a login until they expire, so that a browser can show it
// in `<img>` and `<audio>`, which send no Authorization.
//
// HMAC-SHA256 over the attachment and the end of the link, cut to 128 bits. Expiry falls on whole
// hours: the same link comes again within an hour, and the browser's cache knows it. Any-thread.
class SignedLinks final : public store::LinkSigner {
public:
    SignedLinks(std::int64_t ttl_ms, Clock const& clock) : ttl_ms_(ttl_ms), clock_(clock) {}

    // Start-up, before the first link.
    void set_key(std::string key) { key_ = std::move(key); }

    // "?expires=…&signature=…".
    std::string query_for(AttachmentId id) const override;

    // `forbidden` for what is no link of ours or has ended.
    Status check(AttachmentId id, std::string_view expires, std::string_view signature) const;

private:
    std::string signature_of(AttachmentId id, std::int64_t expires) const;

    std::string key_;
    std::int64_t const ttl_ms_;
    Clock const& clock_;
};

// The server's own key: read from the file, which is made when it is absent. Start-up.
Result<std::string> open_link_key(std::string const& path, Random& random);

}  // namespace sewa::files
