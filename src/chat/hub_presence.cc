#include <algorithm>
#include <utility>

#include "chat/hub.h"
#include "wire/session_frames.h"

namespace sewa::chat {

namespace {

// How soon a read that found the queue full is tried again.
constexpr std::int64_t kPresenceRetryMs = 50;

// What the store knows about one user; a bare id when it knows nothing or cannot answer.
Person person_of(store::Reader& reader, UserId user) {
    auto const found = reader.people({user});
    if (found && !found->empty()) return found->front().person;
    Person person;
    person.id = user;
    return person;
}

std::vector<UserId> partners_among(store::Reader& reader, UserId user, std::uint32_t limit,
                                   std::vector<UserId> const& ids) {
    auto const partners = reader.partners(user, limit).value_or(std::vector<UserId>{});
    std::vector<UserId> found;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(found), [&](UserId id) {
        return std::find(partners.begin(), partners.end(), id) != partners.end();
    });
    return found;
}

}  // namespace

void Hub::greet(Subscriber& subscriber, Greeting const& found) {
    auto const handle = subscriber.handle();
    bool const is_taken = reads_.push(
        ReadQueue::Urgency::kPresence,
        [user = subscriber.user(), handle, &presence = parts_.presence,
         limit = parts_.limits.partners_max, found](store::Reader& reader) -> HubTask {
            auto const partners = reader.partners(user, limit);
            auto const online = presence.online(partners.value_or(std::vector<UserId>{}));
            auto people = reader.people(online).value_or(std::vector<store::Presence>{});
            return [handle, found, self = person_of(reader, user),
                    people = std::move(people)](Hub& hub) {
                if (auto* const session = hub.registry_.find(handle)) {
                    found(*session, self, people);
                }
            };
        });
    if (is_taken) return;
    at(parts_.clock.mono() + kPresenceRetryMs, [this, handle, found](MonoMs) {
        if (auto* const session = registry_.find(handle)) greet(*session, found);
    });
}

Status Hub::presence(UserId user, std::vector<UserId> ids, PresenceFound found) {
    bool const is_taken =
        reads_.push(ReadQueue::Urgency::kLookup,
                    [user, ids = std::move(ids), &presence = parts_.presence,
                     limit = parts_.limits.partners_max,
                     found = std::move(found)](store::Reader& reader) -> HubTask {
                        auto const asked = user ? partners_among(reader, user, limit, ids) : ids;
                        auto people = reader.people(asked).value_or(std::vector<store::Presence>{});
                        return [found, people = std::move(people),
                                online = presence.online(asked)](Hub&) { found(people, online); };
                    });
    return is_taken ? Status{} : ReadQueue::refusal();
}

void Hub::depart(UserId user, std::uint64_t departure) {
    auto const left_at = parts_.presence.depart(user, departure);
    if (left_at) announce(user, Change::kWentOffline, *left_at);
}

// Tells the partners, each once (P-3). By the time the partners are known the user may be back or
// gone again; then the later change tells them.
void Hub::announce(UserId user, Change change, WallMs last_seen) {
    if (parts_.presence.is_online(user) != (change == Change::kCameOnline)) return;
    if (reads_.push(ReadQueue::Urgency::kPresence, find_viewers(user, change, last_seen))) return;
    at(parts_.clock.mono() + kPresenceRetryMs,
       [=, this](MonoMs) { announce(user, change, last_seen); });
}

ReadQueue::Read Hub::find_viewers(UserId user, Change change, WallMs last_seen) const {
    bool const is_online = change == Change::kCameOnline;
    return [user, is_online, last_seen,
            limit = parts_.limits.partners_max](store::Reader& reader) -> HubTask {
        auto viewers = std::make_shared<Audience>();
        viewers->participants = reader.partners(user, limit).value_or(std::vector<UserId>{});
        wire::StatusEntry const entry{user, person_of(reader, user).name, is_online, last_seen};
        return [user, is_online, viewers,
                frame = SharedFrame::text(wire::encode_status(entry))](Hub& hub) {
            if (hub.parts_.presence.is_online(user) != is_online) return;
            hub.broadcast(viewers, user, frame, EphemeralKind::kPresence,
                          static_cast<std::uint64_t>(user.value));
        };
    };
}

}  // namespace sewa::chat
