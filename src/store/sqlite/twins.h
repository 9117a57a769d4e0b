#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "core/model.h"

namespace sewa::store::sqlite {

// Posts without a key that may still come again over the other transport (rule M-3).
//
// Not synchronised. Holds the newest `kEntriesMax` posts of the last 3 seconds; what falls out is
// stored a second time instead of absorbed. Changes count only after `keep()`; `forget()` takes
// back those since the last `keep()`.
class Twins {
public:
    static constexpr std::int64_t kWindowMs = 3000;
    static constexpr std::size_t kEntriesMax = 16'384;

    // `body`: fingerprint of conversation, sender and text.
    void remember(std::int64_t body, Pos pos, Transport transport, WallMs at);

    // The stored post that this one repeats. It will not absorb another.
    std::optional<Pos> absorb(std::int64_t body, Transport transport, WallMs at);

    void keep();
    void forget();
    std::size_t size() const { return by_body_.size(); }

private:
    struct Post {
        std::int64_t body;
        Pos pos;
        Transport transport;
        WallMs at;
    };
    using Key = std::tuple<std::int64_t, Transport, Pos>;
    static Key key_of(Post const& post) { return {post.body, post.transport, post.pos}; }
    void expire(WallMs now);

    std::map<Key, Post> by_body_;
    std::deque<Post> by_age_;
    std::vector<Post> added_;
    std::vector<Post> absorbed_;
};

}  // namespace sewa::store::sqlite
