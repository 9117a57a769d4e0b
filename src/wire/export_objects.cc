#include <fmt/format.h>

#include "wire/encode.h"
#include "wire/rest_objects.h"

namespace sewa::wire {

std::string encode_membership(store::PersonExport::Membership const& membership) {
    auto text = fmt::format(R"({{"id":{},"kind":"{}","title":)", membership.id.value,
                            to_text(membership.kind));
    append_json_string(text, membership.title);
    auto const service = membership.service ? fmt::to_string(membership.service.value) : "null";
    return text + fmt::format(R"(,"service_id":{},"has_left":{}}})", service, membership.has_left);
}

}  // namespace sewa::wire
