#include "app/demo.h"

#include <fmt/format.h>

#include <algorithm>

#include "auth/jwt.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/rest_objects.h"

namespace sewa::app {

namespace {

constexpr std::int64_t kTokenMs = 12 * 3600 * std::int64_t{1000};

Person person(std::int64_t id, std::string first, std::string last, Role role) {
    return {UserId{id}, first + " " + last, first, last, "", role};
}

std::vector<Service> const& demo_services() {
    static std::vector<Service> const services{
        {ServiceId{1}, UserId{2}, "Plumbing and leak repair", "Plumbing", "plumbing",
         "NPR 800 / h"},
        {ServiceId{2}, UserId{2}, "Bathroom fitting", "Plumbing", "bathroom-fitting", "NPR 12,000"},
        {ServiceId{3}, UserId{3}, "House cleaning", "Cleaning", "house-cleaning", "NPR 1,500"},
        {ServiceId{4}, UserId{3}, "Garden care", "Garden", "garden-care", "NPR 1,200"},
    };
    return services;
}

http::Response json_response(int status, std::string body) {
    auto response = http::Response::json(status, std::move(body));
    response.header("Cache-Control", "no-store");
    return response;
}

std::string catalogue() {
    std::string body = R"({"people":[)";
    for (auto const& entry : demo_people()) {
        if (body.back() != '[') body += ',';
        body += fmt::format(R"({{"key":"{}","user":)", entry.key);
        wire::append_person(body, entry.person);
        body += '}';
    }
    body += R"(],"services":[)";
    for (auto const& service : demo_services()) {
        if (body.back() != '[') body += ',';
        wire::append_service(body, service);
        body.pop_back();
        body += R"(,"provider":)";
        auto const& people = demo_people();
        auto const provider = std::find_if(people.begin(), people.end(), [&](auto const& entry) {
            return entry.person.id == service.provider;
        });
        wire::append_person(body, provider->person);
        body += '}';
    }
    return body + "]}";
}

}  // namespace

std::vector<DemoPerson> const& demo_people() {
    static std::vector<DemoPerson> const people{
        {"asha", person(1, "Asha", "Rai", Role::kCustomer)},
        {"bikash", person(2, "Bikash", "Shrestha", Role::kProvider)},
        {"chandra", person(3, "Chandra", "Gurung", Role::kProvider)},
        {"deepa", person(4, "Deepa", "Tamang", Role::kCustomer)},
    };
    return people;
}

Demo::Demo(store::Store& store, std::string secret, Clock const& clock)
    : store_(store), secret_(std::move(secret)), clock_(clock) {}

void Demo::seed() {
    auto const submit = [this](store::Command command) {
        // The queue is empty at start; a refusal would only leave the demo without its example.
        (void)store_.submit({std::move(command), {}});
    };
    for (auto const& entry : demo_people()) submit(store::UpsertPerson{entry.person});
    for (auto const& service : demo_services()) submit(store::UpsertService{service});
    store::OpenConversation open;
    open.service = ServiceId{1};
    open.provider = UserId{2};
    open.customer = UserId{1};
    open.initial_message = "Namaste! The kitchen tap is leaking. Could you come tomorrow morning?";
    open.client_msg_id = "demo-first-message";
    submit(std::move(open));
}

void Demo::add_routes(http::Router& router, chat::Hub&) {
    router.add(
        {http::Method::kGet, "/api/demo/", [](http::RequestContext& context, http::PathIds const&) {
             context.respond(json_response(200, catalogue()));
         }});
    router.add({http::Method::kPost, "/api/demo/login/",
                [this](http::RequestContext& context, http::PathIds const&) { log_in(context); }});
}

void Demo::log_in(http::RequestContext& context) const {
    auto const body = wire::JsonBody::parse(context.request().body);
    auto const key = body ? body->string_or("person", "") : Result<std::string>(std::string{});
    auto const& people = demo_people();
    auto const found = std::find_if(people.begin(), people.end(), [&](DemoPerson const& entry) {
        return key && entry.key == *key;
    });
    if (found == people.end()) {
        return context.respond(json_response(
            404, wire::encode_rest_error(error(
                     Errc::kNotFound, "no such person; GET /api/demo/ lists them", "person"))));
    }
    auth::Claims claims;
    claims.user = found->person.id;
    claims.name = found->person.name;
    claims.first_name = found->person.first_name;
    claims.last_name = found->person.last_name;
    claims.role = found->person.role;
    claims.expires_at = clock_.wall() + kTokenMs;
    std::string answer = fmt::format(
        R"({{"access":"{}","expires_in":{},"user":)",
        auth::sign_hs256(claims, {.secret = secret_, .issued_at = clock_.wall()}), kTokenMs / 1000);
    wire::append_person(answer, found->person);
    context.respond(json_response(200, answer + "}"));
}

}  // namespace sewa::app
