#include "cli/chat_command.h"

#include <array>
#include <charconv>
#include <optional>

#include "sewa/utf8.h"

namespace sewa::cli {
namespace {

using Kind = ChatCommand::Kind;
enum class Takes { kNothing, kMaybeNumber, kNumber, kNumberAndText };

struct Form {
    std::string_view name;
    Kind kind;
    Takes takes;
    std::string_view usage;
};

constexpr std::array kForms{
    Form{"history", Kind::kHistory, Takes::kMaybeNumber, "/history [n]"},
    Form{"conversations", Kind::kConversations, Takes::kNothing, "/conversations"},
    Form{"join", Kind::kJoin, Takes::kNumber, "/join N"},
    Form{"edit", Kind::kEdit, Takes::kNumberAndText, "/edit N text"},
    Form{"delete", Kind::kDelete, Takes::kNumber, "/delete N"},
    Form{"react", Kind::kReact, Takes::kNumberAndText, "/react N emoji"},
    Form{"who", Kind::kWho, Takes::kNothing, "/who"},
    Form{"help", Kind::kHelp, Takes::kNothing, "/help"},
    Form{"quit", Kind::kQuit, Takes::kNothing, "/quit"},
};

std::string_view take_word(std::string_view& rest) {
    rest = client::trimmed(rest);
    auto const word = rest.substr(0, rest.find(' '));
    rest = client::trimmed(rest.substr(word.size()));
    return word;
}

std::optional<std::int64_t> number_of(std::string_view word) {
    if (word.starts_with('#')) word.remove_prefix(1);
    std::int64_t number = 0;
    auto const end = word.data() + word.size();
    auto const parsed = std::from_chars(word.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number <= 0) return std::nullopt;
    return number;
}

bool fill(ChatCommand& command, Takes takes, std::string_view rest) {
    if (takes == Takes::kNothing) return rest.empty();
    auto const word = take_word(rest);
    if (word.empty()) return takes == Takes::kMaybeNumber;
    auto const number = number_of(word);
    command.number = number.value_or(0);
    command.text = rest;
    return number.has_value() && rest.empty() != (takes == Takes::kNumberAndText);
}

}  // namespace

char const* const kChatHelp =
    "-- /history [n]     older messages\n"
    "-- /conversations   all conversations\n"
    "-- /join N          go to conversation N\n"
    "-- /edit N text     change your message #N\n"
    "-- /delete N        delete your message #N for everyone\n"
    "-- /react N emoji   put a reaction on #N, or take it back\n"
    "-- /who             who takes part, who is online\n"
    "-- /quit            leave (also Ctrl-C and Ctrl-D)";

Result<ChatCommand> parse_chat_command(std::string_view line) {
    line = client::trimmed(line);
    if (line.empty()) return ChatCommand{};
    if (!line.starts_with('/')) return ChatCommand{Kind::kSay, 0, std::string(line)};
    if (line.starts_with("//")) return ChatCommand{Kind::kSay, 0, std::string(line.substr(1))};
    auto rest = line.substr(1);
    auto const name = take_word(rest);
    for (auto const& form : kForms) {
        if (form.name != name) continue;
        ChatCommand command{form.kind, 0, {}};
        if (fill(command, form.takes, rest)) return command;
        return fail(Errc::kBadRequest, "use it like this: " + std::string(form.usage));
    }
    return fail(Errc::kBadRequest, "no such command; /help lists them");
}

}  // namespace sewa::cli
