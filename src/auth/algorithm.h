#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace sewa::auth {

// Signature algorithms of RFC 7518 and RFC 8037 that tokens may use. There is no "none".
enum class Algorithm : std::uint8_t { kHs256, kRs256, kEs256, kEdDsa };

// The name in a token's header, and back; exact case, as RFC 7515 §4.1.1 has it.
std::string_view name(Algorithm algorithm);
std::optional<Algorithm> find_algorithm(std::string_view name);

// What configuration allows. A token's header can only choose inside this set.
class AlgorithmSet {
public:
    constexpr AlgorithmSet() = default;
    constexpr AlgorithmSet(std::initializer_list<Algorithm> algorithms) {
        for (auto const algorithm : algorithms) add(algorithm);
    }
    constexpr void add(Algorithm algorithm) { bits_ |= bit(algorithm); }
    constexpr bool contains(Algorithm algorithm) const { return (bits_ & bit(algorithm)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }

private:
    static constexpr std::uint8_t bit(Algorithm algorithm) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(algorithm));
    }
    std::uint8_t bits_ = 0;
};

}  // namespace sewa::auth
