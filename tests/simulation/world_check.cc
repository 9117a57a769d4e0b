#include "checker.h"
#include "world.h"

namespace sewa::simulation {

// After the last fault, when nothing moves any more.
void World::check() {
    trace_.note("checking");
    for (auto const& client : clients_) {
        if (!client->is_settled()) {
            trace_.complain("{} does not come to rest: state {}, {} wait", client->name(),
                            static_cast<int>(client->core().state()), client->core().waiting());
        }
    }
    for (auto const& raw : raws_) {
        if (!raw->is_settled()) trace_.complain("raw client {} gets no answer", raw->index());
    }
    Checker checker(trace_, server_->store.reader(), sends_);
    for (std::int64_t user = 1; user <= weather_.users; ++user) {
        for (auto const conversation : conversations_) checker.read(UserId{user}, conversation);
    }
    checker.check_sends();
    for (std::int64_t user = 1; user <= weather_.users; ++user) checker.check_unread(UserId{user});
    for (auto const& client : clients_) {
        Checker::Viewer viewer{client->name(), client->user(), client->screen(), {}};
        for (auto const id : conversations_) viewer.applied[id] = client->core().applied(id);
        checker.check_screen(viewer);
    }
    check_presence();
    server_->check_bounds();
    check_typing();
}

bool World::sheds() const {
    return weather_.mailbox_max < 1000 || weather_.transport_bytes_max < 100'000 ||
           weather_.reads_queued_max < 1000 || weather_.frames_per_minute != 0;
}

// P-5, M-12: everybody types in a group; those who take part, and nobody else, see each other.
void World::check_typing() {
    if (sheds()) return;
    for (auto const& [id, link] : links_) {
        if (link->wire.typists() != 0) trace_.complain("link {}: P-5 a stop never came", id);
    }
    auto const group = groups_[random_.below(groups_.size())];
    for (auto const& client : clients_) client->type_in(group);
    while (step(Phase::kHeal)) {}
    auto const audience = server_->store.reader().audience(group);
    for (auto const& viewer : clients_) {
        for (auto const& typist : clients_) {
            if (viewer->user() == typist->user()) continue;
            bool const expected = audience && (*audience)->contains(viewer->user()) &&
                                  (*audience)->contains(typist->user());
            bool const is_seen = viewer->screen().typists().contains({group, typist->user()});
            if (is_seen == expected) continue;
            trace_.complain("{} {} user {} type in {}", viewer->name(), is_seen ? "sees" : "misses",
                            typist->user().value, group.value);
        }
    }
}

// P-2, P-3: of partners who stay partners everybody knows whether they are there.
void World::check_presence() {
    if (sheds()) return;
    std::set<UserId> connected;
    for (auto const& client : clients_) connected.insert(client->user());
    for (auto const& client : clients_) {
        for (auto const& [provider, customer] : partners_) {
            if (client->user() != provider && client->user() != customer) continue;
            auto const other = client->user() == provider ? customer : provider;
            bool const is_shown = client->screen().online().contains(other);
            if (is_shown != connected.contains(other)) {
                trace_.complain("{} shows user {} as {}", client->name(), other.value,
                                is_shown ? "online" : "offline");
            }
        }
    }
}

}  // namespace sewa::simulation
