#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "screen.h"
#include "sewa/client_core.h"

namespace sewa::simulation {

class World;

// A device with the real client core, an application around it and the power to crash. What the
// core asks for waits here until the world carries it out.
class CoreClient {
public:
    CoreClient(World& world, int index, UserId user, bool saves);

    // What the application does.
    void start();
    void act();
    void crash();
    void type_in(ConversationId conversation);

    // What the world carries out, and brings.
    bool has_token_request() const { return !token_requests_.empty(); }
    bool has_get() const { return !gets_.empty(); }
    void grant_token();
    void carry_out_get();
    void answer(std::uint64_t request, client::HttpAnswer answer);
    void deliver(std::uint64_t link, struct Packet const& packet);
    void tick();
    std::optional<MonoMs> next_due() const { return core_->next_deadline(); }
    bool is_due() const;

    bool is_settled() const;
    bool is_stopped() const { return core_->state() == client::LinkState::kStopped; }
    bool is_live() const { return core_->state() == client::LinkState::kLive; }
    UserId user() const { return user_; }
    int index() const { return index_; }
    std::string const& name() const { return name_; }
    Screen const& screen() const { return screen_; }
    client::ClientCore const& core() const { return *core_; }
    std::uint32_t life() const { return life_; }

private:
    struct Crashed {
        client::SavedState state;
        Screen screen;
    };

    client::CoreOptions options() const;
    void carry_out();
    void carry_out(client::Action action);
    void connect(client::Connect const& request);
    void show(client::Event const& event);
    void note_progress(client::SendProgress const& progress);

    void send_text();
    void edit_own(ConversationId conversation, bool removes);
    void react(ConversationId conversation);
    std::optional<MessageId> some_message(ConversationId conversation, bool own);
    std::string unique_text(char const* what);

    World& world_;
    int const index_;
    UserId const user_;
    bool const saves_;
    std::string name_;
    SeededRandom random_;
    std::unique_ptr<client::ClientCore> core_;
    Screen screen_;
    std::optional<Crashed> saved_;
    std::uint32_t life_ = 0;
    std::uint64_t connection_ = 0;  // The core's number of the link.
    std::uint64_t link_ = 0;        // 0: none.
    std::deque<client::FetchToken> token_requests_;
    std::deque<client::HttpGet> gets_;
    int texts_ = 0;
    std::size_t actions_ = 0;  // Carried out since the last tick.
    MonoMs idle_since_{-1};    // A tick at this time did nothing.
};

}  // namespace sewa::simulation
