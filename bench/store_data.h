#pragma once

#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "store/sqlite/engine.h"

namespace sewa::bench {

// A folder that disappears with the program.
class TemporaryFolder {
public:
    explicit TemporaryFolder(std::string const& parent) : path_(parent + "/sewa-bench-XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) {
            fmt::print(stderr, "cannot make a folder in {}\n", parent);
            ::exit(1);
        }
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    std::string database() const { return path_ + "/sewa.db"; }

private:
    std::string path_;
};

// Two people each: user 2n talks with user 2n + 1.
inline std::vector<ConversationId> make_conversations(store::sqlite::Engine& engine, int count) {
    std::vector<store::Write> writes;
    for (int i = 1; i <= count; ++i) {
        UserId const a{2 * i}, b{2 * i + 1};
        for (auto const user : {a, b}) {
            auto const name = fmt::format("User {}", user.value);
            writes.push_back(
                {store::UpsertPerson{{user, name, "User", "Rai", "", Role::kCustomer}}, {}});
        }
        writes.push_back({store::CreateGroup{"", {a, b}, {}}, {}});
    }
    std::vector<ConversationId> made;
    auto const batch = engine.apply(writes);
    for (auto const& outcome : batch->outcomes) {
        if (outcome.result->conversation) made.push_back(outcome.result->conversation);
    }
    return made;
}

inline store::PostMessage message(ConversationId conversation, UserId sender, Random& random) {
    return {.conversation = conversation,
            .sender = sender,
            .content = "Could you come on Thursday instead? The tap in the kitchen drips again.",
            .client_msg_id = random.hex(32),
            .reply_to = {},
            .type = MessageType::kText,
            .transport = Transport::kWebSocket,
            .attachments = {}};
}

}  // namespace sewa::bench
