#include "store/sqlite/directory.h"

namespace sewa::store::sqlite {

namespace {

// The WHERE keeps the profile that every connection brings along from costing a write.
constexpr char kUpsertPerson[] =
    "INSERT INTO people (id, name, first_name, last_name, avatar, role) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, first_name = excluded.first_name, "
    "last_name = excluded.last_name, avatar = excluded.avatar, role = excluded.role "
    "WHERE (name, first_name, last_name, avatar, role) IS NOT "
    "(excluded.name, excluded.first_name, excluded.last_name, excluded.avatar, excluded.role)";

constexpr char kUpsertService[] =
    "INSERT INTO services (id, provider_id, title, category, slug, price) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET provider_id = excluded.provider_id, "
    "title = excluded.title, "
    "category = excluded.category, slug = excluded.slug, price = excluded.price "
    "WHERE (provider_id, title, category, slug, price) IS NOT "
    "(excluded.provider_id, excluded.title, excluded.category, excluded.slug, excluded.price)";

constexpr char kTouchLastSeen[] =
    "INSERT INTO people (id, name, first_name, last_name, avatar, role, last_seen) "
    "VALUES (?1, '', '', '', '', 0, ?2) "
    "ON CONFLICT (id) DO UPDATE SET last_seen = ?2 WHERE last_seen IS NULL OR last_seen < ?2";

}  // namespace

Directory::Directory(LogWriter& log, AccessChanges& access)
    : log_(log),
      access_(access),
      select_role_(log.db(), "SELECT role FROM people WHERE id = ?"),
      upsert_person_(log.db(), kUpsertPerson),
      upsert_service_(log.db(), kUpsertService),
      touch_last_seen_(log.db(), kTouchLastSeen) {}

Receipt Directory::answer(std::int64_t rows_changed) const {
    return {.created_at = log_.now(), .duplicate = rows_changed == 0};
}

bool Directory::changes_role(Person const& person) {
    auto row = select_role_.query(person.id);
    return row.next() && static_cast<Role>(row.integer(0)) != person.role;
}

Result<Receipt> Directory::operator()(UpsertPerson const& upsert) {
    auto const& person = upsert.person;
    if (!person.id) return fail(Errc::kBadRequest, "a person needs an id", "id");
    // A token of before would bring the former role back.
    if (upsert.is_authoritative && changes_role(person)) access_.revoke(person.id);
    auto const changed = upsert_person_.run(person.id, person.name, person.first_name,
                                            person.last_name, person.avatar, person.role);
    if (changed != 0) log_.forget_person(person.id);
    return answer(changed);
}

Result<Receipt> Directory::operator()(UpsertService const& upsert) {
    auto const& service = upsert.service;
    if (!service.id) return fail(Errc::kBadRequest, "a service needs an id", "id");
    return answer(upsert_service_.run(service.id, service.provider, service.title, service.category,
                                      service.slug, service.price));
}

Result<Receipt> Directory::operator()(TouchLastSeen const& touch) {
    return answer(touch_last_seen_.run(touch.user, touch.at.value));
}

}  // namespace sewa::store::sqlite
