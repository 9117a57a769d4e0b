#!/usr/bin/env python3
"""Compares what clients sent, were promised and showed with what the server's database holds.

usage: check_history.py HISTORY DATABASE      (exit code 1 and one line for each finding)

Knows the history (README.md), the tables of the database and PROTOCOL.md; shares no code with the
server or its clients.
"""
import collections
import json
import sqlite3
import sys

MESSAGE, UPDATED, DELETED, REACTION, READ, CONVERSATION = range(1, 7)
KINDS = ("loss", "duplicate", "reorder", "gap", "phantom", "stale marker", "wrong unread", "damage")

Finding = collections.namedtuple("Finding", "kind text")
Event = collections.namedtuple("Event", "pos conversation seq kind actor deleted key content edited")


class Store:
    """The final database, read once."""

    def __init__(self, path):
        db = sqlite3.connect(path)
        self.damage = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        self.events = [self.event(row, self.damage) for row in db.execute(
            "SELECT pos, conversation_id, conv_seq, kind, actor_id, deleted, client_msg_id, frame,"
            " current FROM events ORDER BY pos")]
        self.last_seq = dict(db.execute("SELECT id, last_seq FROM conversations"))
        self.markers = {(c, u): seq for c, u, seq in db.execute(
            "SELECT conversation_id, user_id, read_seq FROM participants")}
        db.close()
        self.messages = {e.pos: e for e in self.events if e.kind == MESSAGE}
        self.by_conversation = collections.defaultdict(list)
        self.senders = collections.defaultdict(collections.Counter)
        for event in self.events:
            if event.seq is not None:
                self.by_conversation[event.conversation].append(event)
            if event.kind == MESSAGE:
                self.senders[event.conversation][event.actor] += 1

    @staticmethod
    def event(row, damage):
        pos, conversation, seq, kind, actor, deleted, key, frame, current = row
        data = json.loads(frame)["data"]
        told = (data["pos"], data.get("conv_seq"))
        if told != (pos, seq) or (kind == MESSAGE and data["id"] != pos):
            damage.append(f"the frame of event {pos} carries other numbers: {told}")
        shown = json.loads(current) if current else data
        return Event(pos, conversation, seq, kind, actor, bool(deleted), key,
                     shown.get("content"), current is not None)

    def messages_of_others(self, conversation, user):
        by_sender = self.senders[conversation]
        return by_sender.total() - by_sender[user]

    def unread(self, conversation, user):
        """M-11, counted the slow way."""
        marker = self.markers.get((conversation, user), 0)
        return sum(1 for e in self.by_conversation[conversation]
                   if e.kind == MESSAGE and e.seq > marker and e.actor != user and not e.deleted)


class View:
    """What one device shows of one conversation."""

    def __init__(self):
        self.last = 0        # The newest conv_seq shown, or covered by a snapshot.
        self.shown = {}      # Message id to conv_seq.
        self.content = {}
        self.covered = 0     # A snapshot may leave out older messages.
        self.markers = {}


class Check:
    def __init__(self, store):
        self.store = store
        self.findings = []
        self.users = {}
        self.watched = set()  # Conversations of the devices; others may write in the rest.
        self.sent = {}        # Key to the record of its send.
        self.acks = {}        # Key to the record of its first ack.
        self.views = collections.defaultdict(View)
        self.marked = {}      # (conversation, user) to the highest acknowledged marker.
        self.counts = collections.Counter()

    def find(self, kind, text):
        self.findings.append(Finding(kind, text))

    def run(self, records):
        for record in records:
            self.counts[record["t"]] += 1
            getattr(self, "on_" + record["t"])(record)
        self.check_log()
        self.check_keys()
        for (device, conversation), view in self.views.items():
            self.check_view(device, conversation, view)
        self.check_markers()
        for text in self.store.damage:
            self.find("damage", text)
        return self.findings

    # The history, in the order in which it was written.

    def on_device(self, record):
        self.users[record["device"]] = record["user"]
        self.watched.update(record["conversations"])

    def on_server(self, record):
        pass

    def on_send(self, record):
        self.sent[record["key"]] = record

    def on_refused(self, record):
        pass  # Not stored is what a refusal allows, not what it promises: the answer may be late.

    def on_ack(self, record):
        first = self.acks.setdefault(record["key"], record)
        if (first["id"], first["conv_seq"]) != (record["id"], record["conv_seq"]):
            self.find("duplicate", f"key {record['key']} was acknowledged as message"
                      f" {first['id']} and as {record['id']}")

    def on_snapshot(self, record):
        for entry in record["conversations"]:
            view = self.views[record["device"], entry["id"]]
            view.last = view.covered = entry["last_conv_seq"]
            view.shown = {m["id"]: m["conv_seq"] for m in entry["messages"]}
            view.content = {m["id"]: m["content"] for m in entry["messages"]}

    def on_apply(self, record):
        view = self.views[record["device"], record["conversation"]]
        where = f"{record['device']} in {record['conversation']}"
        if record["id"] in view.shown:
            self.find("duplicate", f"{where} shows message {record['id']} twice")
        elif record["conv_seq"] <= view.last:
            self.find("reorder", f"{where} shows {record['conv_seq']} after {view.last}")
        self.check_shown(where, record)
        view.last = max(view.last, record["conv_seq"])
        view.shown[record["id"]] = record["conv_seq"]
        view.content[record["id"]] = record["content"]

    def check_shown(self, where, record):
        stored = self.store.messages.get(record["id"])
        if stored is None or stored.seq != record["conv_seq"] or stored.actor != record["user"]:
            self.find("phantom", f"{where} shows message {record['id']}, which is not stored so")
            return
        send = self.sent.get(stored.key)
        if send and record["content"] not in (send["content"], stored.content):
            if not stored.edited and not stored.deleted:
                self.find("phantom", f"{where} shows another text of message {record['id']}")

    def on_change(self, record):
        view = self.views[record["device"], record["conversation"]]
        if record["conv_seq"] and record["conv_seq"] <= view.last:
            self.find("reorder", f"{record['device']} in {record['conversation']} applies change"
                      f" {record['conv_seq']} after {view.last}")
        view.last = max(view.last, record["conv_seq"])
        if record["id"] in view.shown and record["content"] is not None:
            view.content[record["id"]] = record["content"]

    def on_read(self, record):
        view = self.views[record["device"], record["conversation"]]
        before = view.markers.get(record["user"], 0)
        if record["up_to"] < before:
            self.find("stale marker", f"{record['device']} shows the marker of {record['user']} in"
                      f" {record['conversation']} at {before} and then at {record['up_to']}")
        view.markers[record["user"]] = record["up_to"]

    def on_marked(self, record):
        at = (record["conversation"], self.users[record["device"]])
        self.marked[at] = max(self.marked.get(at, 0), record["up_to"])

    def on_unread(self, record):
        """An ephemeral count may be old, never higher than all that others ever wrote."""
        user = self.users[record["device"]]
        others = self.store.messages_of_others(record["conversation"], user)
        if record["count"] > others:
            self.find("wrong unread", f"{record['device']} was told {record['count']} unread in"
                      f" {record['conversation']}, others wrote {others}")

    def on_final(self, record):
        """What a device is told at the end, when nothing is under way."""
        conversation, user = record["conversation"], self.users[record["device"]]
        if conversation not in self.watched:
            return
        view = self.views[record["device"], conversation]
        view.is_final = True
        right = self.store.unread(conversation, user)
        if record["unread"] != right:
            self.find("wrong unread", f"{record['device']} is told {record['unread']} unread in"
                      f" {conversation}, right is {right}")
        for reader, up_to in record["read"].items():
            stored = self.store.markers.get((conversation, int(reader)), 0)
            if up_to != stored:
                self.find("stale marker", f"{record['device']} is told marker {up_to} of {reader}"
                          f" in {conversation}, stored is {stored}")

    # The end.

    def check_log(self):
        for conversation, events in self.store.by_conversation.items():
            numbers = [event.seq for event in events]
            if numbers != sorted(numbers):
                self.find("reorder", f"conv_seq does not ascend with pos in {conversation}")
            if sorted(numbers) != list(range(1, len(numbers) + 1)):
                self.find("gap", f"conv_seq is not dense in conversation {conversation}")
            if max(numbers) != self.store.last_seq.get(conversation):
                self.find("gap", f"last_seq of conversation {conversation} is not its newest")

    def check_keys(self):
        stored = collections.defaultdict(list)
        for event in self.store.messages.values():
            if event.conversation in self.watched:
                stored[event.key].append(event)
        for key, events in stored.items():
            if len(events) > 1:
                self.find("duplicate", f"key {key} is stored {len(events)} times")
            if key not in self.sent:
                self.find("phantom", f"message {events[0].pos} was sent by nobody")
        for key, ack in self.acks.items():
            places = [(e.pos, e.seq, e.conversation) for e in stored.get(key, [])]
            if not places:
                self.find("loss", f"acknowledged key {key} is not stored")
            elif (ack["id"], ack["conv_seq"], ack["conversation"]) not in places:
                self.find("phantom", f"key {key} was acknowledged as {ack['id']}, stored as"
                          f" {places[0][0]}")
        texts = collections.Counter(self.sent[e.key]["content"] for e in
                                    self.store.messages.values() if e.key in self.sent)
        for text, count in texts.items():
            if count > 1:
                self.find("duplicate", f"text '{text}' is stored {count} times")

    def check_view(self, device, conversation, view):
        if not getattr(view, "is_final", False):
            return
        where = f"{device} in {conversation}"
        for event in self.store.by_conversation[conversation]:
            if event.kind != MESSAGE:
                continue
            if event.pos not in view.shown:
                if event.seq > view.covered:
                    kind = "gap" if event.seq < view.last else "loss"
                    self.find(kind, f"{where} never showed message {event.pos} ({event.seq})")
            elif view.content[event.pos] != event.content:
                self.find("loss", f"{where} ends with an old text of message {event.pos}")
        for user, up_to in view.markers.items():
            stored = self.store.markers.get((conversation, user), 0)
            if up_to != stored:
                self.find("stale marker", f"{where} ends with marker {up_to} of {user}, stored is"
                          f" {stored}")

    def check_markers(self):
        for (conversation, user), up_to in self.marked.items():
            last = self.store.last_seq.get(conversation, 0)
            if self.store.markers.get((conversation, user), 0) < min(up_to, last):
                self.find("stale marker", f"marker {up_to} of {user} in {conversation} was"
                          " acknowledged and is not stored")


def read_history(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    history, database = sys.argv[1:3]
    check = Check(Store(database))
    findings = check.run(read_history(history))
    for finding in findings[:50]:
        print(f"{finding.kind}: {finding.text}")
    counts = check.counts
    print(f"{counts['send']} sent, {len(check.acks)} acknowledged, {counts['apply']} shown on"
          f" {counts['device']} devices, {counts['server']} server starts,"
          f" {len(check.store.events)} events stored, {len(findings)} findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
