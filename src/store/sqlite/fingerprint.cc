#include "store/sqlite/fingerprint.h"

#include <sodium/crypto_shorthash.h>

#include <array>
#include <cstring>

namespace sewa::store::sqlite {

namespace {

constexpr std::array<unsigned char, crypto_shorthash_KEYBYTES> kKey{
    's', 'e', 'w', 'a', '-', 'e', 'v', 'e', 'n', 't', '-', 'l', 'o', 'g', '-', '1'};

std::int64_t hash(void const* bytes, std::size_t size) {
    std::int64_t value = 0;
    std::array<unsigned char, crypto_shorthash_BYTES> out;
    crypto_shorthash(out.data(), static_cast<unsigned char const*>(bytes), size, kKey.data());
    static_assert(sizeof value == crypto_shorthash_BYTES);
    std::memcpy(&value, out.data(), sizeof value);
    return value;
}

}  // namespace

std::int64_t fingerprint(std::string_view bytes) {
    return hash(bytes.data(), bytes.size());
}

std::int64_t fingerprint(std::initializer_list<std::int64_t> numbers) {
    return hash(numbers.begin(), numbers.size() * sizeof(std::int64_t));
}

std::int64_t event_checksum(Pos pos, ConversationId conversation, ConvSeq conv_seq,
                            std::string_view frame) {
    return fingerprint({pos.value, conversation.value, conv_seq.value, fingerprint(frame)});
}

}  // namespace sewa::store::sqlite
