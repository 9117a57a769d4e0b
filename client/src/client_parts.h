#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "catch_up.h"
#include "frame_reader.h"
#include "ledger.h"
#include "link.h"
#include "outbox.h"
#include "sewa/client_core.h"
#include "typing.h"

namespace sewa::client {

// The parts of a ClientCore and what a frame does to them. Not visible outside of the library.
class ClientCore::Parts {
public:
    Parts(CoreOptions options, Clock const& clock, Random& random);

    // One for each kind of frame.
    void on(UnknownFrame const&) {}
    void on(AuthenticatedFrame const&) {}
    void on(ConnectionFrame const& frame);
    void on(DurableFrame const& frame);
    void on(AckFrame const& frame);
    void on(ErrorFrame const& frame);
    void on(SyncedFrame const& frame);
    void on(DrainFrame const& frame) { link.draining(frame.reconnect_after_ms); }
    void on(TokenExpiringFrame const&) { link.token_expiring(); }
    void on(HeartbeatFrame const& frame);
    void on(TypingFrame const& frame);
    void on(StatusFrame const& frame) { show_presence(frame.status); }
    void on(StatusSnapshotFrame const& frame);
    void on(DeliveredFrame const& frame) { show(frame.delivered); }
    void on(UnreadFrame const& frame) { show(frame.unread); }

    void connection_closed(std::uint16_t code);
    void connection_lost();
    void answered(std::uint64_t request, HttpAnswer const& answer);
    void tick();
    void pump();
    std::optional<MonoMs> next_due() const;

    std::string since() const;
    void restore(SavedState state);
    Result<std::string> checked_content(std::string_view text) const;
    std::string new_key();
    Result<std::string> add(Request request);

    CoreOptions const options;
    Clock const& clock;
    Random& random;
    std::vector<Action> actions;
    Link link;
    Ledger ledger;
    Outbox outbox;
    GetQueue gets;
    SnapshotReader snapshot;
    GapReader repairs;
    TypingTable typists;
    TypingSignal signal;
    UserId user;
    std::string epoch;

private:
    void show(Event event) { actions.push_back(std::move(event)); }
    void show_all(std::vector<Event> events);
    void show_all(std::vector<SendProgress> progress);
    void show_presence(PresenceChanged presence);
    void show_durable(DurableFrame frame);
    bool may_send() const;
    void begin_snapshot();
    void take_snapshot(SyncPage page);
    void take_gap_page(GapReader::Answer answer);
    // R-1; frames wait while a snapshot is on its way.
    void place(DurableFrame frame);
    void place_from_stream(DurableFrame frame);
    void read_forgotten(AckFrame const& ack);
    void finish(std::optional<Outbox::Done> done);
    DurableFrame own_event(Request const& request, AckFrame const& ack) const;
    void note_delivered(MessageAdded const& added);
    void report_delivered();
    void save();

    std::int64_t content_max_ = 5'000;
    bool epoch_changed_ = false;         // Not yet told to the application.
    bool position_known_ = false;        // `since` may be sent.
    bool presence_complete_ = false;     // The first status_snapshot of this connection came.
    std::vector<DurableFrame> waiting_;  // For the snapshot; at most held_max.
    std::map<UserId, std::string> online_;
    std::unordered_map<ConversationId, ConvSeq> delivered_;  // To be reported.
    MonoMs report_at_;
    Pos saved_cursor_;
    bool unsaved_ = false;
};

}  // namespace sewa::client
