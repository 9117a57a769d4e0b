#include "auth/keys.h"

namespace sewa::auth {

Status Keys::add(Key key) {
    if (keys_.size() >= kKeysMax) return fail(Errc::kBadRequest, "more than 64 keys");
    for (auto const& known : keys_) {
        if (!key.id.empty() && known.id == key.id) {
            return fail(Errc::kBadRequest, "two keys have the kid \"" + key.id + "\"");
        }
    }
    keys_.push_back(std::move(key));
    return {};
}

Key const* Keys::find(Algorithm algorithm, std::optional<std::string_view> id) const {
    if (!id) return find_only(algorithm);
    for (auto const& key : keys_) {
        if (key.algorithm == algorithm && !key.id.empty() && key.id == *id) return &key;
    }
    auto const* only = find_only(algorithm);
    return only != nullptr && only->id.empty() ? only : nullptr;
}

Key const* Keys::find_only(Algorithm algorithm) const {
    Key const* found = nullptr;
    for (auto const& key : keys_) {
        if (key.algorithm != algorithm) continue;
        if (found != nullptr) return nullptr;
        found = &key;
    }
    return found;
}

}  // namespace sewa::auth
