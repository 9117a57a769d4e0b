#include <fmt/format.h>

#include "api/server_resources.h"
#include "auth/claims.h"
#include "wire/encode.h"
#include "wire/rest_objects.h"

// People, services and presence, for the marketplace's back end.

namespace sewa::api {

namespace {

constexpr std::size_t kRowTextBytesMax = 200;

Result<std::string> short_text(wire::JsonBody const& body, std::string_view key) {
    SEWA_TRY(auto text, body.string_or(key, ""));
    if (text.size() <= kRowTextBytesMax) return text;
    return fail(Errc::kBadRequest, fmt::format("`{}` has at most {} bytes", key, kRowTextBytesMax),
                std::string(key));
}

Result<Person> person_of(wire::JsonBody const& body, UserId id) {
    Person person{.id = id};
    SEWA_TRY(person.first_name, short_text(body, "first_name"));
    SEWA_TRY(person.last_name, short_text(body, "last_name"));
    SEWA_TRY(person.name, short_text(body, body.has("name") ? "name" : "full_name"));
    if (person.name.empty()) person.name = person.first_name + " " + person.last_name;
    if (person.name == " ") return fail(Errc::kBadRequest, "`name` is missing", "name");
    SEWA_TRY(person.avatar, body.string_or("avatar", ""));
    if (person.avatar.size() > auth::kAvatarBytesMax || !auth::is_web_address(person.avatar)) {
        return fail(Errc::kBadRequest, "`avatar` is no web address", "avatar");
    }
    SEWA_TRY(auto const role_text, body.string_or("role", "customer"));
    auto const role = auth::find_role(role_text);
    if (!role) {
        return fail(Errc::kBadRequest, "`role` must be customer, provider or staff", "role");
    }
    person.role = *role;
    return person;
}

Result<Service> service_of(wire::JsonBody const& body, ServiceId id) {
    Service service{.id = id};
    SEWA_TRY(service.provider.value, body.id_or("provider_id", 0));
    if (!service.provider) {
        return fail(Errc::kBadRequest, "`provider_id` is missing", "provider_id");
    }
    SEWA_TRY(service.title, short_text(body, "title"));
    if (service.title.empty()) return fail(Errc::kBadRequest, "`title` is missing", "title");
    SEWA_TRY(service.category, short_text(body, "category"));
    SEWA_TRY(service.slug, short_text(body, "slug"));
    SEWA_TRY(service.price, short_text(body, "price"));
    return service;
}

}  // namespace

void put_person(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto person = person_of(*body, UserId{call.id()});
    if (!person) return call.reply(refuse(person.error()));
    std::string answer;
    wire::append_person(answer, *person);
    write(std::move(call), store::UpsertPerson{*std::move(person), true},
          [answer](Call const& done, store::Receipt const&) { done.reply(json(answer)); });
}

void put_service(Call call) {
    auto const body = json_body(call);
    if (!body) return;
    auto service = service_of(*body, ServiceId{call.id()});
    if (!service) return call.reply(refuse(service.error()));
    std::string answer;
    wire::append_service(answer, *service);
    write(std::move(call), store::UpsertService{*std::move(service)},
          [answer](Call const& done, store::Receipt const&) { done.reply(json(answer)); });
}

void show_server_presence(Call call) {
    auto const ids = query_users(call.request, "ids", call.limits.presence_ids_max);
    auto const taken = call.hub->presence(
        UserId{}, ids,
        [call](std::vector<store::Presence> const& people, std::vector<UserId> const& online) {
            call.reply(json(wire::encode_presence(people, online)));
        });
    if (!taken) call.reply(refuse(taken.error()));
}

}  // namespace sewa::api
