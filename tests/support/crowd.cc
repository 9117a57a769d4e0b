#include "crowd.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sewa::e2e {

void Crowd::add(std::string token, std::vector<std::int64_t> conversations) {
    client::ClientOptions options;
    options.url = url_;
    options.core.backoff_first_ms = 10;
    options.core.backoff_max_ms = 200;
    auto device = std::make_unique<Device>();
    device->conversations = std::move(conversations);
    device->client =
        std::make_unique<client::Client>(io_, options, client::fixed_token(std::move(token)));
    device->client->on_event(
        [this, &device = *device](client::Event const& event) { note(device, event); });
    device->client->start();
    devices_.push_back(std::move(device));
}

void Crowd::note(Device& device, client::Event const& event) {
    if (auto const* added = std::get_if<client::MessageAdded>(&event)) {
        device.shown[added->message.conversation.value].push_back(added->message.content);
        ++device.shown_count;
    }
    if (auto const* snapshot = std::get_if<client::Snapshot>(&event)) start_anew(device, *snapshot);
    auto const* progress = std::get_if<client::SendProgress>(&event);
    if (progress == nullptr || !progress->is_message) return;
    EXPECT_NE(progress->state, client::SendState::kFailed) << progress->error.message;
    if (progress->state == client::SendState::kSent) acknowledged_.insert(progress->key);
}

// A snapshot replaces what was shown.
void Crowd::start_anew(Device& device, client::Snapshot const& snapshot) {
    new_epochs_ += snapshot.epoch_changed ? 1 : 0;
    device.shown.clear();
    device.shown_count = 0;
    for (auto const& conversation : snapshot.conversations) {
        auto& shown = device.shown[conversation.id.value];
        for (auto const& message : conversation.latest_messages) shown.push_back(message.content);
        device.shown_count += shown.size();
    }
}

bool Crowd::all_show(std::int64_t conversation, std::vector<std::string> const& texts) const {
    return std::all_of(devices_.begin(), devices_.end(), [&](auto const& device) {
        auto const found = device->shown.find(conversation);
        return found != device->shown.end() && found->second == texts;
    });
}

void Crowd::talk(int messages_each) {
    for (int i = 0; i < messages_each; ++i) {
        for (auto const& device : devices_) {
            auto const conversation = device->conversations[posted_ % device->conversations.size()];
            ASSERT_TRUE(device->client->post(ConversationId{conversation},
                                             fmt::format("text {}", posted_)));
            ++posted_;
            ++posted_in_[conversation];
        }
    }
}

bool Crowd::until(std::function<bool()> const& condition, Deadline deadline) {
    while (!condition()) {
        if (deadline.has_passed()) return false;
        io_.run_one_for(std::chrono::milliseconds(50));
        io_.restart();
    }
    return true;
}

bool Crowd::all_live() const {
    return std::all_of(devices_.begin(), devices_.end(), [](auto const& device) {
        return device->client->state() == client::LinkState::kLive;
    });
}

bool Crowd::is_quiet() const {
    return std::all_of(devices_.begin(), devices_.end(), [this](auto const& device) {
        std::size_t wanted = 0;
        for (auto const conversation : device->conversations) {
            auto const found = posted_in_.find(conversation);
            if (found != posted_in_.end()) wanted += found->second;
        }
        return device->client->waiting() == 0 && device->shown_count >= wanted;
    });
}

void Crowd::expect_shown(std::int64_t conversation, std::vector<std::string> const& stored) const {
    for (auto const& device : devices_) {
        auto const& mine = device->conversations;
        if (std::find(mine.begin(), mine.end(), conversation) == mine.end()) continue;
        auto const found = device->shown.find(conversation);
        EXPECT_TRUE(found != device->shown.end() && found->second == stored)
            << "a device was shown something else than the log of conversation " << conversation;
    }
    std::set<std::string> const once(stored.begin(), stored.end());
    EXPECT_EQ(once.size(), stored.size()) << "stored twice";
    EXPECT_EQ(stored.size(), posted_in_.at(conversation)) << "lost, or never posted";
}

std::string Crowd::describe() const {
    auto text = fmt::format("posted {}, acknowledged {}", posted_, acknowledged_.size());
    for (auto const& device : devices_) {
        text += fmt::format("; state {}, waiting {}, shown {}",
                            static_cast<int>(device->client->state()), device->client->waiting(),
                            device->shown_count);
    }
    return text;
}

}  // namespace sewa::e2e
