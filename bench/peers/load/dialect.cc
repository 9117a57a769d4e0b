#include "load/dialect.h"

#include <array>
#include <utility>

namespace sewa::peer_load {

std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
    auto const at = text.find(begin);
    if (at == std::string_view::npos) return {};
    auto const rest = text.substr(at + begin.size());
    auto const stop = rest.find(end);
    return stop == std::string_view::npos ? std::string_view{} : rest.substr(0, stop);
}

std::unique_ptr<Dialect> make_dialect(Speech const& speech, Member const& member) {
    using Make = std::unique_ptr<Dialect> (*)(Speech const&, Member const&);
    static constexpr std::array<std::pair<std::string_view, Make>, 6> kMakers{
        {{"sewa", make_sewa},
         {"plain", make_plain},
         {"json", make_json},
         {"socketio", make_socketio},
         {"nats", make_nats},
         {"xmpp", make_xmpp}}};
    for (auto const& [name, make] : kMakers) {
        if (speech.dialect == name) return make(speech, member);
    }
    return nullptr;
}

}  // namespace sewa::peer_load
