#include "core_client.h"

#include <utility>

#include "world.h"

namespace sewa::simulation {

CoreClient::CoreClient(World& world, int index, UserId user, bool saves)
    : world_(world),
      index_(index),
      user_(user),
      saves_(saves),
      name_(fmt::format("client {} (user {})", index, user.value)),
      random_(world.random().next()),
      core_(std::make_unique<client::ClientCore>(options(), world.clock(), random_)),
      screen_(world.trace(), world.sends(), name_, user) {}

client::CoreOptions CoreClient::options() const {
    client::CoreOptions options;
    options.save = saves_;
    return options;
}

void CoreClient::start() {
    core_->start();
    carry_out();
}

// The process dies. What it had saved it goes on with; a client that saves nothing begins anew.
void CoreClient::crash() {
    world_.trace().note("{} crashes", name_);
    if (link_ != 0) world_.close_from_client(link_);
    link_ = 0;
    ++life_;
    token_requests_.clear();
    gets_.clear();
    core_ = std::make_unique<client::ClientCore>(options(), world_.clock(), random_);
    screen_ = Screen(world_.trace(), world_.sends(), name_, user_);
    if (saves_ && saved_) {
        core_->restore(saved_->state);
        screen_ = saved_->screen;
        screen_.forget_signs();
    }
    start();
}

bool CoreClient::is_due() const {
    auto const due = core_->next_deadline();
    return due && *due <= world_.clock().mono() && idle_since_ != world_.clock().mono();
}

bool CoreClient::is_settled() const {
    return is_live() && core_->waiting() == 0 && gets_.empty() && token_requests_.empty();
}

void CoreClient::grant_token() {
    auto const request = token_requests_.front();
    token_requests_.pop_front();
    core_->on_token(request.request, world_.token_for(user_));
    carry_out();
}

void CoreClient::carry_out_get() {
    auto const get = std::move(gets_.front());
    gets_.pop_front();
    world_.http_get(*this, get.request, get.path);
}

void CoreClient::answer(std::uint64_t request, client::HttpAnswer answer) {
    core_->on_http(request, std::move(answer));
    carry_out();
}

void CoreClient::tick() {
    auto const now = world_.clock().mono();
    core_->tick();
    actions_ = 0;
    carry_out();
    auto const due = core_->next_deadline();
    if (actions_ > 0 || !due || *due > now) return;
    // A program would call again at once, and again.
    world_.trace().complain("{} asks for a tick that does nothing", name_);
    idle_since_ = now;
}

void CoreClient::deliver(std::uint64_t link, Packet const& packet) {
    if (link != link_) return;
    switch (packet.kind) {
        case Packet::Kind::kText:
            core_->on_text(connection_, packet.text);
            break;
        case Packet::Kind::kPing:
            core_->on_sign_of_life(connection_);
            world_.send_from_client(link_, {Packet::Kind::kPong, {}, 0});
            break;
        case Packet::Kind::kPong:
            break;
        case Packet::Kind::kClosed:
            link_ = 0;
            core_->on_closed(connection_, packet.code);
            break;
    }
    carry_out();
}

void CoreClient::carry_out() {
    for (auto actions = core_->take_actions(); !actions.empty(); actions = core_->take_actions()) {
        actions_ += actions.size();
        for (auto& action : actions) carry_out(std::move(action));
    }
}

void CoreClient::carry_out(client::Action action) {
    if (auto* const token = std::get_if<client::FetchToken>(&action)) {
        token_requests_.push_back(*token);
    } else if (auto* const request = std::get_if<client::Connect>(&action)) {
        connect(*request);
    } else if (auto* const text = std::get_if<client::SendText>(&action)) {
        if (text->connection == connection_ && link_ != 0) {
            world_.send_from_client(link_, {Packet::Kind::kText, std::move(text->text), 0});
        }
    } else if (auto* const close = std::get_if<client::CloseSocket>(&action)) {
        if (close->connection == connection_ && link_ != 0) {
            world_.close_from_client(std::exchange(link_, 0));
        }
    } else if (auto* const get = std::get_if<client::HttpGet>(&action)) {
        gets_.push_back(std::move(*get));
    } else if (auto* const save = std::get_if<client::Save>(&action)) {
        saved_ = Crashed{std::move(save->state), screen_};
    } else if (auto* const event = std::get_if<client::Event>(&action)) {
        show(*event);
    }
}

void CoreClient::connect(client::Connect const& request) {
    connection_ = request.connection;
    link_ = world_.open_link({index_, user_, true, request.since, request.token});
    if (link_ != 0) return core_->on_opened(connection_);
    core_->on_closed(connection_, 1006);
}

void CoreClient::show(client::Event const& event) {
    if (auto const* const progress = std::get_if<client::SendProgress>(&event)) {
        note_progress(*progress);
    }
    if (auto const* const changed = std::get_if<client::ConnectionChanged>(&event)) {
        world_.trace().note("{} is {}", name_, static_cast<int>(changed->state));
    }
    screen_.show(event);
}

void CoreClient::note_progress(client::SendProgress const& progress) {
    if (!progress.is_message || progress.state != client::SendState::kSent) return;
    world_.trace().note("{} has {} as {}", name_, progress.key, progress.id.value);
    if (!world_.sends().acknowledged({progress.key, progress.id, progress.conv_seq})) {
        world_.trace().complain("{}: two answers for {}", name_, progress.key);
    }
}

// --- the application -----------------------------------------------------------------------------

std::string CoreClient::unique_text(char const* what) {
    auto text = fmt::format("{}{}-{}", what, index_, ++texts_);
    if (random_.below(8) == 0) text += ' ' + std::string(random_.below(400), 'x');
    return text + '.';
}

void CoreClient::act() {
    auto const conversation = world_.some_conversation();
    switch (random_.below(16)) {
        case 0:
            edit_own(conversation, false);
            break;
        case 1:
            edit_own(conversation, true);
            break;
        case 2:
        case 3:
            react(conversation);
            break;
        case 4:
        case 5:
            (void)core_->mark_read(conversation, core_->applied(conversation));
            break;
        case 6:
        case 7:
            core_->keystroke(conversation);
            break;
        case 8:
            core_->stop_typing();
            break;
        case 9:
            core_->retry_now();
            break;
        default:
            send_text();
    }
    carry_out();
}

void CoreClient::type_in(ConversationId conversation) {
    core_->keystroke(conversation);
    carry_out();
}

void CoreClient::send_text() {
    auto const conversation = world_.some_conversation();
    auto const text = unique_text("m");
    auto const reply_to = random_.below(6) == 0 ? some_message(conversation, false) : std::nullopt;
    auto const key = core_->send(conversation, text, reply_to.value_or(MessageId{}));
    if (!key) return;
    world_.trace().note("{} sends {} to {}", name_, *key, conversation.value);
    world_.sends().sent({user_, conversation, *key, text});
}

std::optional<MessageId> CoreClient::some_message(ConversationId conversation, bool own) {
    auto const found = screen_.conversations().find(conversation);
    if (found == screen_.conversations().end()) return std::nullopt;
    std::vector<MessageId> candidates;
    for (auto const& [id, line] : found->second.lines) {
        if (!line.is_deleted && (!own || line.sender == user_)) candidates.push_back(id);
    }
    if (candidates.empty()) return std::nullopt;
    return candidates[random_.below(candidates.size())];
}

void CoreClient::edit_own(ConversationId conversation, bool removes) {
    bool const for_everyone = random_.below(2) == 0;
    auto const id = some_message(conversation, !removes || for_everyone);
    if (!id) return;
    if (removes) return static_cast<void>(core_->remove(conversation, *id, for_everyone));
    auto const text = unique_text("e");
    world_.sends().edited(text, *id, user_);
    (void)core_->edit(conversation, *id, text);
}

void CoreClient::react(ConversationId conversation) {
    auto const id = some_message(conversation, false);
    if (!id) return;
    (void)core_->react(conversation, *id, random_.below(2) == 0 ? "+1" : "❤",
                       random_.below(3) != 0);
}

}  // namespace sewa::simulation
