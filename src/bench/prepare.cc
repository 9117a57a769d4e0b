#include "bench/prepare.h"

#include <fmt/format.h>

#include <vector>

#include "bench/frame_text.h"
#include "store/sqlite/data_folder.h"
#include "store/sqlite/engine.h"

namespace sewa::bench {

namespace {

constexpr std::size_t kBatch = 1000;
constexpr std::uint64_t kBatchesPerCheckpoint = 50;
constexpr std::uint32_t kTextBytes = 80;

// Collects writes into transactions.
class Filler {
public:
    explicit Filler(store::sqlite::Engine& engine) : engine_(engine) {}

    Status add(store::Command command) {
        writes_.push_back({std::move(command), {}});
        return writes_.size() < kBatch ? Status{} : flush();
    }

    // The conversation that the next AddConversation makes must be `id`.
    Status add_conversation(store::Command command, ConversationId id) {
        expected_.push_back(id);
        return add(std::move(command));
    }

    Status flush() {
        auto const batch = engine_.apply(writes_);
        writes_.clear();
        std::size_t next = 0;
        for (auto const& outcome : batch->outcomes) {
            if (!outcome.result) return fail(outcome.result.error());
            if (!outcome.result->conversation_created) continue;
            if (outcome.result->conversation != expected_.at(next++)) return not_empty();
        }
        if (next != expected_.size()) return not_empty();
        expected_.clear();
        if (++batches_ % kBatchesPerCheckpoint == 0) {
            engine_.checkpoint(store::sqlite::Database::Checkpoint::kTruncate);
        }
        return {};
    }

private:
    static tl::unexpected<Error> not_empty() {
        return fail(Errc::kBadRequest,
                    "the folder holds conversations already; prepare an empty one");
    }

    store::sqlite::Engine& engine_;
    std::vector<store::Write> writes_;
    std::vector<ConversationId> expected_;
    std::uint64_t batches_ = 0;
};

Status add_people(Filler& filler, Layout const& layout) {
    for (std::uint32_t conversation = 0; conversation < layout.conversations; ++conversation) {
        for (std::uint32_t member = 0; member < layout.members; ++member) {
            auto const user = layout.user(conversation, member);
            bool const is_provider = layout.are_pairs && member == 1;
            auto const role = is_provider ? Role::kProvider : Role::kCustomer;
            SEWA_CHECK(filler.add(store::UpsertPerson{
                {user, fmt::format("Person {}", user.value), {}, {}, {}, role}}));
        }
    }
    return filler.flush();
}

Status add_pair(Filler& filler, Layout const& layout, std::uint32_t conversation) {
    ServiceId const service{std::int64_t{conversation} + 1};
    auto const customer = layout.user(conversation, 0);
    auto const provider = layout.user(conversation, 1);
    SEWA_CHECK(filler.add(store::UpsertService{
        {service, provider, fmt::format("Service {}", service.value), {}, {}, {}}}));
    store::OpenConversation open;
    open.service = service;
    open.provider = provider;
    open.customer = customer;
    return filler.add_conversation(std::move(open), layout.id(conversation));
}

Status add_room(Filler& filler, Layout const& layout, std::uint32_t conversation) {
    store::CreateGroup group{fmt::format("Room {}", conversation + 1), {}, {}};
    for (std::uint32_t member = 0; member < layout.members; ++member) {
        group.participants.push_back(layout.user(conversation, member));
    }
    return filler.add_conversation(std::move(group), layout.id(conversation));
}

Status add_messages(Filler& filler, Layout const& layout, std::uint64_t messages,
                    std::function<void(std::uint64_t)> const& progress) {
    for (std::uint64_t i = 0; i < messages; ++i) {
        auto const conversation = static_cast<std::uint32_t>(i % layout.conversations);
        store::PostMessage post;
        post.conversation = layout.id(conversation);
        post.sender = layout.user(conversation, 0);
        post.client_msg_id = fmt::format("prepared-{}", i);
        post.content = content_of({0, static_cast<std::uint32_t>(i), i}, kTextBytes);
        SEWA_CHECK(filler.add(std::move(post)));
        if (i % 10'000 == 0) progress(i);
    }
    return {};
}

}  // namespace

Status prepare(std::string const& folder, Layout const& layout, std::uint64_t messages,
               std::function<void(std::uint64_t)> const& progress) {
    SystemClock const clock;
    SecureRandom random;
    SEWA_TRY(auto const data, store::sqlite::DataFolder::open(folder));
    SEWA_TRY(auto engine, store::sqlite::Engine::open(data.database_path(), clock, random));
    Filler filler(*engine);
    SEWA_CHECK(add_people(filler, layout));
    for (std::uint32_t i = 0; i < layout.conversations; ++i) {
        SEWA_CHECK(layout.are_pairs ? add_pair(filler, layout, i) : add_room(filler, layout, i));
    }
    SEWA_CHECK(filler.flush());
    SEWA_CHECK(add_messages(filler, layout, messages, progress));
    SEWA_CHECK(filler.flush());
    engine->checkpoint(store::sqlite::Database::Checkpoint::kTruncate);
    return {};
}

}  // namespace sewa::bench
