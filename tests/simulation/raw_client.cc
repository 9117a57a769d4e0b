#include "raw_client.h"

#include <algorithm>

#include "world.h"

namespace sewa::simulation {

namespace {

constexpr std::size_t kLinksMax = 2;

}  // namespace

RawClient::RawClient(World& world, int index, UserId user, bool is_v1)
    : world_(world), index_(index), user_(user), is_v1_(is_v1),
      name_(fmt::format("raw {} (user {}, v={})", index, user.value, is_v1 ? 1 : 0)),
      random_(world.random().next()) {}

void RawClient::act() {
    switch (random_.below(10)) {
        case 0:
        case 1: connect(); break;
        case 2:
            if (!links_.empty() && random_.below(3) == 0) disconnect();
            break;
        case 3:
        case 4:
        case 5: send_new(); break;
        default: repeat();
    }
}

void RawClient::settle() {
    // A user with too many connections still has REST.
    if (links_.empty() && random_.below(2) == 0) return connect();
    repeat();
}

void RawClient::connect() {
    if (links_.size() >= kLinksMax) return;
    bool const reads = links_.empty();
    std::string since;
    if (reads && is_v1_ && is_resumable_) since = fmt::format("{}:{}", epoch_, cursor_.value);
    auto const link = world_.open_link({index_, user_, is_v1_, since, world_.token_for(user_)});
    if (link != 0) links_.push_back(link);
}

void RawClient::disconnect() {
    for (auto const link : links_) world_.close_from_client(link);
    links_.clear();
}

void RawClient::send_new() {
    auto const key = fmt::format("raw-{}-{}", index_, ++texts_);
    auto const conversation = world_.some_conversation();
    Pending const message{conversation, fmt::format("r{}-{}.", index_, texts_)};
    world_.sends().sent({user_, conversation, key, message.content});
    pending_[key] = message;
    world_.trace().note("{} sends {} to {}", name_, key, conversation.value);
    for (auto const link : links_) post_over(link, key, message);
    if (random_.below(2) == 0) world_.rest_post(*this, user_, {conversation, key, message.content});
}

void RawClient::repeat() {
    if (pending_.empty()) return;
    auto const& [key, message] = *std::next(
        pending_.begin(), static_cast<std::ptrdiff_t>(random_.below(pending_.size())));
    if (links_.empty() || random_.below(3) == 0) {
        return world_.rest_post(*this, user_, {message.conversation, key, message.content});
    }
    post_over(links_[random_.below(links_.size())], key, message);
}

void RawClient::post_over(std::uint64_t link, std::string const& key, Pending const& message) {
    world_.send_from_client(
        link, {Packet::Kind::kText,
               fmt::format(R"({{"type":"message","id":"{}","data":{{"conversation_id":{},)"
                           R"("content":"{}","client_msg_id":"{}"}}}})",
                           key, message.conversation.value, message.content, key),
               0});
}

void RawClient::answered(std::string const& key, MessageId id, ConvSeq conv_seq, bool is_final) {
    if (is_final) pending_.erase(key);
    if (!id) return;
    world_.trace().note("{} has {} as {}", name_, key, id.value);
    if (!world_.sends().acknowledged({key, id, conv_seq})) {
        world_.trace().complain("{}: M-2 two answers for {}", name_, key);
    }
}

void RawClient::deliver(std::uint64_t link, Packet const& packet) {
    if (std::find(links_.begin(), links_.end(), link) == links_.end()) return;
    switch (packet.kind) {
        case Packet::Kind::kText: take(link, read_seen(packet.text)); break;
        case Packet::Kind::kPing:
            world_.send_from_client(link, {Packet::Kind::kPong, {}, 0});
            break;
        case Packet::Kind::kPong: break;
        case Packet::Kind::kClosed:
            // The others go too: which of them is read must not change under way.
            disconnect();
            break;
    }
}

void RawClient::take(std::uint64_t link, SeenFrame const& seen) {
    if (seen.type == "ack" && seen.id) answered(seen.request_id, seen.id, seen.conv_seq, true);
    if (seen.type == "error" && pending_.contains(seen.request_id) && !seen.flag) {
        answered(seen.request_id, {}, {}, true);
    }
    bool const is_own = seen.type == "message" && seen.user == user_ && !seen.key.empty();
    if (is_own && seen.key.starts_with(fmt::format("raw-{}-", index_))) {
        answered(seen.key, seen.id, seen.conv_seq, true);
    }
    if (link != links_.front() || !is_v1_) return;
    if (seen.type == "connection") return greeted(seen);
    bool const is_copy = seen.type == "ack" && seen.id && !seen.duplicate;
    if (seen.is_durable || is_copy) apply(seen);
    if (seen.type == "synced") cursor_ = std::max(cursor_, seen.pos);
}

void RawClient::greeted(SeenFrame const& seen) {
    if (seen.word != "resumed") applied_.clear();
    epoch_ = seen.epoch;
    if (seen.word != "resumed") cursor_ = seen.pos;
    // After `fresh` the stream is complete from `pos` on, so that it may be resumed (R-5).
    is_resumable_ = true;
}

void RawClient::apply(SeenFrame const& seen) {
    cursor_ = std::max(cursor_, seen.pos);
    if (!seen.conv_seq) return;
    auto const [at, is_new] = applied_.try_emplace(seen.conversation, seen.conv_seq);
    auto& applied = at->second;
    if (!is_new && seen.conv_seq.value > applied.value + 1) {
        world_.trace().complain("{}: R-3 the resumed stream jumps from {} to {} in {}", name_,
                                applied.value, seen.conv_seq.value, seen.conversation.value);
    }
    applied = std::max(applied, seen.conv_seq);
    if (seen.word == "participant_removed" && seen.participant == user_) applied_.erase(at);
}

}  // namespace sewa::simulation
