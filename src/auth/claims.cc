#include "auth/claims.h"

namespace sewa::auth {

std::string_view name(Role role) {
    switch (role) {
        case Role::kCustomer:
            return "customer";
        case Role::kProvider:
            return "provider";
        case Role::kStaff:
            return "staff";
    }
    return "";
}

std::optional<Role> find_role(std::string_view text) {
    for (auto const role : {Role::kCustomer, Role::kProvider, Role::kStaff}) {
        if (name(role) == text) return role;
    }
    return std::nullopt;
}

}  // namespace sewa::auth
