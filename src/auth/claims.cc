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

bool is_web_address(std::string_view text) {
    return text.empty() || text.starts_with("https://") || text.starts_with("http://") ||
           (text.starts_with('/') && !text.starts_with("//"));
}

}  // namespace sewa::auth
