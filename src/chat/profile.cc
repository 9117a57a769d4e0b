#include "chat/profile.h"

namespace sewa::chat {

void save_profile(Hub& hub, auth::Claims const& claims) {
    if (claims.name.empty() && claims.first_name.empty()) return;
    Person person;
    person.id = claims.user;
    person.name = claims.name.empty() ? claims.first_name : claims.name;
    person.first_name = claims.first_name;
    person.last_name = claims.last_name;
    person.avatar = claims.avatar;
    person.role = claims.role.value_or(Role::kCustomer);
    (void)hub.write(store::UpsertPerson{std::move(person)}, [](auto const&) {});
}

}  // namespace sewa::chat
