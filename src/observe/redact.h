#pragma once

#include <string>
#include <string_view>

namespace sewa::observe {

// True for field names whose value must not be printed: token, ticket, secret, authorization,
// password, cookie, also behind a prefix as in access_token. Case does not count.
bool is_secret_name(std::string_view name);

// `text` without what opens doors: the values of token= and ticket= and the like in URLs (also when
// the name is percent-encoded), whatever follows "Bearer " or "bearer.", and anything in the form
// of a JSON Web Token. Applied to every text the logger prints.
std::string redact(std::string_view text);

// The same for a request target or a URL; the name says what the caller has.
inline std::string redact_url(std::string_view url) {
    return redact(url);
}

}  // namespace sewa::observe
