#include "store/sqlite/search_words.h"

#include <sqlite3.h>

#include <array>

namespace sewa::store::sqlite {

namespace {

// Longer ones are no words, and nobody types them; the rest of such a token is not searched.
constexpr int kWordBytesMax = 96;

// A text without what makes equal words differ, and where each of its bytes came from.
struct Plain {
    std::string text;
    std::vector<std::uint32_t> origin;  // One more than `text`, for its end.
};

void append_utf8(std::string& out, std::uint32_t code_point) {
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
        return;
    }
    out += static_cast<char>(0xE0 | (code_point >> 12));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code_point & 0x3F));
}

// The letters क़ to य़ without their nukta.
constexpr std::array<std::uint32_t, 8> kWithoutNukta{0x915, 0x916, 0x917, 0x91C,
                                                     0x921, 0x922, 0x92B, 0x92F};

// What a code point of three bytes becomes; 0: nothing at all.
std::uint32_t folded(std::uint32_t code_point) {
    switch (code_point) {
        case 0x200C:  // Zero width non-joiner.
        case 0x200D:  // Zero width joiner.
        case 0x93C:   // Nukta.
            return 0;
        case 0x901:        // Candrabindu.
            return 0x902;  // Anusvara.
        default:
            break;
    }
    if (code_point >= 0x958 && code_point <= 0x95F) return kWithoutNukta[code_point - 0x958];
    if (code_point >= 0x966 && code_point <= 0x96F) return '0' + (code_point - 0x966);
    return code_point;
}

std::uint32_t three_bytes_at(std::string_view text, std::size_t at) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    return (byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
}

Plain plain_of(std::string_view text) {
    Plain plain;
    plain.text.reserve(text.size());
    plain.origin.reserve(text.size() + 1);
    for (std::size_t i = 0; i < text.size();) {
        auto const lead = static_cast<unsigned char>(text[i]);
        bool const is_three = (lead == 0xE0 || lead == 0xE2) && i + 3 <= text.size();
        if (!is_three) {
            plain.text += text[i];
        } else if (auto const changed = folded(three_bytes_at(text, i)); changed != 0) {
            append_utf8(plain.text, changed);
        }
        plain.origin.resize(plain.text.size(), static_cast<std::uint32_t>(i));
        i += is_three ? 3 : 1;
    }
    plain.origin.push_back(static_cast<std::uint32_t>(text.size()));
    return plain;
}

fts5_api* api_of(sqlite3* db) {
    fts5_api* api = nullptr;
    sqlite3_stmt* select = nullptr;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &select, nullptr) != SQLITE_OK)
        return nullptr;
    sqlite3_bind_pointer(select, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(select);
    sqlite3_finalize(select);
    return api;
}

struct Collected {
    Plain const& plain;
    std::vector<SearchWord>& words;
};

int collect(void* context, int, char const* token, int size, int begin, int end) {
    auto& [plain, words] = *static_cast<Collected*>(context);
    words.push_back({std::string(token, static_cast<std::size_t>(std::min(size, kWordBytesMax))),
                     plain.origin[static_cast<std::size_t>(begin)],
                     plain.origin[static_cast<std::size_t>(end)]});
    return SQLITE_OK;
}

}  // namespace

struct SearchWords::Tokenizer {
    fts5_tokenizer functions{};
    Fts5Tokenizer* instance = nullptr;

    ~Tokenizer() {
        if (instance != nullptr) functions.xDelete(instance);
    }
    bool create(fts5_api& api) {
        void* context = nullptr;
        if (api.xFindTokenizer(&api, "unicode61", &context, &functions) != SQLITE_OK) return false;
        std::array<char const*, 4> options{"remove_diacritics", "2", "categories", "L* N* Mn Mc"};
        return functions.xCreate(context, options.data(), static_cast<int>(options.size()),
                                 &instance) == SQLITE_OK;
    }
};

Result<std::unique_ptr<SearchWords>> SearchWords::create(Database& db) {
    auto tokenizer = std::make_unique<Tokenizer>();
    auto* const api = api_of(db.raw());
    if (api == nullptr || !tokenizer->create(*api)) {
        return sewa::fail(Errc::kUnavailable, "this SQLite has no FTS5; search needs it");
    }
    return std::unique_ptr<SearchWords>(new SearchWords(std::move(tokenizer)));
}

SearchWords::SearchWords(std::unique_ptr<Tokenizer> tokenizer) : tokenizer_(std::move(tokenizer)) {}

SearchWords::~SearchWords() = default;

std::vector<SearchWord> SearchWords::split(std::string_view text) const {
    auto const plain = plain_of(text);
    std::vector<SearchWord> words;
    Collected collected{plain, words};
    tokenizer_->functions.xTokenize(tokenizer_->instance, &collected, FTS5_TOKENIZE_DOCUMENT,
                                    plain.text.data(), static_cast<int>(plain.text.size()),
                                    collect);
    return words;
}

}  // namespace sewa::store::sqlite
