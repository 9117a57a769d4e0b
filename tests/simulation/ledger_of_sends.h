#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/id.h"

namespace sewa::simulation {

// What clients sent and what they were told about it.
struct Sent {
    UserId sender;
    ConversationId conversation;
    std::string key;
    std::string content;
    bool is_acknowledged = false;
    MessageId id;
    ConvSeq conv_seq;
};

struct Acknowledged {
    std::string key;
    MessageId id;
    ConvSeq conv_seq;
};

// All of a run. Contents are unique, so that a text names its send.
class LedgerOfSends {
public:
    void sent(Sent send) {
        by_content_.emplace(send.content, sends_.size());
        by_key_.emplace(send.key, sends_.size());
        sends_.push_back(std::move(send));
    }
    // False: it speaks of nothing that was sent, or says something else than before.
    bool acknowledged(Acknowledged const& what) {
        auto const found = by_key_.find(what.key);
        if (found == by_key_.end()) return false;
        auto& send = sends_[found->second];
        if (send.is_acknowledged) return send.id == what.id && send.conv_seq == what.conv_seq;
        send.is_acknowledged = true;
        send.id = what.id;
        send.conv_seq = what.conv_seq;
        return true;
    }
    Sent const* by_content(std::string const& content) const {
        auto const found = by_content_.find(content);
        return found == by_content_.end() ? nullptr : &sends_[found->second];
    }
    std::vector<Sent> const& all() const { return sends_; }

    void edited(std::string content, MessageId message, UserId user) {
        edits_.emplace(std::move(content), std::pair{message, user});
    }
    bool was_edit(std::string const& content, MessageId message, UserId user) const {
        auto const found = edits_.find(content);
        return found != edits_.end() && found->second == std::pair{message, user};
    }

private:
    std::vector<Sent> sends_;
    std::map<std::string, std::size_t> by_content_;
    std::map<std::string, std::size_t> by_key_;
    std::map<std::string, std::pair<MessageId, UserId>> edits_;
};

}  // namespace sewa::simulation
