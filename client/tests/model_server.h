#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame_writer.h"
#include "sewa/client_core.h"

namespace sewa::client {

// One process that keeps the promises of PROTOCOL.md for two users, 1 (the client under test) and
// 2: a log, keys, resume, sync, gap pages. Everything it says to user 1 is in `out`, in order.
class ModelServer {
public:
    static constexpr int kMe = 1;
    static constexpr int kOther = 2;

    struct Stored {
        int conversation;
        std::int64_t seq;
        std::int64_t pos;
        std::string frame;
        std::int64_t message_id;  // 0: no message.
    };
    struct Text {
        std::int64_t id;
        std::int64_t seq;
        int sender;
        std::string key;
        std::string content;
    };

    std::string epoch = "e1";
    std::vector<Stored> log;
    std::map<int, std::vector<Text>> texts;  // By conversation.
    std::deque<std::string> out;
    bool connected = false;
    std::size_t replay_from = 0;  // Positions up to here are too old to resume from.
    int page_size = 3;
    std::size_t sync_messages = 1'000'000;
    bool lose_next_frame = false;  // A fault of the server, which R-1 has to mend.

    void open(std::string const& since) {
        connected = true;
        out.clear();
        auto const split = since.rfind(':');
        auto const pos = split == std::string::npos ? 0 : std::stoll(since.substr(split + 1));
        if (since.empty()) return greet("fresh", "null");
        if (since.substr(0, split) != epoch) return greet("snapshot", R"("epoch_changed")");
        if (pos < static_cast<std::int64_t>(replay_from)) return greet("snapshot", R"("too_old")");
        greet("resumed", "null");
        for (auto const& event : log) {
            if (event.pos > pos) out.push_back(event.frame);
        }
        out.push_back(fmt::format(R"({{"type":"synced","data":{{"pos":{}}}}})", last_pos()));
    }

    void close() {
        connected = false;
        out.clear();
    }

    void receive(std::string_view text) {
        simdjson::dom::parser parser;
        simdjson::dom::element frame = parser.parse(text.data(), text.size(), true);
        std::string_view const type = frame["type"];
        auto const data = frame["data"];
        if (type == "read") return acknowledge_read(std::string(std::string_view(frame["id"])));
        if (type != "message") return;
        std::int64_t const conversation = data["conversation_id"];
        std::string_view const key = data["client_msg_id"], content = data["content"];
        accept(static_cast<int>(conversation), std::string(key), std::string(content));
    }

    // User 2 writes, or edits what somebody wrote.
    void post(int conversation, std::string const& content) {
        store_message(conversation, kOther, {}, content);
        tell(log.back().frame);
    }
    void edit_last(int conversation) {
        if (texts[conversation].empty()) return;
        auto& text = texts[conversation].back();
        text.content += "!";
        auto const seq = next_seq(conversation);
        auto const pos = next_pos();
        log.push_back({conversation, seq, pos,
                       fmt::format(R"({{"type":"message_updated","data":{{"id":{},)"
                                   R"("conversation_id":{},"conv_seq":{},"pos":{},"user_id":{},)"
                                   R"("content":{},"text":{},"rev":2}}}})",
                                   text.id, conversation, seq, pos, text.sender,
                                   json_string(text.content), json_string(text.content)),
                       0});
        tell(log.back().frame);
    }

    // A backup of the first `events` is put back: positions repeat, so the epoch is another.
    void restore_backup(std::size_t events) {
        epoch += "r";
        log.resize(std::min(events, log.size()));
        replay_from = 0;
        for (auto& [conversation, list] : texts) {
            std::erase_if(list, [&](Text const& text) { return text.id > last_pos(); });
        }
    }

    HttpAnswer get(std::string const& path) const {
        if (path.starts_with("sync/")) return {200, sync()};
        int conversation = 0;
        long after = 0;
        if (std::sscanf(path.c_str(), "conversations/%d/events/?after=%ld", &conversation,
                        &after) == 2) {
            return {200, events(conversation, after)};
        }
        if (path.starts_with("conversations/?")) return {200, conversations()};
        if (std::sscanf(path.c_str(), "conversations/%d/?page_size=20", &conversation) == 1 &&
            texts.contains(conversation)) {
            return {200, object(conversation, 20)};
        }
        long before = 0;
        int limit = 0;
        if (std::sscanf(path.c_str(), "messages/?conversation=%d&limit=%d&before=%ld",
                        &conversation, &limit, &before) == 3) {
            return {200, history(conversation, limit, before)};
        }
        return {404, R"({"code":"not_found","message":"no such thing","detail":"no such thing"})"};
    }

private:
    std::int64_t last_pos() const { return log.empty() ? 0 : log.back().pos; }
    std::int64_t next_pos() const { return last_pos() + 3; }
    std::int64_t next_seq(int conversation) const {
        std::int64_t seq = 0;
        for (auto const& event : log) seq += event.conversation == conversation ? 1 : 0;
        return seq + 1;
    }

    void greet(std::string_view resume, std::string_view reason) {
        out.push_back(fmt::format(
            R"({{"type":"connection","data":{{"status":"connected","user_id":1,"v":1,"epoch":"{}",)"
            R"("pos":{},"resume":"{}","reason":{},"limits":{{"max_content":5000}}}}}})",
            epoch, last_pos(), resume, reason));
    }

    void tell(std::string frame) {
        if (std::exchange(lose_next_frame, false) || !connected) return;
        out.push_back(std::move(frame));
    }

    void accept(int conversation, std::string const& key, std::string const& content) {
        for (auto const& text : texts[conversation]) {
            if (text.key == key) return acknowledge(conversation, text, true);
        }
        acknowledge(conversation, store_message(conversation, kMe, key, content), false);
    }

    void acknowledge_read(std::string const& request) {  // Nobody else looks: nothing is stored.
        tell(fmt::format(
            R"({{"type":"ack","id":{},"data":{{"conversation_id":1,"duplicate":true}}}})",
            json_string(request)));
    }

    void acknowledge(int conversation, Text const& text, bool duplicate) {
        tell(fmt::format(
            R"({{"type":"ack","id":{},"data":{{"conversation_id":{},"id":{},"conv_seq":{},)"
            R"("pos":{},"client_msg_id":{},"created_at":"2026-01-01T00:00:00.000Z",)"
            R"("duplicate":{}}}}})",
            json_string(text.key), conversation, text.id, text.seq, text.id, json_string(text.key),
            duplicate));
    }

    Text store_message(int conversation, int sender, std::string const& key,
                       std::string const& content) {
        Text text{next_pos(), next_seq(conversation), sender, key, content};
        log.push_back(
            {conversation, text.seq, text.id,
             fmt::format(R"({{"type":"message","data":{}}})", message(conversation, text)),
             text.id});
        texts[conversation].push_back(text);
        return text;
    }

    static std::string message(int conversation, Text const& text) {
        return fmt::format(
            R"({{"id":{},"conversation_id":{},"conv_seq":{},"pos":{},"client_msg_id":{},)"
            R"("content":{},"sender":{{"id":{},"name":"N"}},"message_type":"text",)"
            R"("reply_to":null}})",
            text.id, conversation, text.seq, text.id,
            text.key.empty() ? "null" : json_string(text.key), json_string(text.content),
            text.sender);
    }

    std::string object(int conversation, std::size_t newest) const {
        std::vector<std::string> page;
        for (auto const& text : texts.at(conversation)) page.push_back(message(conversation, text));
        if (page.size() > newest) page.erase(page.begin(), page.end() - static_cast<long>(newest));
        return fmt::format(
            R"({{"id":{},"last_conv_seq":{},"latest_messages":[{}],)"
            R"("participants":[{{"id":1,"name":"Asha"}},{{"id":2,"name":"Bikash"}}]}})",
            conversation, next_seq(conversation) - 1, fmt::join(page, ","));
    }

    std::string objects(std::size_t newest) const {
        std::vector<std::string> list;
        for (auto const& [conversation, messages] : texts) {
            list.push_back(object(conversation, newest));
        }
        return fmt::format("[{}]", fmt::join(list, ","));
    }

    std::string conversations() const {
        return fmt::format(R"({{"count":{},"results":{}}})", texts.size(), objects(0));
    }

    std::string sync() const {
        return fmt::format(R"({{"epoch":"{}","pos":{},"conversations":{},"next_cursor":null}})",
                           epoch, last_pos(), objects(sync_messages));
    }

    std::string history(int conversation, int limit, std::int64_t before) const {
        std::vector<std::string> page;
        auto const found = texts.find(conversation);
        if (found == texts.end()) return R"({"results":[],"has_more":false})";
        for (auto const& text : found->second) {
            if (text.seq < before) page.push_back(message(conversation, text));
        }
        bool const more = page.size() > static_cast<std::size_t>(limit);
        if (more) page.erase(page.begin(), page.end() - limit);
        return fmt::format(R"({{"results":[{}],"has_more":{}}})", fmt::join(page, ","), more);
    }

    std::string events(int conversation, std::int64_t after) const {
        std::string results;
        int count = 0;
        bool more = false;
        for (auto const& event : log) {
            if (event.conversation != conversation || event.seq <= after) continue;
            if (count++ == page_size) {
                more = true;
                break;
            }
            results += (results.empty() ? "" : ",") + event.frame;
        }
        return fmt::format(
            R"({{"results":[{}],"has_more":{},"last_conv_seq":{},"snapshot_required":false}})",
            results, more, next_seq(conversation) - 1);
    }
};

}  // namespace sewa::client
