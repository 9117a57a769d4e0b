#include "cli/chat_input.h"

#include <utility>

#include "cli/chat_text.h"
#include "sewa/utf8.h"

namespace sewa::cli {
namespace {

constexpr unsigned char kEscape = 0x1B;

std::size_t expected_bytes(unsigned char lead) {
    if (lead >= 0xF0) return 4;
    if (lead >= 0xE0) return 3;
    return lead >= 0xC0 ? 2 : 1;
}

}  // namespace

std::vector<LineEditor::Outcome> LineEditor::feed(std::string_view bytes) {
    pending_ += bytes;
    std::vector<Outcome> out;
    while (!pending_.empty()) {
        auto const taken = take_key(out);
        if (taken == 0) break;
        pending_.erase(0, taken);
    }
    return out;
}

std::size_t LineEditor::take_key(std::vector<Outcome>& out) {
    auto const first = static_cast<unsigned char>(pending_[0]);
    if (first == kEscape) return take_escape(out);
    if (first < 0x20 || first == 0x7F) {
        control(first, out);
        return 1;
    }
    if (pending_.size() < expected_bytes(first)) return 0;
    auto const point = client::first_code_point(pending_);
    if (point.valid) {
        insert(std::string_view(pending_).substr(0, point.bytes));
        out.push_back(Typed{});
    }
    return point.bytes;
}

std::size_t LineEditor::take_escape(std::vector<Outcome>& out) {
    if (pending_.size() < 2) return 0;
    if (pending_[1] != '[' && pending_[1] != 'O') return 2;  // Alt and a key.
    std::size_t end = 2;
    while (end < pending_.size() && (pending_[end] < 0x40 || pending_[end] > 0x7E)) ++end;
    if (end > 32) return end;  // No key is that long.
    if (end == pending_.size()) return 0;
    named(std::string_view(pending_).substr(2, end - 1), out);
    return end + 1;
}

void LineEditor::named(std::string_view key, std::vector<Outcome>& out) {
    if (key == "5~") return out.push_back(Scrolled{1});
    if (key == "6~") return out.push_back(Scrolled{-1});
    if (key == "3~") {
        erase(cursor_, right());
        return out.push_back(Typed{});
    }
    if (key == "A" && text_ != last_line_) {
        draft_ = text_;
        replace(last_line_);
    } else if (key == "B" && text_ == last_line_) {
        replace(std::exchange(draft_, {}));
    } else if (key == "C") {
        cursor_ = right();
    } else if (key == "D") {
        cursor_ = left();
    } else if (key == "H" || key == "1~") {
        cursor_ = 0;
    } else if (key == "F" || key == "4~") {
        cursor_ = text_.size();
    }
    out.push_back(Moved{});
}

void LineEditor::control(unsigned char key, std::vector<Outcome>& out) {
    constexpr auto ctrl = [](char letter) { return static_cast<unsigned char>(letter - 'a' + 1); };
    if (key == ctrl('c') || (key == ctrl('d') && text_.empty())) return out.push_back(Left{});
    if (key == '\r' || key == '\n') {
        if (!text_.empty()) last_line_ = text_;
        draft_.clear();
        cursor_ = 0;
        return out.push_back(Submitted{std::exchange(text_, {})});
    }
    if (key == ctrl('a')) cursor_ = 0;
    if (key == ctrl('e')) cursor_ = text_.size();
    if (key == ctrl('u')) erase(0, cursor_);
    if (key == ctrl('k')) erase(cursor_, text_.size());
    if (key == ctrl('w')) erase(word_start(), cursor_);
    if (key == 0x7F || key == 0x08) erase(left(), cursor_);
    out.push_back(Typed{});
}

void LineEditor::insert(std::string_view sign) {
    if (text_.size() + sign.size() > kBytesMax) return;
    text_.insert(cursor_, sign);
    cursor_ += sign.size();
}

void LineEditor::erase(std::size_t from, std::size_t to) {
    text_.erase(from, to - from);
    cursor_ = from;
}

void LineEditor::replace(std::string text) {
    text_ = std::move(text);
    cursor_ = text_.size();
}

std::size_t LineEditor::right() const {
    return cursor_ + first_sign(std::string_view(text_).substr(cursor_));
}

std::size_t LineEditor::left() const {
    std::size_t at = 0;
    for (auto next = at; next < cursor_;) {
        at = next;
        next += first_sign(std::string_view(text_).substr(at));
    }
    return at;
}

std::size_t LineEditor::word_start() const {
    auto at = cursor_;
    while (at > 0 && text_[at - 1] == ' ') --at;
    while (at > 0 && text_[at - 1] != ' ') --at;
    return at;
}

}  // namespace sewa::cli
