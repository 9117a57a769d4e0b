// JSON commands of three people against a model of the state. Each line of the input is a digit
// (who: 1 and 2 take part, 3 does not take part in the second conversation, 4 nowhere) and a frame
// as a client sends it; '+' lets a quarter of an hour pass. Every answer, and at the end all that
// the people may read, is what a few maps say it should be.
#include <map>
#include <set>
#include <string>

#include "core/assert.h"
#include "core/utf8.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/reader.h"
#include "wire/decode.h"

namespace {

using namespace sewa;
using namespace sewa::store;
using sqlite::Engine;

constexpr std::int64_t kPeople = 4;
constexpr std::int64_t kDeleteWindowMs = 15 * 60'000;
constexpr std::size_t kLinesMax = 60;

// What a command should do.
enum class Verdict { kRefused, kConflict, kNothingNew, kStored };

struct ModelMessage {
    std::int64_t conversation;
    std::int64_t conv_seq;
    std::int64_t sender;
    std::string content;
    std::string key;
    std::int64_t reply_to;
    std::int64_t created_at;
    bool is_deleted = false;
    std::uint32_t rev = 0;
    std::set<std::pair<std::string, std::int64_t>> reactions = {};
    std::set<std::int64_t> hidden_from = {};
};

struct ModelConversation {
    std::set<std::int64_t> people;
    std::int64_t last_seq = 1;  // Its beginning is an event.
    std::map<std::int64_t, std::int64_t> read = {};
    std::map<std::int64_t, std::int64_t> delivered = {};
};

struct Model {
    std::map<std::int64_t, ModelConversation> conversations;
    std::map<std::int64_t, ModelMessage> messages;
    std::map<std::tuple<std::int64_t, std::int64_t, std::string>, std::int64_t> by_key;
    std::int64_t now = 0;

    ModelConversation* open_to(std::int64_t conversation, std::int64_t user) {
        auto const found = conversations.find(conversation);
        bool const takes_part =
            found != conversations.end() && found->second.people.count(user) != 0;
        return takes_part ? &found->second : nullptr;
    }
    ModelMessage* message_for(std::int64_t id, std::int64_t user) {
        auto const found = messages.find(id);
        if (found == messages.end()) return nullptr;
        return open_to(found->second.conversation, user) ? &found->second : nullptr;
    }
    void number(ModelMessage const& message) { ++conversations[message.conversation].last_seq; }
};

struct Expected {
    Verdict verdict;
    std::int64_t first = 0;  // kNothingNew of a post: the message that was there.
};

Expected judge(Model& model, PostMessage const& post) {
    auto* const conversation = model.open_to(post.conversation.value, post.sender.value);
    if (conversation == nullptr) return {Verdict::kRefused};
    auto const reply = model.messages.find(post.reply_to.value);
    bool const may_reply =
        !post.reply_to ||
        (reply != model.messages.end() && reply->second.conversation == post.conversation.value);
    if (!may_reply) return {Verdict::kRefused};
    auto const known =
        model.by_key.find({post.conversation.value, post.sender.value, post.client_msg_id});
    if (post.client_msg_id.empty() || known == model.by_key.end()) {
        ++conversation->last_seq;
        return {Verdict::kStored};
    }
    auto const& first = model.messages.at(known->second);
    bool const is_same = first.is_deleted || (first.content == post.content && first.rev == 0 &&
                                              first.reply_to == post.reply_to.value);
    // What an edit changed is not what the key stands for: the first text is.
    if (!is_same && first.rev > 0) return {Verdict::kRefused, -1};
    return is_same ? Expected{Verdict::kNothingNew, known->second} : Expected{Verdict::kConflict};
}

void note(Model& model, PostMessage const& post, Receipt const& receipt) {
    auto const& conversation = model.conversations.at(post.conversation.value);
    SEWA_ASSERT(receipt.conv_seq.value == conversation.last_seq);
    SEWA_ASSERT(model.messages.empty() || receipt.pos.value > model.messages.rbegin()->first);
    model.messages[receipt.pos.value] = {.conversation = post.conversation.value,
                                         .conv_seq = receipt.conv_seq.value,
                                         .sender = post.sender.value,
                                         .content = post.content,
                                         .key = post.client_msg_id,
                                         .reply_to = post.reply_to.value,
                                         .created_at = model.now};
    if (post.client_msg_id.empty()) return;
    model.by_key[{post.conversation.value, post.sender.value, post.client_msg_id}] =
        receipt.pos.value;
}

Expected judge(Model& model, EditMessage const& edit) {
    auto* const message = model.message_for(edit.message.value, edit.user.value);
    if (message == nullptr || message->sender != edit.user.value || message->is_deleted) {
        return {Verdict::kRefused};
    }
    if (message->content == edit.content) return {Verdict::kNothingNew};
    message->content = edit.content;
    ++message->rev;
    model.number(*message);
    return {Verdict::kStored};
}

Expected judge(Model& model, DeleteMessage const& deletion) {
    auto* const message = model.message_for(deletion.message.value, deletion.user.value);
    if (message == nullptr) return {Verdict::kRefused};
    if (deletion.scope == DeleteScope::kMe) {
        bool const is_new = message->hidden_from.insert(deletion.user.value).second;
        return {is_new ? Verdict::kStored : Verdict::kNothingNew};
    }
    if (message->sender != deletion.user.value) return {Verdict::kRefused};
    if (message->is_deleted) return {Verdict::kNothingNew};
    if (model.now - message->created_at > kDeleteWindowMs) return {Verdict::kRefused};
    message->is_deleted = true;
    message->content.clear();
    message->reactions.clear();
    model.number(*message);
    return {Verdict::kStored};
}

Expected judge(Model& model, React const& react) {
    auto* const message = model.message_for(react.message.value, react.user.value);
    if (message == nullptr || message->is_deleted) return {Verdict::kRefused};
    std::pair const reaction(react.emoji, react.user.value);
    bool const changes = react.op == ReactionOp::kAdd ? message->reactions.insert(reaction).second
                                                      : message->reactions.erase(reaction) != 0;
    if (!changes) return {Verdict::kNothingNew};
    model.number(*message);
    return {Verdict::kStored};
}

Expected judge(Model& model, MarkRead const& mark) {
    auto* const conversation = model.open_to(mark.conversation.value, mark.user.value);
    if (conversation == nullptr) return {Verdict::kRefused};
    auto const up_to = std::min(mark.up_to.value, conversation->last_seq);
    auto& read = conversation->read[mark.user.value];
    if (up_to <= read) return {Verdict::kNothingNew};
    read = up_to;
    auto& delivered = conversation->delivered[mark.user.value];
    delivered = std::max(delivered, up_to);
    ++conversation->last_seq;
    return {Verdict::kStored};
}

Expected judge(Model& model, MarkDelivered const& mark) {
    auto* const conversation = model.open_to(mark.conversation.value, mark.user.value);
    if (conversation == nullptr) return {Verdict::kRefused};
    auto const up_to = std::min(mark.up_to.value, conversation->last_seq);
    auto& delivered = conversation->delivered[mark.user.value];
    if (up_to <= delivered) return {Verdict::kNothingNew};
    delivered = up_to;
    return {Verdict::kStored};
}

template <typename Kind>
void note(Model&, Kind const&, Receipt const&) {}

// A store in memory. Opening takes much longer than an input does, so that many share one.
struct Memory {
    static std::string path() { return "file:/commands_fuzz?vfs=memdb"; }

    ManualClock clock;
    SeededRandom random{1};
    std::unique_ptr<Engine> engine = Engine::open(path(), clock, random).value();
    std::unique_ptr<Reader> reader = sqlite::open_reader(path()).value();
};

Memory& shared_memory() {
    constexpr int kInputsEach = 500;
    static int inputs = 0;
    static std::unique_ptr<Memory> memory;
    if (inputs++ % kInputsEach == 0) {
        memory.reset();
        memory = std::make_unique<Memory>();
    }
    return *memory;
}

// Two new conversations, numbered 1 and 2 in the input, and the model of them. Messages are
// numbered from the positions of their beginnings.
class Pair {
public:
    Pair() : memory_(shared_memory()), before_(memory_.engine->log_state().head.value) {
        model_.now = memory_.clock.wall().value;
        begin({{1}, {2}, {3}});
        begin({{1}, {2}});
    }

    ConversationId conversation_of(ConversationId number) const {
        bool const is_one = number.value >= 1 && number.value <= std::int64_t(ids_.size());
        return is_one ? ids_[static_cast<std::size_t>(number.value) - 1] : ConversationId{1 << 30};
    }
    MessageId message_of(MessageId number) const {
        return number ? MessageId{before_ + 1 + (number.value - 1) % 1'000} : number;
    }

    void pass_time() {
        memory_.clock.advance(kDeleteWindowMs);
        model_.now = memory_.clock.wall().value;
    }

    template <typename Kind>
    void apply(Kind const& command) {
        auto const expected = judge(model_, command);
        auto const result = run(command);
        if (expected.first < 0) return SEWA_ASSERT(!result || result->duplicate);
        auto const verdict = !result ? (result.error().code == Errc::kConflict ? Verdict::kConflict
                                                                               : Verdict::kRefused)
                             : result->duplicate ? Verdict::kNothingNew
                                                 : Verdict::kStored;
        SEWA_ASSERT(verdict == expected.verdict);
        if (verdict == Verdict::kStored) note(model_, command, *result);
        if (expected.first != 0) SEWA_ASSERT(result->pos.value == expected.first);
    }

    void compare() {
        for (auto const& [id, conversation] : model_.conversations) {
            for (std::int64_t user = 1; user <= kPeople; ++user) compare(id, conversation, user);
        }
    }

private:
    template <typename Kind>
    Result<Receipt> run(Kind const& command) {
        std::vector<Write> writes{{command, {}}};
        return memory_.engine->apply(writes)->outcomes.at(0).result;
    }
    void begin(std::vector<UserId> people) {
        ids_.push_back(run(CreateGroup{"", people, {}})->conversation);
        auto& conversation = model_.conversations[ids_.back().value];
        for (auto const user : people) conversation.people.insert(user.value);
    }

    void compare(std::int64_t id, ModelConversation const& conversation, std::int64_t user) {
        auto const view = memory_.reader->conversation({user}, {id});
        SEWA_ASSERT(view.has_value() == (conversation.people.count(user) != 0));
        if (!view) return;
        SEWA_ASSERT(view->last_conv_seq.value == conversation.last_seq);
        auto const at = [user](auto const& markers) {
            auto const found = markers.find(user);
            return found == markers.end() ? 0 : found->second;
        };
        SEWA_ASSERT(view->markers.at(0).read_up_to.value == at(conversation.read));
        SEWA_ASSERT(view->markers.at(0).delivered_up_to.value == at(conversation.delivered));
        compare_log(id, conversation, user);
        compare_messages(id, user, at(conversation.read));
    }

    void compare_log(std::int64_t id, ModelConversation const& conversation, std::int64_t user) {
        auto const page = memory_.reader->events({user}, {id}, {}, 500).value();
        SEWA_ASSERT(std::int64_t(page.frames.size()) == conversation.last_seq);
        for (std::size_t i = 0; i < page.frames.size(); ++i) {
            SEWA_ASSERT(page.frames[i].conv_seq.value == std::int64_t(i) + 1);
        }
    }

    void compare_messages(std::int64_t id, std::int64_t user, std::int64_t read) {
        auto const page = memory_.reader->messages_after({user}, {id}, {}, 100).value();
        auto shown = page.messages.begin();
        std::uint32_t unread = 0;
        for (auto const& [message_id, message] : model_.messages) {
            if (message.conversation != id) continue;
            SEWA_ASSERT(shown != page.messages.end() && shown->id.value == message_id);
            compare(*shown++, message, user);
            bool const counts = message.sender != user && message.conv_seq > read &&
                                !message.is_deleted && message.hidden_from.count(user) == 0;
            unread += counts ? 1 : 0;
        }
        SEWA_ASSERT(shown == page.messages.end());
        SEWA_ASSERT(memory_.reader->unread({user}, {id}).value().count == unread);
    }

    static void compare(MessageView const& shown, ModelMessage const& message, std::int64_t user) {
        SEWA_ASSERT(shown.conv_seq.value == message.conv_seq);
        SEWA_ASSERT(shown.sender.value == message.sender && shown.rev == message.rev);
        SEWA_ASSERT(shown.is_deleted == message.is_deleted);
        SEWA_ASSERT(shown.is_deleted_for_user == (message.hidden_from.count(user) != 0));
        std::set<std::pair<std::string, std::int64_t>> reactions;
        for (auto const& [emoji, users] : shown.reactions) {
            for (auto const by : users) reactions.insert({emoji, by.value});
        }
        SEWA_ASSERT(reactions == message.reactions);
        auto const data = wire::JsonBody::parse(shown.data);
        SEWA_ASSERT(data && data->string_or("content", "?").value() == message.content);
    }

    Memory& memory_;
    std::int64_t const before_;
    std::vector<ConversationId> ids_;
    Model model_;
};

// The session refuses these before the store sees them.
bool is_for_the_store(std::string_view content, std::string_view key) {
    return !content.empty() && count_code_points(content) <= 5'000 && key.size() <= 64;
}

struct Commands {
    Pair& pair;
    UserId user;

    void operator()(wire::ClientMessage const& m) const {
        if (!is_for_the_store(m.content, m.client_msg_id) || !m.attachments.empty()) return;
        pair.apply(PostMessage{.conversation = pair.conversation_of(m.conversation),
                               .sender = user,
                               .content = std::string(m.content),
                               .client_msg_id = std::string(m.client_msg_id),
                               .reply_to = pair.message_of(m.reply_to),
                               .type = MessageType::kText,
                               .transport = Transport::kWebSocket,
                               .attachments = {}});
    }
    void operator()(wire::ClientEdit const& m) const {
        if (!is_for_the_store(m.content, "")) return;
        pair.apply(EditMessage{pair.message_of(m.message), user, std::string(m.content)});
    }
    void operator()(wire::ClientDelete const& m) const {
        pair.apply(DeleteMessage{pair.message_of(m.message), user, m.scope});
    }
    void operator()(wire::ClientReaction const& m) const {
        pair.apply(React{pair.message_of(m.message), user, std::string(m.emoji), m.op});
    }
    void operator()(wire::ClientRead const& m) const {
        pair.apply(MarkRead{pair.conversation_of(m.conversation), user, m.up_to});
    }
    void operator()(wire::ClientDelivered const& m) const {
        pair.apply(MarkDelivered{pair.conversation_of(m.conversation), user, m.up_to});
    }
    template <typename NotStored>
    void operator()(NotStored const&) const {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static wire::Decoder decoder(65'536);
    Pair pair;
    std::string_view rest(reinterpret_cast<char const*>(data), size);
    for (std::size_t lines = 0; !rest.empty() && lines < kLinesMax; ++lines) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line == "+") pair.pass_time();
        if (line.empty() || line[0] < '1' || line[0] > '4' || !is_utf8(line)) continue;
        auto const frame = decoder.decode(line.substr(1));
        if (frame.body) std::visit(Commands{pair, UserId{line[0] - '0'}}, *frame.body);
    }
    pair.compare();
    return 0;
}
