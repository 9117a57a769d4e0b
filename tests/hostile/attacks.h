#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sewa::e2e {

// Whom an attack is aimed at.
struct Target {
    std::uint16_t port;
    std::string secret;
    std::int64_t conversation;  // The attacker takes part in it.
};

constexpr std::int64_t kAttacker = 900;

// One thing that a hostile client does over and over, as fast as it can.
class Attack {
public:
    virtual ~Attack() = default;
    virtual void once() = 0;
};

struct AttackKind {
    char const* name;
    char const* answer;  // As documented.
    std::function<std::unique_ptr<Attack>(Target const&)> make;
};

std::vector<AttackKind> const& attack_kinds();

}  // namespace sewa::e2e
