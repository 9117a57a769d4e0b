#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/random.h"
#include "history.h"
#include "sewa/client.h"

namespace sewa::crash {

// One person's phone: the C++ client library and an application that does random things, and
// writes down what it asked for, what was answered and what it showed. One thread: that of `io`.
class Device {
public:
    struct Who {
        std::string name;
        std::int64_t user;
        std::string token;
        std::vector<std::int64_t> conversations;
    };

    Device(boost::asio::io_context& io, std::string url, Who who, History& history);

    // Posts, edits, deletes, reacts or moves a read marker.
    void act(Random& random);
    // Asks for the conversations as the server tells them now, and writes them down.
    void ask_final();

    bool is_quiet() const;
    bool has_final() const { return has_final_; }
    bool is_stopped() const { return client_.state() == client::LinkState::kStopped; }
    std::size_t waiting() const { return client_.waiting(); }
    std::size_t acknowledged() const { return acknowledged_; }
    // The newest conv_seq of a message that was acknowledged to this or shown on it.
    std::map<std::int64_t, std::int64_t> const& newest() const { return newest_; }
    std::map<std::int64_t, std::int64_t> const& shown() const { return shown_; }

private:
    struct OwnMessage {
        std::int64_t conversation;
        MessageId id;
    };

    void post(std::int64_t conversation);
    void change(Random& random);
    void mark(std::int64_t conversation, std::int64_t up_to);

    void on(client::Event const& event);
    void on_progress(client::SendProgress const& progress);
    void on_added(client::MessageAdded const& added);
    void on_snapshot(client::Snapshot const& snapshot);
    void write_change(ConversationId conversation, ConvSeq seq, MessageId id,
                      std::string_view content_json);
    void write_final(client::Conversation const& conversation);

    boost::asio::io_context& io_;
    Who const who_;
    History& history_;
    client::Client client_;
    std::vector<OwnMessage> own_;
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> marks_;  // Conversation, up_to.
    std::map<std::int64_t, std::int64_t> newest_;
    std::map<std::int64_t, std::int64_t> shown_;
    int posted_ = 0;
    std::size_t acknowledged_ = 0;
    bool has_final_ = false;
};

}  // namespace sewa::crash
