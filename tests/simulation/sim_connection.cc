#include "sim_connection.h"

#include <algorithm>
#include <utility>

namespace sewa::simulation {

SimConnection::SimConnection(session::SessionParts const& parts, Link& link, std::size_t bytes_max)
    : link_(link), bytes_max_(bytes_max), session_(parts, *this) {}

bool SimConnection::send(SharedFrame const& frame) {
    if (is_closing_) return true;
    auto const text = frame.payload();
    if (bytes_ + text.size() > bytes_max_) {
        std::erase_if(queue_, [&](Queued const& queued) {
            if (queued.is_ephemeral) bytes_ -= queued.packet.text.size();
            return queued.is_ephemeral;
        });
    }
    if (bytes_ + text.size() > bytes_max_) return false;
    bytes_ += text.size();
    queue_.push_back({{Packet::Kind::kText, std::string(text), 0}});
    return true;
}

void SimConnection::send_ephemeral(SharedFrame const& frame, EphemeralKind kind,
                                   std::uint64_t key) {
    if (is_closing_) return;
    std::string text(frame.payload());
    for (auto& queued : queue_) {
        if (!queued.is_ephemeral || key == 0 || queued.kind != kind || queued.key != key) continue;
        bytes_ += text.size() - queued.packet.text.size();
        queued.packet.text = std::move(text);
        return;
    }
    if (bytes_ + text.size() > bytes_max_) return;
    bytes_ += text.size();
    queue_.push_back({{Packet::Kind::kText, std::move(text), 0}, true, kind, key});
}

void SimConnection::close(CloseCode code, std::string_view) {
    if (std::exchange(is_closing_, true)) return;
    queue_.push_back({{Packet::Kind::kClosed, {}, static_cast<std::uint16_t>(code)}});
}

bool SimConnection::receive(Packet packet) {
    switch (packet.kind) {
        case Packet::Kind::kText:
            session_.on_text(packet.text);
            break;
        case Packet::Kind::kPong:
            session_.on_pong();
            break;
        case Packet::Kind::kPing:
            break;
        case Packet::Kind::kClosed:
            has_client_gone_ = true;
            session_.on_transport_closed();
            return false;
    }
    return true;
}

void SimConnection::flush(std::size_t packets) {
    for (; packets > 0 && !queue_.empty(); --packets) {
        auto packet = std::move(queue_.front().packet);
        queue_.pop_front();
        bytes_ -= packet.text.size();
        link_.to_client(std::move(packet));
    }
    if (queue_.empty() && !is_closing_) session_.on_drained();
}

}  // namespace sewa::simulation
