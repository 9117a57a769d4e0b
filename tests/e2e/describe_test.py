#!/usr/bin/env python3
"""Holds the answers and frames of the real server against protocol/openapi.json and asyncapi.json.

usage: describe_test.py SEWA_BINARY. Every operation of the document is called at least once, every route of the
server is in the document, and an answer may contain no key that is not described.
"""
import base64
import copy
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OPENAPI = json.loads((ROOT / "protocol/openapi.json").read_text())
ASYNCAPI = json.loads((ROOT / "protocol/asyncapi.json").read_text())


def strict(schema):
    """The schema without room for what it does not describe."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: strict(part) for key, part in schema.items()}
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        changed["additionalProperties"] = False
    return changed


def validate(value, schema, document, what):
    whole = {**strict(copy.deepcopy(schema)), "components": strict(document["components"])}
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(whole).iter_errors(value))
    assert error is None, f"{what}: {error.message} at {list(error.absolute_path)}"


class Rest:
    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        self.called = set()

    def call(self, method, path, token=None, body=None, params=None, status=None):
        """`path` as in the document, with ids for its {id} in `params`."""
        query = {key: value for key, value in (params or {}).items() if key != "id"}
        target = "/api/messaging/" + path.replace("{id}", str((params or {}).get("id", "")))
        url = self.base + target + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method.upper())
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                code, text = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            code, text = refused.code, refused.read()
        described = OPENAPI["paths"]["/api/messaging/" + path][method]["responses"]
        assert status is None or code == status, f"{method} {url}: {code} {text}"
        expected = described.get(str(code), described["default"])
        assert code >= 400 or str(code) in described, f"{method} {path}: {code} is not described"
        value = json.loads(text) if text else None
        if "content" in expected:
            validate(value, expected["content"]["application/json"]["schema"], OPENAPI, f"{method} {path}")
        else:
            assert value is None, f"{method} {path}: a body where none is described"
        if code < 400:
            self.called.add((method, "/api/messaging/" + path))
        return value


class Socket:
    """As much of a WebSocket client as reading text frames takes."""

    def __init__(self, port, token):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /ws/messaging/?v=1&token={token} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Key: {key}\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        assert b"101" in self.file.readline()
        while self.file.readline().strip():
            pass
        self.seen = set()

    def send(self, name, **data):
        frame = {"type": name, "data": data}
        schema = ASYNCAPI["components"]["messages"][f"sent_{name}"]["payload"]
        validate(frame, schema, ASYNCAPI, f"sent {name}")
        payload = json.dumps({**frame, "id": "r1"}).encode()
        assert len(payload) < 65536
        length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
        self.socket.sendall(b"\x81" + length + b"\0\0\0\0" + payload)

    def expect(self, name):
        while True:
            opcode, length = self.file.read(2)
            if length == 126:
                length = int.from_bytes(self.file.read(2), "big")
            elif length == 127:
                length = int.from_bytes(self.file.read(8), "big")
            payload = self.file.read(length)
            if opcode & 15 != 1:
                continue
            frame = json.loads(payload)
            schema = ASYNCAPI["components"]["messages"][f"received_{frame['type']}"]["payload"]
            validate(frame, schema, ASYNCAPI, f"received {frame['type']}")
            self.seen.add(frame["type"])
            if frame["type"] == name:
                return frame["data"]


def login(rest, person):
    request = urllib.request.Request(rest.base + "/api/demo/login/", json.dumps({"person": person}).encode())
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())["access"]


def people(rest):
    """A provider, a customer, and what the one offers: (key, key, provider's id, service's id)."""
    with urllib.request.urlopen(rest.base + "/api/demo/", timeout=20) as answer:
        demo = json.loads(answer.read())
    offer = demo["services"][0]
    provider = next(person for person in demo["people"] if person["user"]["id"] == offer["provider"]["id"])
    customers = [person for person in demo["people"] if person["user"]["role"] == "customer"]
    return customers[-1]["key"], provider["key"], provider["user"]["id"], offer["id"]


def talk(rest, own, other, names):
    """Every REST operation."""
    _, _, provider, service = names
    opened = rest.call("post", "conversations/", own, {"service_id": service, "provider_id": provider,
                                                       "initial_message": "नमस्ते, is it free?"}, status=201)
    chat = {"id": opened["conversation_id"]}
    message = rest.call("post", "messages/", other, {"conversation": chat["id"], "text": "zebra"}, status=201)
    reply = rest.call("post", "messages/", own, {"conversation": chat["id"], "text": "hi", "client_msg_id": "k",
                                                 "reply_to": message["id"]}, status=201)
    one, mine = {"id": message["id"]}, {"id": reply["id"]}
    rest.call("patch", "messages/{id}/", own, {"text": "hello"}, mine, 200)
    rest.call("post", "messages/{id}/reactions/", own, {"emoji": "👍"}, one, 200)
    rest.call("post", "messages/{id}/mark_as_read/", own, params=one, status=200)
    rest.call("post", "messages/{id}/flag/", own, {"reason": "spam"}, one, 200)
    assert rest.call("get", "messages/{id}/", own, params=one, status=200)["is_flagged"]
    rest.call("post", "conversations/{id}/mark_as_read/", own, {"up_to": 1}, chat, 200)
    rest.call("post", "conversations/{id}/typing/", own, {"is_typing": False}, chat, 204)
    deadline = time.monotonic() + 20
    while not rest.call("get", "search/", own, params={"q": "zebra"}, status=200)["results"]:
        assert time.monotonic() < deadline, "the search index stands still"
    for params in ({}, {"before": 9}, {"after": 0}):
        rest.call("get", "messages/", own, params={"conversation": chat["id"], **params}, status=200)
    for path in ("conversations/{id}/", "conversations/{id}/participants/", "conversations/{id}/events/"):
        rest.call("get", path, own, params=chat, status=200)
    for path in ("health/", "conversations/", "sync/"):
        rest.call("get", path, own, status=200)
    rest.call("get", "presence/", own, params={"ids": provider}, status=200)
    rest.call("post", "ws-ticket/", own, status=201)
    for verb in ("pin", "unpin", "mute", "unmute", "archive"):
        rest.call("post", f"conversations/{{id}}/{verb}/", own, params=chat, status=200)
    assert rest.call("get", "conversations/archived/", own, status=200)["count"]
    rest.call("post", "conversations/{id}/unarchive/", own, params=chat, status=200)
    rest.call("delete", "messages/{id}/", own, {"deletion_type": "everyone"}, mine, 204)
    for path in ("conversations/{id}/", "conversations/{id}/events/"):
        rest.call("get", path, other, params=chat, status=200)
    return chat["id"]


def mistakes(rest, own):
    rest.call("get", "sync/", status=401)
    rest.call("get", "conversations/{id}/", own, params={"id": 987654}, status=404)
    rest.call("get", "search/", own, params={"q": "-"}, status=400)
    rest.call("get", "conversations/", own, params={"page": 0}, status=400)
    rest.call("post", "messages/", own, {"conversation": 987654, "text": "x"}, status=404)


def live(port, own, other, chat):
    mine, theirs = Socket(port, own), Socket(port, other)
    theirs.expect("status_snapshot")
    mine.expect("connection")
    mine.send("message", conversation_id=chat, content="over the socket", client_msg_id="k2")
    sent = mine.expect("ack")
    theirs.expect("message")
    mine.send("message_updated", id=sent["id"], content="edited")
    theirs.expect("message_updated")
    theirs.send("reaction", message_id=sent["id"], emoji="👍", op="add")
    mine.expect("reaction")
    theirs.send("typing", conversation_id=chat, is_typing=True)
    mine.expect("typing")
    theirs.send("read", conversation_id=chat, up_to=sent["conv_seq"])
    theirs.expect("unread")
    mine.expect("read")
    theirs.send("delivered", conversation_id=chat, up_to=sent["conv_seq"])
    mine.send("message_deleted", id=sent["id"], scope="all")
    theirs.expect("message_deleted")
    mine.send("message", conversation_id=987654, content="x")
    mine.expect("error")
    mine.send("presence", ids=[1, 2])
    mine.expect("status_snapshot")
    mine.send("focus", conversation_id=chat)
    mine.send("auth", token=own)
    mine.expect("auth")
    mine.send("heartbeat")
    mine.expect("heartbeat")


def check_routes():
    """What the server has and the document has not."""
    source = (ROOT / "src/api/routes.cc").read_text()
    routes = re.findall(r'routes\.add\(\s*Method::k(\w+),\s*"([^"]+)"', source)
    routes += [("Post", f"conversations/{{id}}/{verb}/") for verb in re.findall(r'add_change\("(\w+)"', source)]
    assert len(routes) > 20, "the routes could not be read"
    for method, path in routes:
        # Bytes, not JSON.
        if path.startswith("attachments/") or path.endswith(".json"):
            continue
        described = OPENAPI["paths"].get("/api/messaging/" + path, {})
        assert method.lower() in described, f"{method} {path} is not in protocol/openapi.json"


def main():
    check_routes()
    with tempfile.TemporaryDirectory() as folder:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SEWA_")}
        server = subprocess.Popen(
            [sys.argv[1], "serve", "--demo", "--listen", "127.0.0.1:0", "--metrics-listen", "", "--data",
             folder + "/data", "--set", "limits.requests_per_minute=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        try:
            port = int(re.search(r":(\d+)\s*$", server.stdout.readline())[1])
            rest = Rest(port)
            names = people(rest)
            own, other = login(rest, names[0]), login(rest, names[1])
            chat = talk(rest, own, other, names)
            mistakes(rest, own)
            live(port, own, other, chat)
            rest.call("delete", "conversations/{id}/", own, params={"id": chat}, status=204)
            every = {(method, path) for path, methods in OPENAPI["paths"].items() for method in methods}
            assert rest.called == every, f"never called: {sorted(every - rest.called)}"
        finally:
            server.terminate()
            server.wait(20)
    print(f"{len(rest.called)} operations and the frames of two sessions are as described")


if __name__ == "__main__":
    main()
