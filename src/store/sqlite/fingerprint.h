#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/id.h"

namespace sewa::store::sqlite {

// SipHash-2-4 with a fixed key: equal on every machine and in every version, because it is stored.
std::int64_t fingerprint(std::string_view bytes);
std::int64_t fingerprint(std::initializer_list<std::int64_t> numbers);

// What `events.checksum` holds.
std::int64_t event_checksum(Pos pos, ConversationId conversation, ConvSeq conv_seq,
                            std::string_view frame);

}  // namespace sewa::store::sqlite
