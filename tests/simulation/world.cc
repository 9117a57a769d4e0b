#include "world.h"

#include <algorithm>
#include <utility>

#include "core/assert.h"

namespace sewa::simulation {

namespace {

constexpr std::int64_t kHealMs = 900'000;
constexpr std::int64_t kRestMs = 90'000;  // Longer than a lease and P-2 take together.

std::string fresh_path(std::uint64_t seed) {
    static std::uint64_t worlds = 0;
    return fmt::format("file:/simulation-{}-{}?vfs=memdb", seed, ++worlds);
}

}  // namespace

World::World(std::uint64_t seed, bool is_printed)
    : random_(seed),
      weather_(Weather::from(random_)),
      trace_(clock_, is_printed),
      path_(fresh_path(seed)) {
    auto disk = store::sqlite::Database::open({.path = path_, .cache_bytes = 1 << 20});
    SEWA_ASSERT(disk);
    disk_ = *std::move(disk);
    disk_->pragma("PRAGMA user_version");  // The database lives as long as this has it open.
    trace_.note("weather: {} shards, {} users, {} raw; {}", weather_.shards, weather_.users,
                weather_.raw_clients, weather_.faults());
    start_server();
    set_up();
    add_clients();
}

World::~World() {
    server_.reset();  // What it loses is still told to `answers_`.
}

// --- setting up
// -----------------------------------------------------------------------------------

void World::start_server() {
    trace_.note("the server starts");
    ++server_life_;
    server_ =
        std::make_unique<SimServer>(SimServer::Parts{path_, clock_, random_, weather_, trace_});
}

void World::commit(store::Command command) {
    store::Write write{std::move(command), {}};
    auto const batch = server_->store.engine().apply({&write, 1});
    auto const& outcome = batch->outcomes.front().result;
    if (!outcome) return trace_.complain("set-up: {}", outcome.error().message);
    auto const conversation = outcome->conversation;
    if (conversation) conversations_.push_back(conversation);
}

void World::set_up() {
    UserId const provider{1};
    std::vector<UserId> everybody;
    for (std::int64_t i = 1; i <= weather_.users; ++i) everybody.push_back(UserId{i});
    for (auto const user : everybody) {
        commit(store::UpsertPerson{
            {user, fmt::format("user {}", user.value), {}, {}, {}, Role::kCustomer}});
    }
    commit(store::UpsertService{{ServiceId{1}, provider, "Haircut", "beauty", {}, "500"}});
    conversations_.clear();
    for (auto const customer : everybody) {
        if (customer == provider) continue;
        commit(store::OpenConversation{ServiceId{1}, provider, customer, {}, {}});
        partners_.insert({provider, customer});
    }
    for (int i = 0; i < 2; ++i) {
        commit(store::CreateGroup{"Team", everybody, provider});
        groups_.push_back(conversations_.back());
    }
    // The shards of this server have not seen these commits; the next one has.
    start_server();
}

void World::add_clients() {
    int index = 0;
    bool const last_is_raw = weather_.raw_clients > 0 && weather_.users > 2;
    for (std::int64_t user = 1; user <= weather_.users - (last_is_raw ? 1 : 0); ++user) {
        clients_.push_back(std::make_unique<CoreClient>(*this, index++, UserId{user}, chance(2)));
    }
    for (int i = 0; i < weather_.second_devices; ++i) {
        auto const user = 1 + static_cast<std::int64_t>(random_.below(clients_.size()));
        clients_.push_back(std::make_unique<CoreClient>(*this, index++, UserId{user}, chance(2)));
    }
    for (int i = 0; i < weather_.raw_clients; ++i) {
        auto const user =
            i == 0
                ? weather_.users
                : 1 + static_cast<int>(random_.below(static_cast<std::uint64_t>(weather_.users)));
        raws_.push_back(std::make_unique<RawClient>(*this, index++, UserId{user}, !chance(3)));
    }
    for (auto const& client : clients_) client->start();
}

// --- what clients ask of the world
// ----------------------------------------------------------------

std::string World::token_for(UserId user) {
    auto const lives_ms = static_cast<std::int64_t>(120'000 + random_.below(600'000));
    return fmt::format("{}.{}", user.value, clock_.wall().value + lives_ms);
}

ConversationId World::some_conversation() {
    return conversations_[random_.below(conversations_.size())];
}

std::uint64_t World::open_link(Opening const& opening) {
    if (server_ == nullptr) return 0;
    auto const id = ++last_link_;
    auto name = fmt::format("link {} of client {}", id, opening.client);
    trace_.note("{}: user {} since \"{}\"", name, opening.user.value, opening.since);
    WireChecker wire(trace_, std::move(name), opening.user, opening.is_v1, !opening.since.empty());
    links_[id] = std::make_unique<Link>(id, opening.client, std::move(wire));
    auto const shard = random_.below(server_->shards.size());
    ShardScope const scope(ShardId{static_cast<std::uint16_t>(shard)});
    session::SessionRequest request;
    request.version = opening.is_v1 ? "1" : "";
    request.since = opening.since;
    request.credential = server_->authenticator.verify(opening.token);
    server_->shards[shard]->accept(*links_[id], std::move(request));
    return id;
}

void World::send_from_client(std::uint64_t id, Packet packet) {
    if (auto* const found = link(id)) found->to_server(std::move(packet));
}

void World::close_from_client(std::uint64_t id) {
    auto* const found = link(id);
    if (found == nullptr) return;
    found->client_open = false;
    found->downstream.clear();
    found->to_server({Packet::Kind::kClosed, {}, 1000});
}

// Held by the job: a server that dies with it loses the answer, and the client hears so.
struct World::PendingGet {
    PendingGet(World& owner, std::function<void()> lost) : world(owner), is_lost(std::move(lost)) {}
    ~PendingGet() {
        if (is_lost) world.answers_.push_back({is_lost, is_lost});
    }
    World& world;
    std::function<void()> is_lost;
};

void World::http_get(CoreClient& client, std::uint64_t request, std::string const& path) {
    trace_.note("{} reads {}", client.name(), path);
    auto const deliver = [&client, request, life = client.life()](RestAnswer answer) {
        if (client.life() == life) client.answer(request, {answer.status, std::move(answer.body)});
    };
    auto const is_lost = [deliver] { deliver({}); };
    auto const pending = std::make_shared<PendingGet>(*this, is_lost);
    if (server_ == nullptr) return;
    (void)server_->store.read([=, this, user = client.user()](store::Reader& reader) {
        pending->is_lost = nullptr;
        auto answer = answer_get(reader, user, path);
        answers_.push_back({[deliver, answer] { deliver(answer); }, is_lost});
    });
}

void World::rest_post(RawClient& client, UserId user, RestPost const& post) {
    if (server_ == nullptr) return;
    auto const shard = random_.below(server_->shards.size());
    ShardScope const scope(ShardId{static_cast<std::uint16_t>(shard)});
    store::PostMessage message;
    message.conversation = post.conversation;
    message.sender = user;
    message.content = post.content;
    message.client_msg_id = post.key;
    message.transport = Transport::kRest;
    auto const done = [this, &client, key = post.key](Result<store::Receipt> const& result) {
        bool const is_final = result || !info(result.error().code).retryable;
        auto const receipt = result.value_or(store::Receipt{});
        answers_.push_back({[&client, key, receipt, is_final] {
                                client.answered(key, receipt.pos, receipt.conv_seq, is_final);
                            },
                            [] {}});
    };
    (void)server_->shards[shard]->hub.write(std::move(message), done);
}

// --- what may happen next
// -------------------------------------------------------------------------

void World::collect(Phase phase) {
    choices_.clear();
    if (server_) collect_server();
    collect_links(phase);
    collect_clients(phase);
    for (std::size_t i = 0; i < std::min<std::size_t>(answers_.size(), 3); ++i) {
        add(Kind::kAnswer, i, 4);
    }
    if (phase == Phase::kHeal) return;
    add(Kind::kClock, 0, 6);
    add(Kind::kFault, 0, 2);
    if (weather_.membership) add(Kind::kAdmin, 0, 1);
}

void World::collect_server() {
    if (server_->store.has_writes()) add(Kind::kApply, 0, 8);
    if (server_->store.has_reads()) add(Kind::kRead, 0, 10);
    for (std::size_t i = 0; i < server_->shards.size(); ++i) {
        auto const& shard = *server_->shards[i];
        if (server_->can_hand_out(i)) add(Kind::kHandOut, i, 8);
        if (!shard.mailbox.empty()) add(Kind::kMail, i, 12);
        if (server_->can_run_timers(i)) add(Kind::kTimers, i, 10);
        for (auto const& [id, connection] : shard.connections) {
            bool const is_blocked = connection->link().downstream.size() >= weather_.pipe_max;
            if (connection->has_output() && !is_blocked) add(Kind::kFlush, id, 6);
        }
    }
}

void World::collect_links(Phase phase) {
    for (auto const& [id, link] : links_) {
        if (link->stalled_steps > 0 && phase == Phase::kRun) {
            --link->stalled_steps;
            continue;
        }
        if (!link->upstream.empty()) add(Kind::kToServer, id, 6);
        if (!link->downstream.empty()) add(Kind::kToClient, id, 8);
    }
}

void World::collect_clients(Phase phase) {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        auto const& client = *clients_[i];
        if (client.is_due()) add(Kind::kTick, i, 8);
        if (client.has_token_request()) add(Kind::kToken, i, 6);
        if (client.has_get()) add(Kind::kGet, i, 6);
        if (phase == Phase::kRun) add(Kind::kAct, i, 2);
    }
    if (phase == Phase::kHeal) return;
    for (std::size_t i = 0; i < raws_.size(); ++i) add(Kind::kRawAct, i, 2);
}

bool World::step(Phase phase) {
    collect(phase);
    if (choices_.empty()) return false;
    std::uint64_t total = 0;
    for (auto const& choice : choices_) total += choice.weight;
    auto at = random_.below(total);
    for (auto const& choice : choices_) {
        if (at < choice.weight) {
            take(choice, phase);
            break;
        }
        at -= choice.weight;
    }
    reap_links();
    return true;
}

void World::take(Choice const& choice, Phase phase) {
    auto const index = choice.index;
    switch (choice.kind) {
        case Kind::kApply: {
            bool const disk_fails = phase == Phase::kRun && weather_.disk_failures && chance(12);
            return server_->store.apply(disk_fails);
        }
        case Kind::kHandOut:
            return server_->hand_out(index);
        case Kind::kRead:
            return server_->store.run_read();
        case Kind::kMail:
            return server_->run_mail(index);
        case Kind::kTimers:
            return server_->run_timers(index);
        case Kind::kFlush: {
            std::size_t shard = 0;
            auto* const connection = server_->connection(index, &shard);
            ShardScope const scope(ShardId{static_cast<std::uint16_t>(shard)});
            connection->flush(1 + random_.below(std::min<std::uint64_t>(6, weather_.pipe_max)));
            return server_->shards[shard]->reap();
        }
        case Kind::kToServer:
            return deliver_up(*link(index));
        case Kind::kToClient:
            return deliver_down(*link(index));
        case Kind::kTick:
            return clients_[index]->tick();
        case Kind::kToken:
            return clients_[index]->grant_token();
        case Kind::kGet:
            return clients_[index]->carry_out_get();
        case Kind::kAnswer:
            return answer_arrives(index, phase == Phase::kRun && weather_.lost_answers);
        case Kind::kAct:
            return clients_[index]->act();
        case Kind::kRawAct:
            return raws_[index]->act();
        case Kind::kFault:
            return fault();
        case Kind::kAdmin:
            return administer();
        case Kind::kClock: {
            auto ms = 1 + random_.below(40);
            if (chance(25)) ms = random_.below(6'000);
            if (weather_.long_waits && chance(80)) ms = random_.below(70'000);
            if (weather_.wall_jumps && chance(40)) jump_wall_clock();
            return advance(static_cast<std::int64_t>(ms));
        }
    }
}

void World::deliver_up(Link& link) {
    auto packet = std::move(link.upstream.front());
    link.upstream.pop_front();
    std::size_t shard = 0;
    auto* const connection = server_ ? server_->connection(link.id, &shard) : nullptr;
    if (connection == nullptr) return;
    trace_.note("link {} up: {}", link.id, packet.text);
    ShardScope const scope(ShardId{static_cast<std::uint16_t>(shard)});
    connection->receive(std::move(packet));
    server_->shards[shard]->reap();
}

void World::deliver_down(Link& link) {
    auto const packet = std::move(link.downstream.front());
    link.downstream.pop_front();
    trace_.note("link {} down: {}{}", link.id, packet.text,
                packet.kind == Packet::Kind::kClosed ? fmt::format("closed {}", packet.code) : "");
    if (packet.kind == Packet::Kind::kText) link.wire.check(packet.text);
    auto const index = static_cast<std::size_t>(link.client);
    auto const id = link.id;
    if (packet.kind == Packet::Kind::kClosed) link.client_open = false;
    if (index < clients_.size()) return clients_[index]->deliver(id, packet);
    raws_[index - clients_.size()]->deliver(id, packet);
}

void World::answer_arrives(std::uint64_t index, bool may_be_lost) {
    auto const answer = std::move(answers_[index]);
    answers_.erase(answers_.begin() + static_cast<std::ptrdiff_t>(index));
    if (may_be_lost && chance(6)) return answer.is_lost();
    answer.arrives();
}

// --- faults
// ---------------------------------------------------------------------------------------

void World::fault() {
    switch (random_.below(8)) {
        case 0:
        case 1:
            if (weather_.cuts) cut_some_link();
            return;
        case 2:
        case 3:
            if (auto* const stalled = some_link(); stalled && weather_.stalls) {
                stalled->stalled_steps = static_cast<int>(random_.below(120));
            }
            return;
        case 4:
            if (!weather_.server_crashes) return;
            if (server_ == nullptr) return start_server();
            if (chance(2)) crash_server();
            return;
        case 5:
            if (weather_.client_crashes && chance(2)) {
                clients_[random_.below(clients_.size())]->crash();
            }
            return;
        case 6:
            if (auto* const drained = some_link(); drained && weather_.drains && server_) {
                std::size_t shard = 0;
                auto* const connection = server_->connection(drained->id, &shard);
                if (connection == nullptr || !chance(3)) return;
                ShardScope const scope(ShardId{static_cast<std::uint16_t>(shard)});
                connection->session().drain(static_cast<std::int64_t>(random_.below(3000)));
            }
            return;
        default:
            if (server_ == nullptr) start_server();
    }
}

void World::cut_some_link() {
    auto* const victim = some_link();
    if (victim == nullptr) return;
    Link::Cut cut;
    cut.upstream_kept = random_.below(victim->upstream.size() + 1);
    cut.downstream_kept = random_.below(victim->downstream.size() + 1);
    cut.server_notices = !weather_.half_open || chance(2);
    cut.client_notices = !weather_.half_open || chance(2);
    trace_.note("link {} is cut", victim->id);
    victim->cut(cut);
}

// Before a commit, after it, between two shards, with answers under way: whenever it is.
void World::crash_server() {
    trace_.note("the server crashes");
    for (auto const& [id, link] : links_) {
        if (!link->server_open) continue;
        Link::Cut cut;
        cut.downstream_kept = random_.below(link->downstream.size() + 1);
        cut.server_notices = false;
        cut.client_notices = !weather_.half_open || !chance(3);
        link->cut(cut);
    }
    server_.reset();
}

void World::administer() {
    if (server_ == nullptr) return;
    auto const group = groups_[random_.below(groups_.size())];
    store::ChangeConversation change{group, {}, ConversationChange::kRenamed, {}, "Team"};
    auto const users = static_cast<std::uint64_t>(weather_.users);
    change.participant = UserId{1 + static_cast<std::int64_t>(random_.below(users))};
    switch (random_.below(6)) {
        case 0:
            change.change = ConversationChange::kParticipantRemoved;
            break;
        case 1:
        case 2:
            change.change = ConversationChange::kParticipantAdded;
            break;
        case 3:
            change.change = ConversationChange::kClosed;
            break;
        case 4:
            change.change = ConversationChange::kReopened;
            break;
        default:
            change.title = fmt::format("Team {}", random_.below(100));
    }
    ShardScope const scope(ShardId{0});
    (void)server_->shards[0]->hub.write(std::move(change), [](auto const&) {});
}

// --- time and order
// -------------------------------------------------------------------------------

void World::advance(std::int64_t ms) {
    clock_.advance(ms);
}

void World::jump_wall_clock() {
    constexpr std::int64_t kDaysMs = std::int64_t{10} * 24 * 3'600'000;
    auto const there = static_cast<std::int64_t>(random_.below(2 * kDaysMs)) - kDaysMs;
    trace_.note("the wall clock jumps by {} ms", there);
    clock_.set_wall(clock_.wall() + there);
}

std::optional<MonoMs> World::next_due() const {
    auto next = server_ ? server_->next_due() : std::nullopt;
    for (auto const& client : clients_) {
        if (auto const due = client->next_due()) next = std::min(next.value_or(*due), *due);
    }
    return next;
}

Link* World::link(std::uint64_t id) {
    auto const found = links_.find(id);
    return found == links_.end() ? nullptr : found->second.get();
}

Link* World::some_link() {
    if (links_.empty()) return nullptr;
    auto const at = random_.below(links_.size());
    return std::next(links_.begin(), static_cast<std::ptrdiff_t>(at))->second.get();
}

void World::reap_links() {
    std::erase_if(links_, [](auto const& entry) {
        return !entry.second->client_open && !entry.second->server_open;
    });
}

void World::run() {
    for (int i = 0; i < weather_.steps; ++i) step(Phase::kRun);
}

bool World::is_settled() const {
    return std::all_of(clients_.begin(), clients_.end(),
                       [](auto const& client) { return client->is_settled(); }) &&
           std::all_of(raws_.begin(), raws_.end(),
                       [](auto const& raw) { return raw->is_settled(); });
}

// People who look at a client that has given up log in again.
void World::rouse() {
    if (server_ == nullptr) start_server();
    for (auto const& client : clients_) {
        if (client->is_stopped()) client->start();
    }
    for (auto const& raw : raws_) {
        if (!raw->is_settled()) raw->settle();
    }
}

void World::heal() {
    trace_.note("healing");
    auto const until = clock_.mono() + kHealMs;
    auto const pass_time = [&](std::int64_t at_most) {
        while (step(Phase::kHeal)) {
        }
        auto const now = clock_.mono();
        auto const due = next_due().value_or(now + at_most);
        advance(std::clamp(due - now, shard::TimerWheel::kTickMs, at_most));
    };
    rouse();
    while (step(Phase::kHeal)) {
    }
    while (!is_settled() && clock_.mono() < until) {
        rouse();
        pass_time(1000);
    }
    for (auto const& raw : raws_) raw->disconnect();
    auto const rested = clock_.mono() + kRestMs;
    while (clock_.mono() < rested || !is_settled()) {
        if (clock_.mono() >= until + kRestMs) break;
        for (auto const& client : clients_) {
            if (client->is_stopped()) client->start();
        }
        pass_time(1000);
    }
    while (step(Phase::kHeal)) {
    }
}

Outcome run_seed(std::uint64_t seed, bool is_printed) {
    World world(seed, is_printed);
    world.run();
    world.heal();
    world.check();
    return {world.trace().hash(), world.trace().complaints()};
}

}  // namespace sewa::simulation
