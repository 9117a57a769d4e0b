#include "sewa/saved_state.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "frame_writer.h"

namespace sewa::client {
namespace {

std::string request_json(Request const& request) {
    return fmt::format(
        R"({{"kind":{},"key":{},"conversation":{},"message":{},"content":{},"flag":{},)"
        R"("up_to":{}}})",
        static_cast<int>(request.kind), json_string(request.key), request.conversation.value,
        request.message.value, json_string(request.content), request.flag, request.up_to.value);
}

tl::unexpected<Error> not_a_state() {
    return fail(Errc::kBadRequest, "this is not a saved state of a client");
}

using simdjson::dom::element;

bool read_request(element item, Request& request) {
    std::int64_t kind = 0;
    std::string_view key, content;
    if (item["kind"].get(kind) || kind < 0 || kind > 4) return false;
    if (item["key"].get(key) || item["content"].get(content)) return false;
    if (item["conversation"].get(request.conversation.value)) return false;
    if (item["message"].get(request.message.value)) return false;
    if (item["flag"].get(request.flag) || item["up_to"].get(request.up_to.value)) return false;
    request.kind = static_cast<Request::Kind>(kind);
    request.key = key;
    request.content = content;
    return !request.key.empty();
}

}  // namespace

std::string to_json(SavedState const& state) {
    std::string applied, requests;
    for (auto const& [conversation, seq] : state.applied) {
        if (!applied.empty()) applied += ',';
        applied += fmt::format("[{},{}]", conversation.value, seq.value);
    }
    for (auto const& request : state.requests) {
        if (!requests.empty()) requests += ',';
        requests += request_json(request);
    }
    return fmt::format(R"({{"epoch":{},"pos":{},"applied":[{}],"requests":[{}]}})",
                       json_string(state.epoch), state.pos.value, applied, requests);
}

Result<SavedState> saved_state_from_json(std::string_view text) {
    simdjson::dom::parser parser;
    element root;
    if (parser.parse(text.data(), text.size(), true).get(root)) return not_a_state();
    SavedState state;
    std::string_view epoch;
    simdjson::dom::array applied, requests;
    if (root["epoch"].get(epoch) || root["pos"].get(state.pos.value)) return not_a_state();
    if (root["applied"].get(applied) || root["requests"].get(requests)) return not_a_state();
    state.epoch = epoch;
    for (auto pair : applied) {
        std::int64_t conversation = 0, seq = 0;
        if (pair.at(0).get(conversation) || pair.at(1).get(seq)) return not_a_state();
        state.applied[ConversationId{conversation}] = ConvSeq{seq};
    }
    for (auto item : requests) {
        Request request;
        if (!read_request(item, request)) return not_a_state();
        state.requests.push_back(std::move(request));
    }
    return state;
}

}  // namespace sewa::client
