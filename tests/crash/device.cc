#include "device.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <variant>

namespace sewa::crash {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kOwnMax = 200;  // Messages that may still be edited or deleted.

// Impatient, so that many faults fit into a minute.
client::ClientOptions options(std::string url) {
    client::ClientOptions options;
    options.url = std::move(url);
    options.core.backoff_first_ms = 5;
    options.core.backoff_max_ms = 60;
    options.core.stable_after_ms = 100;
    options.core.open_timeout_ms = 1'000;
    options.core.heartbeat_after_ms = 250;
    options.core.silence_max_ms = 700;
    options.core.ack_timeout_ms = 500;
    return options;
}

}  // namespace

Device::Device(asio::io_context& io, std::string url, Who who, History& history)
    : io_(io),
      who_(std::move(who)),
      history_(history),
      client_(io, options(std::move(url)), client::fixed_token(who_.token)) {
    history_.add("device",
                 fmt::format(R"("device":{},"user":{},"conversations":[{}])", quoted(who_.name),
                             who_.user, fmt::join(who_.conversations, ",")));
    client_.on_event([this](client::Event const& event) { on(event); });
    client_.start();
}

void Device::act(Random& random) {
    constexpr std::size_t kWaitingMax = 60;
    if (client_.waiting() >= kWaitingMax) return;
    auto const conversation = who_.conversations[random.below(who_.conversations.size())];
    switch (random.below(10)) {
        case 0:
        case 1:
            return change(random);
        case 2:
            return mark(conversation, shown_[conversation]);
        default:
            return post(conversation);
    }
}

void Device::post(std::int64_t conversation) {
    auto const content = fmt::format("{} {}", who_.name, posted_++);
    auto const key = client_.post(ConversationId{conversation}, content);
    if (!key) return;
    history_.add("send",
                 fmt::format(R"("device":{},"key":{},"conversation":{},"content":{})",
                             quoted(who_.name), quoted(*key), conversation, quoted(content)));
}

void Device::change(Random& random) {
    if (own_.empty()) return;
    auto const at = random.below(own_.size());
    auto const [conversation, id] = own_[at];
    switch (random.below(3)) {
        case 0:
            (void)client_.post_edit(ConversationId{conversation}, id,
                                    fmt::format("{} edit {}", who_.name, posted_++));
            return;
        case 1:
            (void)client_.post_reaction(ConversationId{conversation}, id, "👍",
                                        random.below(2) == 0);
            return;
        default:
            (void)client_.post_delete(ConversationId{conversation}, id, true);
            own_.erase(own_.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

void Device::mark(std::int64_t conversation, std::int64_t up_to) {
    if (up_to == 0) return;
    auto const key = client_.mark_read(ConversationId{conversation}, ConvSeq{up_to});
    if (key) marks_[*key] = {conversation, up_to};
}

void Device::on(client::Event const& event) {
    if (auto const* added = std::get_if<client::MessageAdded>(&event)) on_added(*added);
    if (auto const* progress = std::get_if<client::SendProgress>(&event)) on_progress(*progress);
    if (auto const* snapshot = std::get_if<client::Snapshot>(&event)) on_snapshot(*snapshot);
    if (auto const* updated = std::get_if<client::MessageUpdated>(&event)) {
        write_change(updated->conversation, updated->conv_seq, updated->id,
                     quoted(updated->content));
    }
    if (auto const* deleted = std::get_if<client::MessageDeleted>(&event)) {
        write_change(deleted->conversation, deleted->conv_seq, deleted->id, R"("")");
    }
    if (auto const* reaction = std::get_if<client::ReactionChanged>(&event)) {
        write_change(reaction->conversation, reaction->conv_seq, reaction->message, "null");
    }
    if (auto const* read = std::get_if<client::ReadMoved>(&event)) {
        history_.add("read", fmt::format(R"("device":{},"conversation":{},"user":{},"up_to":{})",
                                         quoted(who_.name), read->conversation.value,
                                         read->user.value, read->up_to.value));
    }
    if (auto const* unread = std::get_if<client::UnreadChanged>(&event)) {
        history_.add("unread",
                     fmt::format(R"("device":{},"conversation":{},"count":{})", quoted(who_.name),
                                 unread->conversation.value, unread->count));
    }
}

void Device::on_progress(client::SendProgress const& progress) {
    auto const mark = marks_.find(progress.key);
    bool const is_mark = mark != marks_.end();
    if (progress.state == client::SendState::kFailed) {
        history_.add("refused", fmt::format(R"("device":{},"key":{},"why":{})", quoted(who_.name),
                                            quoted(progress.key), quoted(progress.error.message)));
    } else if (progress.state != client::SendState::kSent) {
        return;
    } else if (is_mark) {
        history_.add("marked",
                     fmt::format(R"("device":{},"conversation":{},"up_to":{})", quoted(who_.name),
                                 mark->second.first, mark->second.second));
    } else if (progress.is_message) {
        auto const conversation = progress.conversation.value;
        history_.add("ack",
                     fmt::format(R"("device":{},"key":{},"conversation":{},"id":{},"conv_seq":{})",
                                 quoted(who_.name), quoted(progress.key), conversation,
                                 progress.id.value, progress.conv_seq.value));
        newest_[conversation] = std::max(newest_[conversation], progress.conv_seq.value);
        if (own_.size() < kOwnMax) own_.push_back({conversation, progress.id});
        ++acknowledged_;
    }
    if (is_mark) marks_.erase(mark);
}

void Device::on_added(client::MessageAdded const& added) {
    auto const& message = added.message;
    history_.add(
        "apply",
        fmt::format(R"("device":{},"conversation":{},"conv_seq":{},"id":{},"user":{},"content":{})",
                    quoted(who_.name), message.conversation.value, message.conv_seq.value,
                    message.id.value, message.sender.id.value, quoted(message.content)));
    shown_[message.conversation.value] = message.conv_seq.value;
}

void Device::on_snapshot(client::Snapshot const& snapshot) {
    std::vector<std::string> conversations;
    for (auto const& conversation : snapshot.conversations) {
        std::vector<std::string> messages;
        for (auto const& message : conversation.latest_messages) {
            messages.push_back(fmt::format(R"({{"id":{},"conv_seq":{},"content":{}}})",
                                           message.id.value, message.conv_seq.value,
                                           quoted(message.content)));
        }
        conversations.push_back(fmt::format(R"({{"id":{},"last_conv_seq":{},"messages":[{}]}})",
                                            conversation.id.value, conversation.last_conv_seq.value,
                                            fmt::join(messages, ",")));
        shown_[conversation.id.value] = conversation.last_conv_seq.value;
    }
    history_.add("snapshot", fmt::format(R"("device":{},"conversations":[{}])", quoted(who_.name),
                                         fmt::join(conversations, ",")));
}

void Device::write_change(ConversationId conversation, ConvSeq seq, MessageId id,
                          std::string_view content_json) {
    history_.add(
        "change",
        fmt::format(R"("device":{},"conversation":{},"conv_seq":{},"id":{},"content":{})",
                    quoted(who_.name), conversation.value, seq.value, id.value, content_json));
}

bool Device::is_quiet() const {
    return client_.waiting() == 0 && client_.state() == client::LinkState::kLive;
}

void Device::ask_final() {
    auto ask = [this]() -> asio::awaitable<void> {
        auto const conversations = co_await client_.conversations();
        if (!conversations) co_return;
        for (auto const& conversation : *conversations) write_final(conversation);
        has_final_ = true;
    };
    asio::co_spawn(io_, std::move(ask), asio::detached);
}

void Device::write_final(client::Conversation const& conversation) {
    std::vector<std::string> markers;
    for (auto const& marker : conversation.read_markers) {
        markers.push_back(fmt::format(R"("{}":{})", marker.user.value, marker.read_up_to.value));
    }
    history_.add("final", fmt::format(R"("device":{},"conversation":{},"unread":{},"read":{{{}}})",
                                      quoted(who_.name), conversation.id.value,
                                      conversation.unread_count, fmt::join(markers, ",")));
}

}  // namespace sewa::crash
