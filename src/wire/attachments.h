#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/model.h"
#include "store/attachment.h"

namespace sewa::wire {

// Appends an attachment as clients see it. Its `url` needs a login; `with_links` changes that.
void append_attachment(std::string& out, store::Attachment const& attachment);
std::string encode_attachments(std::span<store::Attachment const> attachments);

// What a message with these attachments is, by the first of them; `fallback` when there are none.
MessageType message_type_of(std::span<store::Attachment const> attachments, MessageType fallback);

// A frame or object that this server encoded, with every attachment's `url` made to work without a
// login for a while. Null: as it is.
std::string with_links(std::string_view json, store::LinkSigner const* links);

// The first attachment in a message's `data` object and its `url`, with quotes; "null" for none.
struct FirstAttachment {
    std::string_view object = "null";
    std::string_view url = "null";
};
FirstAttachment first_attachment(std::string_view data);

}  // namespace sewa::wire
