#!/usr/bin/env python3
"""Plants one fault after another into the sources, and counts the seeds until the simulation finds it.

usage: tests/simulation/plant.py BUILD_FOLDER [NAME …]      (changes files and puts them back)
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = 2800  # What the everyday tests run.

# name, file, text, what stands there instead
FAULTS = [
    ("resume begins one event late", "src/session/replay.cc", "cursor_ = page.frames.back().pos;",
     "cursor_ = {page.frames.back().pos.value + 1};"),
    ("held events are forgotten, the log is not read again", "src/session/replay.cc",
     "        forgotten_up_to_ = pos;\n", ""),
    ("held events are sent although a page brought them", "src/session/replay.cc",
     "if (!held.pos || held.pos > cursor_)", "if (true)"),
    ("live events pass the replay", "src/session/session.cc",
     "if (auto* const missed = replay()) return missed->hold_event(event.pos, event.frame);", ""),
    ("synced before the last page", "src/session/replay.cc", "!is_reading_ && !has_more_ &&",
     "!is_reading_ &&"),
    ("events of the replay come again live", "src/session/session.cc",
     "if (event.pos > live_after_) send", "send"),
    ("own message comes as frame and as ack", "src/chat/hub.cc",
     "if (ack_is_copy && &subscriber == origin) return;", ""),
    ("no other device gets what one device sent", "src/chat/hub.cc",
     "if (ack_is_copy && &subscriber == origin) return;",
     "if (ack_is_copy && subscriber.user() == origin->user()) return;"),
    ("answered, although the commit was taken back", "src/store/sqlite/engine.cc",
     "commands_->commit.run();\n    if (db_->failure() != Failure::kNone) return false;",
     "if (log_->head().value > 0 && clock_.wall().value % 50 == 7) db_->recover();\n"
     "    else commands_->commit.run();\n    if (db_->failure() != Failure::kNone) return false;"),
    ("conv_seq leaves a hole", "src/store/sqlite/log_writer.cc",
     ".conv_seq = {conversation.last_seq.value + 1},",
     ".conv_seq = {conversation.last_seq.value + (last_pos_.value % 40 == 7 ? 2 : 1)},"),
    ("the key of a message is forgotten", "src/store/sqlite/message_posts.cc",
     ".client_msg_id = post.client_msg_id,\n                                              .fingerprint",
     ".client_msg_id = {},\n                                              .fingerprint"),
    ("a removed participant goes on listening", "src/chat/audiences.cc",
     "at->second.audience = audience;", ""),
    ("the one who is removed is not told", "src/chat/hub.cc",
     "if (event.also_for) registry_.each_of(event.also_for, deliver);", ""),
    ("an ack overtakes the events before it", "src/session/session.cc",
     "if (auto* const missed = replay()) return missed->hold_answer(std::move(frame));", ""),
    ("the typing stop is not told", "src/chat/hub_ephemeral.cc",
     "    if (!expired.stopped) return;", "    return;"),
    ("a departure is never told", "src/chat/hub_presence.cc",
     "announce(user, Change::kWentOffline, *left_at);",
     "if (user.value < 0) announce(user, Change::kWentOffline, *left_at);"),
    ("refused reads are not tried again", "src/chat/read_queue.cc",
     "if (!is_taken && outstanding_ == 0) stalled_();", ""),
    ("a session keeps silent when its queue is full", "src/session/session.cc",
     "end(CloseCode::kSlowConsumer", "if (false) end(CloseCode::kSlowConsumer"),
    ("the client moves its cursor past a gap", "client/src/ledger.cc",
     "return is_whole() ? received_ : floor_;", "return received_;"),
    ("the client repeats under a new key", "client/src/outbox.cc",
     "        entry.state = SendState::kUnknown;\n        progress.push_back(progress_of(entry));\n    }\n}\n\nOutbox::Iterator",
     "        entry.state = SendState::kUnknown;\n        entry.request.key += \"x\";\n        progress.push_back(progress_of(entry));\n    }\n}\n\nOutbox::Iterator"),
    ("the client forgets what waited for its snapshot", "client/src/client_catch_up.cc",
     "for (auto& frame : std::exchange(waiting_, {})) place_from_stream(std::move(frame));",
     "waiting_.clear();"),
]


def run(fault, build):
    name, file, text, instead = fault
    path = ROOT / file
    source = path.read_text()
    if source.count(text) != 1:
        return f"the text is there {source.count(text)} times"
    path.write_text(source.replace(text, instead))
    try:
        made = subprocess.run(["cmake", "--build", build, "--target", "simulation"],
                              capture_output=True, text=True)
        if made.returncode != 0:
            return "does not build"
        program = [f"{build}/simulation", "--count", str(SEEDS)]
        try:
            ran = subprocess.run(program, capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            return "does not end"
    finally:
        path.write_text(source)
    if ran.returncode == 0:
        return "NOT FOUND"
    found = re.search(r"after (\d+) seeds:\n  (.*)", ran.stdout)
    return f"{found[1]} | {found[2]}" if found else f"stops the program ({ran.returncode})"


def main():
    build, names = sys.argv[1], sys.argv[2:]
    for fault in FAULTS:
        if names and not any(name in fault[0] for name in names):
            continue
        print(f"| {fault[0]} | {run(fault, build)} |", flush=True)


main()
