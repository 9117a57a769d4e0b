#!/usr/bin/env python3
"""The self-test of check_history.py: plants each fault in a good history and expects its finding."""
import copy
import json
import os
import sqlite3
import tempfile
import unittest

import check_history

SCHEMA = """
CREATE TABLE events (pos INTEGER PRIMARY KEY, conversation_id, conv_seq, kind, actor_id, deleted,
                     client_msg_id, frame, current);
CREATE TABLE conversations (id INTEGER PRIMARY KEY, last_seq);
CREATE TABLE participants (conversation_id, user_id, read_seq);
"""
ASHA, BINA = 1, 2
DEVICES = {"asha": ASHA, "bina": BINA}


def good_rows():
    """Four messages in turns, the third edited, then Bina reads up to the third."""
    rows = []
    for seq in range(1, 5):
        actor = ASHA if seq % 2 else BINA
        rows.append([100 + seq, 7, seq, check_history.MESSAGE, actor, 0, f"k{seq}", f"text {seq}",
                     "text 3 better" if seq == 3 else None])
    rows.append([105, 7, 5, check_history.UPDATED, ASHA, 0, None, "text 3 better", None])
    rows.append([106, 7, 6, check_history.READ, BINA, 0, None, "", None])
    return rows


def good_history():
    records = [{"t": "device", "device": name, "user": user, "conversations": [7]}
               for name, user in DEVICES.items()]
    records.append({"t": "server", "start": 1})
    for seq in range(1, 5):
        name, user = ("asha", ASHA) if seq % 2 else ("bina", BINA)
        records.append({"t": "send", "device": name, "key": f"k{seq}", "conversation": 7,
                        "content": f"text {seq}"})
        records.append({"t": "ack", "device": name, "key": f"k{seq}", "conversation": 7,
                        "id": 100 + seq, "conv_seq": seq})
        for device in DEVICES:
            records.append({"t": "apply", "device": device, "conversation": 7, "conv_seq": seq,
                            "id": 100 + seq, "user": user, "content": f"text {seq}"})
    for device in DEVICES:
        records.append({"t": "change", "device": device, "conversation": 7, "conv_seq": 5,
                        "id": 103, "content": "text 3 better"})
        records.append({"t": "read", "device": device, "conversation": 7, "user": BINA, "up_to": 3})
    records.append({"t": "marked", "device": "bina", "conversation": 7, "up_to": 3})
    records.append({"t": "unread", "device": "bina", "conversation": 7, "count": 0})
    records.append({"t": "final", "device": "asha", "conversation": 7, "unread": 2,
                    "read": {"1": 0, "2": 3}})
    records.append({"t": "final", "device": "bina", "conversation": 7, "unread": 0,
                    "read": {"1": 0, "2": 3}})
    return records


class CheckHistory(unittest.TestCase):
    def setUp(self):
        self.rows, self.history = good_rows(), good_history()
        self.last_seq, self.markers = 6, {ASHA: 0, BINA: 3}

    def findings(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sewa.db")
            db = sqlite3.connect(path)
            db.executescript(SCHEMA)
            for row in self.rows:
                db.execute("INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?)", self.stored(row))
            db.execute("INSERT INTO conversations VALUES (7, ?)", (self.last_seq,))
            for user, seq in self.markers.items():
                db.execute("INSERT INTO participants VALUES (7, ?, ?)", (user, seq))
            db.commit()
            db.close()
            return check_history.Check(check_history.Store(path)).run(self.history)

    @staticmethod
    def stored(row):
        pos, conversation, seq, kind, actor, deleted, key, content, current = row
        frame = json.dumps({"data": {"id": pos, "pos": pos, "conv_seq": seq, "content": content}})
        now = json.dumps({"content": current}) if current else None
        return (pos, conversation, seq, kind, actor, deleted, key, frame, now)

    def expect(self, kind):
        self.assertIn(kind, {finding.kind for finding in self.findings()})

    def record(self, kind, **fields):
        """The record of this kind with these fields; there is exactly one."""
        found = [r for r in self.history if r["t"] == kind and fields.items() <= r.items()]
        self.assertEqual(len(found), 1, (kind, fields))
        return found[0]

    def remove(self, kind, **fields):
        self.history.remove(self.record(kind, **fields))

    def repeat(self, kind, **fields):
        self.history.append(copy.deepcopy(self.record(kind, **fields)))

    def test_a_good_history_has_no_findings(self):
        self.assertEqual(self.findings(), [])

    def test_loss_of_an_acknowledged_message(self):
        self.rows[3] = [104, 7, 4, check_history.CONVERSATION, BINA, 0, None, "", None]
        self.expect("loss")

    def test_loss_of_the_end_of_the_log(self):
        del self.rows[3:]
        self.last_seq = 3
        self.expect("loss")

    def test_loss_on_a_screen(self):
        self.remove("apply", device="bina", conv_seq=4)
        self.remove("change", device="bina")
        self.expect("loss")

    def test_loss_of_an_edit_on_a_screen(self):
        self.remove("change", device="bina")
        self.expect("loss")

    def test_duplicate_key_in_the_store(self):
        self.rows.append([107, 7, 7, check_history.MESSAGE, ASHA, 0, "k1", "text 1", None])
        self.last_seq = 7
        self.expect("duplicate")

    def test_duplicate_text_under_a_new_key(self):
        self.rows.append([107, 7, 7, check_history.MESSAGE, ASHA, 0, "k9", "text 1", None])
        self.history.insert(3, {"t": "send", "device": "asha", "key": "k9", "conversation": 7,
                                "content": "text 1"})
        self.last_seq = 7
        self.expect("duplicate")

    def test_duplicate_on_a_screen(self):
        self.repeat("apply", device="bina", conv_seq=2)
        self.expect("duplicate")

    def test_duplicate_answers_that_differ(self):
        self.repeat("ack", key="k2")
        self.history[-1]["id"] = 104
        self.expect("duplicate")

    def test_reorder_on_a_screen(self):
        first = self.record("apply", device="bina", conv_seq=2)
        second = self.record("apply", device="bina", conv_seq=3)
        i, j = self.history.index(first), self.history.index(second)
        self.history[i], self.history[j] = second, first
        self.expect("reorder")

    def test_reorder_of_a_change(self):
        self.record("change", device="bina")["conv_seq"] = 2
        self.expect("reorder")

    def test_reorder_in_the_store(self):
        self.rows[0][2], self.rows[1][2] = 2, 1
        self.expect("reorder")

    def test_gap_in_the_store(self):
        del self.rows[1]
        self.expect("gap")

    def test_gap_behind_the_newest_event(self):
        self.last_seq = 9
        self.expect("gap")

    def test_gap_on_a_screen(self):
        self.remove("apply", device="bina", conv_seq=2)
        self.expect("gap")

    def test_phantom_on_a_screen(self):
        self.record("apply", device="bina", conv_seq=4)["id"] = 999
        self.expect("phantom")

    def test_phantom_text(self):
        self.record("apply", device="bina", conv_seq=2)["content"] = "never written"
        self.expect("phantom")

    def test_phantom_sender(self):
        self.record("apply", device="bina", conv_seq=2)["user"] = 77
        self.expect("phantom")

    def test_phantom_in_the_store(self):
        self.remove("send", key="k2")
        self.expect("phantom")

    def test_phantom_place_of_an_acknowledged_message(self):
        self.record("ack", key="k2")["conv_seq"] = 4
        self.expect("phantom")

    def test_stale_marker_that_was_acknowledged(self):
        self.markers[BINA] = 1
        self.expect("stale marker")

    def test_stale_marker_that_moves_back(self):
        self.repeat("read", device="asha")
        self.history[-1]["up_to"] = 1
        self.expect("stale marker")

    def test_stale_marker_that_is_told_at_the_end(self):
        self.record("final", device="asha")["read"]["2"] = 2
        self.expect("stale marker")

    def test_stale_marker_on_a_screen(self):
        self.record("read", device="asha")["up_to"] = 2
        self.expect("stale marker")

    def test_wrong_unread_at_the_end(self):
        self.record("final", device="asha")["unread"] = 1
        self.expect("wrong unread")

    def test_wrong_unread_that_was_never_possible(self):
        self.record("unread", device="bina")["count"] = 3
        self.expect("wrong unread")

    def test_wrong_unread_after_a_delete(self):
        self.rows[1][5] = 1
        self.expect("wrong unread")

    def test_damage_of_a_frame(self):
        rows = [self.stored(row) for row in self.rows]
        self.stored = lambda row: rows[0][:7] + rows[1][7:] if row[0] == 101 else type(self).stored(row)
        self.expect("damage")

    def test_every_kind_of_finding_has_a_test(self):
        names = " ".join(name for name in dir(self) if name.startswith("test_"))
        for kind in check_history.KINDS:
            self.assertIn("test_" + kind.replace(" ", "_"), names)


if __name__ == "__main__":
    unittest.main()
