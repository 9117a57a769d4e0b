#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sewa/client.h"

namespace sewa::client {

// Asks the provider once for all who need a token at the same time. On the client's thread; answers
// that come after its end are dropped.
class TokenSource : public std::enable_shared_from_this<TokenSource> {
public:
    using Done = std::function<void(Result<std::string>)>;

    explicit TokenSource(TokenProvider provider) : provider_(std::move(provider)) {}

    // `used`: the token that was refused; a newer one that is here already is given at once.
    void get(bool refresh, std::string const& used, Done done) {
        bool const newer = refresh && !used.empty() && used != token_;
        if (!token_.empty() && !pending_ && (newer || !refresh)) return done(token_);
        ask(refresh, std::move(done));
    }
    // From the provider even when a token is at hand: it may know of a newer one.
    void ask(bool refresh, Done done) {
        waiting_.push_back(std::move(done));
        if (std::exchange(pending_, true)) return;
        provider_(refresh, [weak = weak_from_this()](Result<std::string> token) {
            if (auto const self = weak.lock()) self->answered(std::move(token));
        });
    }
    std::string const& current() const { return token_; }

private:
    void answered(Result<std::string> token) {
        if (!std::exchange(pending_, false)) return;
        if (token) token_ = *token;
        for (auto& done : std::exchange(waiting_, {})) done(token);
    }

    TokenProvider provider_;
    std::vector<Done> waiting_;
    std::string token_;
    bool pending_ = false;
};

}  // namespace sewa::client
