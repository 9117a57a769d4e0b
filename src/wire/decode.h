#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/model.h"
#include "core/result.h"

namespace sewa::wire {

// What a client may send (PROTOCOL sections 2, 3 and 6). Strings point into the decoder's buffer
// and live until its next `decode`.

struct ClientMessage {
    ConversationId conversation;
    std::string_view content;
    std::string_view client_msg_id;
    MessageId reply_to;
    std::vector<std::int64_t> attachments;
};
struct ClientEdit {
    MessageId message;
    std::string_view content;
};
struct ClientDelete {
    MessageId message;
    DeleteScope scope = DeleteScope::kMe;
};
struct ClientReaction {
    MessageId message;
    std::string_view emoji;
    ReactionOp op = ReactionOp::kAdd;
};
struct ClientRead {
    ConversationId conversation;
    ConvSeq up_to;
};
struct ClientDelivered {
    ConversationId conversation;
    ConvSeq up_to;
};
struct ClientTyping {
    ConversationId conversation;
    bool is_typing = false;
};
struct ClientPresence {
    std::vector<UserId> ids;
};
struct ClientFocus {
    ConversationId conversation;  // 0: none on screen.
};
struct ClientHeartbeat {};
struct ClientAuth {
    std::string_view token;
};
// `voice_message` and `message_status` of simple clients: relayed, never stored.
struct ClientRelay {
    std::string_view type;
    ConversationId conversation;
    std::string data_json;  // The `data` object as it came, re-serialised, without identity fields.
};

using ClientBody = std::variant<ClientMessage, ClientEdit, ClientDelete, ClientReaction, ClientRead,
                                ClientDelivered, ClientTyping, ClientPresence, ClientFocus,
                                ClientHeartbeat, ClientAuth, ClientRelay>;

struct ClientFrame {
    std::string_view
        request_id;  // Top-level `id` when it is a string of at most 64 bytes or an integer.
    std::string_view
        client_msg_id;  // Also when `body` is an error, so that the answer can name it.
    Result<ClientBody> body;
};

// Bytes of one text frame → one command. Shard-local: it owns a parser and a padded buffer that
// every session of the shard shares. Bounds: `frame_bytes_max`, nesting 16, 200 presence ids, 10
// attachments. Whatever a client can get wrong is an Error in `body`.
class Decoder {
public:
    explicit Decoder(std::size_t frame_bytes_max);
    ~Decoder();

    ClientFrame decode(std::string_view text);

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

// A JSON request body of REST: the same rules (bounds, ranges) as for frames. Fields are looked up
// by name; a missing one is the given default, a wrong type is `bad_request` with `field`.
class JsonBody {
public:
    static Result<JsonBody> parse(std::string_view text);
    JsonBody(JsonBody&&) noexcept;
    ~JsonBody();

    Result<std::string> string_or(std::string_view key, std::string_view fallback) const;
    Result<std::int64_t> id_or(std::string_view key, std::int64_t fallback) const;
    Result<bool> bool_or(std::string_view key, bool fallback) const;
    Result<std::vector<std::int64_t>> ids(std::string_view key, std::size_t count_max) const;
    bool has(std::string_view key) const;

private:
    struct Document;
    explicit JsonBody(std::unique_ptr<Document> document);
    std::unique_ptr<Document> document_;
};

}  // namespace sewa::wire
