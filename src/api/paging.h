#pragma once

#include <fmt/format.h>

#include "api/call.h"
#include "wire/rest_objects.h"

namespace sewa::api {

// RFC 3986 §2.3: everything but unreserved characters as %XX.
inline std::string percent_encode(std::string_view text) {
    std::string out;
    for (char const c : text) {
        bool const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                              c == '~';
        is_plain ? static_cast<void>(out += c)
                 : static_cast<void>(out += fmt::format("%{:02X}", static_cast<unsigned char>(c)));
    }
    return out;
}

// `?page=&page_size=` with the default size of the route.
inline Result<store::PageRequest> page_of(http::Request const& request, std::uint32_t size,
                                          std::uint32_t size_max) {
    SEWA_TRY(auto const page, query_integer(request, "page", 1, 1, 1'000'000));
    SEWA_TRY(auto const page_size, query_integer(request, "page_size", size, 1, size_max));
    return store::PageRequest{static_cast<std::uint32_t>(page),
                              static_cast<std::uint32_t>(page_size)};
}

// Links to the neighbouring pages, relative to the host, with the other parameters kept.
inline wire::ListLinks links_of(http::Request const& request, store::PageRequest page,
                                std::uint64_t count) {
    auto const link = [&](std::uint32_t number) {
        std::string query;
        for (auto const& [name, value] : request.query.parameters) {
            if (name == "page") continue;
            query += "&" + percent_encode(name) + "=" + percent_encode(value);
        }
        return fmt::format("{}?page={}{}", request.path, number, query);
    };
    wire::ListLinks links;
    if (std::uint64_t{page.page} * page.size < count) links.next = link(page.page + 1);
    if (page.page > 1) links.previous = link(page.page - 1);
    return links;
}

}  // namespace sewa::api
