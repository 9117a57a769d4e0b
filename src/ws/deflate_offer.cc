#include "ws/deflate_offer.h"

#include <fmt/format.h>

#include <vector>

#include "ws/header_text.h"

namespace sewa::ws {

namespace {

struct Parameter {
    std::string_view name;
    std::optional<std::string> value;
};

struct Offer {
    std::string_view name;
    std::vector<Parameter> parameters;
};

// A request has few offers; one with more is hostile.
constexpr std::size_t kOffersMax = 16;
constexpr std::size_t kParametersMax = 16;

std::optional<Parameter> read_parameter(HeaderText& text) {
    auto const name = text.take_token();
    if (!name) return std::nullopt;
    if (!text.take('=')) return Parameter{*name, std::nullopt};
    if (auto const token = text.take_token()) return Parameter{*name, std::string(*token)};
    auto quoted = text.take_quoted();
    if (!quoted) return std::nullopt;
    return Parameter{*name, std::move(quoted)};
}

std::optional<Offer> read_offer(HeaderText& text) {
    auto const name = text.take_token();
    if (!name) return std::nullopt;
    Offer offer{*name, {}};
    while (text.take(';')) {
        auto parameter = read_parameter(text);
        if (!parameter || offer.parameters.size() == kParametersMax) return std::nullopt;
        offer.parameters.push_back(*std::move(parameter));
    }
    return offer;
}

std::optional<std::vector<Offer>> read_offers(std::string_view header) {
    HeaderText text(header);
    std::vector<Offer> offers;
    while (!text.at_end()) {
        if (text.take(',')) continue;  // RFC 9110 §5.6.1: empty elements are allowed.
        auto offer = read_offer(text);
        if (!offer || offers.size() == kOffersMax) return std::nullopt;
        offers.push_back(*std::move(offer));
        if (!text.at_end() && !text.take(',')) return std::nullopt;
    }
    return offers;
}

// 8 to 15 without leading zeros (RFC 7692 §7.1.2); 0 for anything else.
int read_window_bits(std::string_view text) {
    if (text.size() == 1 && (text[0] == '8' || text[0] == '9')) return text[0] - '0';
    if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5') {
        return 10 + text[1] - '0';
    }
    return 0;
}

bool apply(Parameter const& parameter, DeflateAgreement& agreement) {
    auto const& [name, value] = parameter;
    if (name == "server_no_context_takeover" || name == "client_no_context_takeover") {
        return !value;
    }
    if (name == "client_max_window_bits") return !value || read_window_bits(*value) != 0;
    if (name != "server_max_window_bits" || !value) return false;
    agreement.server_window_bits = read_window_bits(*value);
    agreement.answer_window_bits = true;
    return agreement.server_window_bits != 0;
}

bool has_duplicates(Offer const& offer) {
    for (auto const& one : offer.parameters) {
        int same = 0;
        for (auto const& other : offer.parameters) same += one.name == other.name;
        if (same > 1) return true;
    }
    return false;
}

std::optional<DeflateAgreement> accept(Offer const& offer) {
    if (offer.name != "permessage-deflate" || has_duplicates(offer)) return std::nullopt;
    DeflateAgreement agreement;
    for (auto const& parameter : offer.parameters) {
        if (!apply(parameter, agreement)) return std::nullopt;
    }
    return agreement;
}

}  // namespace

std::string DeflateAgreement::header() const {
    std::string text = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    if (answer_window_bits) text += fmt::format("; server_max_window_bits={}", server_window_bits);
    return text;
}

DeflateNegotiation negotiate_deflate(std::string_view header) {
    auto const offers = read_offers(header);
    if (!offers) return {.malformed = true};
    for (auto const& offer : *offers) {
        if (auto agreement = accept(offer)) return {.agreement = agreement};
    }
    return {};
}

}  // namespace sewa::ws
