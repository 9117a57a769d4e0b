#include "api/accounts.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <memory>

#include "api/routes.h"
#include "auth/jwt.h"
#include "auth/password.h"
#include "wire/encode.h"

namespace sewa::api {

namespace {

constexpr std::size_t kNameBytesMin = 3;
constexpr std::size_t kAccountTextBytesMax = 200;
constexpr std::size_t kFamilyDigits = 32;
constexpr std::size_t kSecretDigits = 64;

using http::Method;

struct Credentials {
    std::string login;  // In small letters.
    std::string password;
};

std::string hash_of(std::string_view secret) {
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<unsigned char const*>(secret.data()), secret.size(), hash);
    return fmt::format("{:02x}", fmt::join(hash, hash + sizeof hash, ""));
}

// Programs of this machine, where no proxy says for whom they ask, count as one client.
std::string limited_address(ClientAddresses const& addresses, http::Request const& request) {
    auto const client = addresses.of(request);
    return client ? std::string(client->begin(), client->end()) : request.remote.host();
}

// `<family>.<secret>`: the family names the login, the secret counts once.
struct RefreshToken {
    std::string family;
    std::string secret;
    std::string text() const { return family + "." + secret; }
};

RefreshToken fresh_token(Random& random) {
    return {random.hex(kFamilyDigits), random.hex(kSecretDigits)};
}

Result<RefreshToken> parse_refresh(std::string_view text) {
    bool const fits =
        text.size() == kFamilyDigits + 1 + kSecretDigits && text[kFamilyDigits] == '.';
    if (!fits) return fail(Errc::kUnauthorized, "this refresh token does not count");
    return RefreshToken{std::string(text.substr(0, kFamilyDigits)),
                        std::string(text.substr(kFamilyDigits + 1))};
}

Result<std::string> login_of(wire::JsonBody const& body) {
    SEWA_TRY(auto name, body.string_or(body.has("username") ? "username" : "email", ""));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    bool const has_blank = std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
    });
    if (name.size() >= kNameBytesMin && name.size() <= kAccountTextBytesMax && !has_blank)
        return name;
    return fail(Errc::kBadRequest, "`username` has 3 to 200 bytes and no blanks", "username");
}

Result<Credentials> credentials_of(wire::JsonBody const& body) {
    SEWA_TRY(auto login, login_of(body));
    SEWA_TRY(auto password, body.string_or("password", ""));
    bool const fits =
        password.size() >= auth::kPasswordBytesMin && password.size() <= auth::kPasswordBytesMax;
    if (!fits) {
        return fail(Errc::kBadRequest, "`password` has 8 to 256 bytes", "password");
    }
    return Credentials{std::move(login), std::move(password)};
}

Result<std::string> short_text(wire::JsonBody const& body, std::string_view key) {
    SEWA_TRY(auto text, body.string_or(key, ""));
    if (text.size() <= kAccountTextBytesMax) return text;
    return fail(Errc::kBadRequest, fmt::format("`{}` has at most 200 bytes", key),
                std::string(key));
}

Result<Person> person_of(wire::JsonBody const& body) {
    Person person;
    SEWA_TRY(person.first_name, short_text(body, "first_name"));
    SEWA_TRY(person.last_name, short_text(body, "last_name"));
    SEWA_TRY(person.name, short_text(body, "name"));
    if (person.name.empty()) person.name = person.first_name + " " + person.last_name;
    if (person.name == " ") return fail(Errc::kBadRequest, "`name` is missing", "name");
    SEWA_TRY(auto const role, body.string_or("role", "customer"));
    if (role != "customer" && role != "provider") {
        return fail(Errc::kBadRequest, "`role` must be customer or provider", "role");
    }
    person.role = role == "provider" ? Role::kProvider : Role::kCustomer;
    return person;
}

// One shard's handlers. Copies of `parts` travel with the work.
class Desk {
public:
    explicit Desk(AccountParts const& parts) : parts_(parts) {}

    void enrol(Call call) const;
    void log_in(Call call) const;
    void refresh(Call call) const;
    void log_out(Call call) const;

    // False when it was answered: too many attempts.
    bool admit(AttemptLimiter& limiter, std::string const& key, Call const& call) const {
        auto const wait_ms = limiter.take(key, parts_.clock.mono());
        if (wait_ms == 0) return true;
        auto refused = error(Errc::kRateLimited, "too many attempts; wait");
        refused.retry_after_ms = wait_ms;
        call.reply(refuse(refused));
        return false;
    }

private:
    // Runs `work` on the desk's thread and what it returns on this shard.
    template <typename Work>
    void hash(Call const& call, Work work) const {
        auto const parts = parts_;
        bool const is_taken = parts_.desk.passwords.submit([parts, call, work] {
            auto next = work();
            if (!parts.peers.post(parts.shard, [next](chat::Hub&) { next(); })) busy(call);
        });
        if (!is_taken) busy(call);
    }
    static void busy(Call const& call) {
        call.reply(refuse(error(Errc::kUnavailable, "too many people log in; try again")));
    }

    store::Login login_for(RefreshToken const& token) const {
        return {token.family, hash_of(token.secret), ends_at()};
    }
    WallMs ends_at() const { return parts_.clock.wall() + parts_.desk.limits.refresh_ms; }
    Answer tokens(Person const& person, RefreshToken const& refresh, int status) const;
    void create(Call call, Credentials const& who, Person person, std::string hash) const;
    void start(Call call, Person const& person) const;

    AccountParts parts_;
};

Answer Desk::tokens(Person const& person, RefreshToken const& refresh, int status) const {
    auto const now = parts_.clock.wall();
    auth::Claims claims;
    claims.user = person.id;
    claims.expires_at = now + parts_.desk.limits.access_ms;
    claims.name = person.name;
    claims.first_name = person.first_name;
    claims.last_name = person.last_name;
    claims.role = person.role;
    auto const access = auth::sign_hs256(claims, {.secret = parts_.desk.secret, .issued_at = now});
    auto body = fmt::format(R"({{"access":"{}","refresh":"{}","expires_in":{},"user":)", access,
                            refresh.text(), parts_.desk.limits.access_ms / 1000);
    wire::append_person(body, person);
    return json(body + '}', status);
}

void Desk::enrol(Call call) const {
    auto const body = json_body(call);
    if (!body) return;
    auto const who = credentials_of(*body);
    if (!who) return call.reply(refuse(who.error()));
    auto const person = person_of(*body);
    if (!person) return call.reply(refuse(person.error()));
    hash(call, [desk = *this, call, who = *who, person = *person] {
        return [desk, call, who, person, text = auth::hash_password(who.password)] {
            if (text.empty()) return busy(call);
            desk.create(call, who, person, text);
        };
    });
}

void Desk::create(Call call, Credentials const& who, Person person, std::string hash) const {
    auto const token = fresh_token(parts_.random);
    write(std::move(call),
          store::CreateAccount{who.login, std::move(hash), person, login_for(token)},
          [desk = *this, token, person](Call const& done, store::Receipt const& receipt) {
              auto known = person;
              known.id = receipt.user;
              done.reply(desk.tokens(known, token, 201));
          });
}

// A name that nobody has takes the same way, and the same time, as a wrong password.
void Desk::log_in(Call call) const {
    auto const body = json_body(call);
    if (!body) return;
    auto const who = credentials_of(*body);
    if (!who) return call.reply(refuse(who.error()));
    if (!admit(parts_.desk.per_account, who->login, call)) return;
    look_up(call, [desk = *this, call, who = *who](store::Reader& reader) -> chat::HubTask {
        return [desk, call, who, found = reader.account(who.login)](chat::Hub&) {
            if (!found) return call.reply(refuse(found.error()));
            desk.hash(call, [desk, call, who, account = *found] {
                auto const& hash = account ? account->password_hash : auth::hash_of_nobody();
                bool const is_good = auth::password_matches(hash, who.password) && account;
                return [desk, call, is_good, account] {
                    if (is_good) return desk.start(call, account->person);
                    call.reply(refuse(
                        error(Errc::kUnauthorized, "no account with this name and password")));
                };
            });
        };
    });
}

void Desk::start(Call call, Person const& person) const {
    auto const token = fresh_token(parts_.random);
    write(std::move(call), store::StartLogin{person.id, login_for(token)},
          [desk = *this, token, person](Call const& done, store::Receipt const&) {
              done.reply(desk.tokens(person, token, 200));
          });
}

Answer unknown_refresh() {
    return refuse(error(Errc::kUnauthorized, "this refresh token does not count; log in again"));
}

void Desk::refresh(Call call) const {
    auto const body = json_body(call);
    if (!body) return;
    auto const text = body->string_or("refresh", "");
    auto const token = text ? parse_refresh(*text) : Result<RefreshToken>(fail(text.error()));
    if (!token) return call.reply(refuse(token.error()));
    RefreshToken const next{token->family, parts_.random.hex(kSecretDigits)};
    write(
        std::move(call),
        store::RotateLogin{token->family, hash_of(token->secret), hash_of(next.secret), ends_at()},
        [desk = *this, next](Call const& done, store::Receipt const& receipt) {
            if (!receipt.user) return done.reply(unknown_refresh());
            read(done, [desk, next, user = receipt.user](store::Reader& reader) {
                auto const people = reader.people({user});
                if (!people) return refuse(people.error());
                if (people->empty()) return unknown_refresh();
                return desk.tokens(people->front().person, next, 200);
            });
        });
}

void Desk::log_out(Call call) const {
    auto const body = json_body(call);
    if (!body) return;
    auto const text = body->string_or("refresh", "");
    auto const token = text ? parse_refresh(*text) : Result<RefreshToken>(fail(text.error()));
    if (!token) return call.reply(refuse(token.error()));
    write(std::move(call), store::EndLogin{token->family, hash_of(token->secret)},
          [](Call const& done, store::Receipt const&) { done.reply(no_content()); });
}

}  // namespace

void add_account_routes(http::Router& router, AccountParts const& parts) {
    auto const add = [&](std::string_view path, void (Desk::*handler)(Call) const) {
        router.add({Method::kPost, fmt::format("/api/auth/{}/", path),
                    [parts, handler](http::RequestContext& context, http::PathIds const&) {
                        Call call;
                        call.request = std::move(context.request());
                        call.hub = &parts.hub;
                        auto const responder = std::make_shared<http::Responder>(context.defer());
                        call.reply = [responder](Answer answer) {
                            responder->send(to_response(std::move(answer)));
                        };
                        Desk const desk(parts);
                        auto const address = limited_address(parts.addresses, call.request);
                        if (!desk.admit(parts.desk.per_address, address, call)) return;
                        (desk.*handler)(std::move(call));
                    },
                    16 * 1024});
    };
    add("register", &Desk::enrol);
    add("login", &Desk::log_in);
    add("refresh", &Desk::refresh);
    add("logout", &Desk::log_out);
}

}  // namespace sewa::api
