#!/usr/bin/env python3
"""Holds the answers, frames and webhooks of the real server against protocol/openapi.json and asyncapi.json.

usage: describe_test.py SEWA_BINARY. Every operation of the document is called at least once and with success, every
route of the server is in the document and the other way round, and an answer may contain no key that is not
described.
"""
import base64
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from described import ASYNCAPI, OPENAPI, Receiver, Rest, Socket, form, routes

# One white dot.
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=")
SERVER = "/api/messaging/server/"
AUTH = "/api/auth/"


def people(rest):
    """A provider, a customer, and what the one offers: (key, key, provider's id, service's id)."""
    demo = rest.call("get", "/api/demo/", status=200)
    offer = demo["services"][0]
    provider = next(person for person in demo["people"] if person["user"]["id"] == offer["provider"]["id"])
    customers = [person for person in demo["people"] if person["user"]["role"] == "customer"]
    return customers[-1]["key"], provider["key"], provider["user"]["id"], offer["id"]


def login(rest, person):
    return "Bearer " + rest.call("post", "/api/demo/login/", body={"person": person}, status=200)["access"]


def talk(rest, own, other, names):
    """Conversations and messages: every operation, but for what ends them."""
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
    look_around(rest, own, provider, chat)
    rest.call("delete", "messages/{id}/", own, {"deletion_type": "everyone"}, mine, 204)
    for path in ("conversations/{id}/", "conversations/{id}/events/"):
        rest.call("get", path, other, params=chat, status=200)
    return chat["id"]


def look_around(rest, own, provider, chat):
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


def attach(rest, own, other, chat):
    """Files: uploaded, sent both ways, read in all shapes."""
    file = ("dot.png", "image/png", PNG)
    dot = rest.call("post", "attachments/", own, form({}, file), status=201)
    assert dot["width"] == 1 and dot["preview"]
    text = "attachments/{id}/"
    rest.call("post", "messages/", own, {"conversation": chat, "attachments": [dot["id"]]}, status=201)
    sent = rest.call("post", "messages/", other, form({"conversation": chat, "text": "two"}, file), status=201)
    assert sent["message_type"] == "image" and sent["attachment"]["id"] != dot["id"]
    again = rest.call("get", text, other, params={"id": dot["id"]}, status=200)
    link = dict(re.findall(r"[?&](\w+)=([^&]+)", again["url"]), id=dot["id"])
    assert rest.call("get", text + "file/", params=link, status=200) == PNG
    path = {"id": dot["id"]}
    assert rest.call("get", text + "file/", other, params=path, status=206, headers={"Range": "bytes=0-3"}) == PNG[:4]
    rest.call("get", text + "file/", other, params=path, status=304, headers={"If-None-Match": "*"})
    rest.call("get", text + "file/", params=path, status=401)
    rest.call("get", text + "file/", params={**link, "signature": "00"}, status=403)
    for path in ("conversations/{id}/", "conversations/{id}/events/"):
        rest.call("get", path, own, params={"id": chat}, status=200)
    rest.call("post", "attachments/", own, form({}, ("page.html", "text/html", b"<html>")), status=400)
    rest.call("post", "attachments/", own, form({}), status=400)


def mistakes(rest, own):
    rest.call("get", "sync/", status=401)
    rest.call("get", "conversations/{id}/", own, params={"id": 987654}, status=404)
    rest.call("get", "search/", own, params={"q": "-"}, status=400)
    rest.call("get", "conversations/", own, params={"page": 0}, status=400)
    rest.call("post", "messages/", own, {"conversation": 987654, "text": "x"}, status=404)
    rest.call("get", "attachments/{id}/", own, params={"id": 987654}, status=404)
    rest.call("get", SERVER + "presence/", "Api-Key none", status=401)
    rest.call("post", AUTH + "login/", body={"username": "nobody", "password": "correct horse"}, status=401)
    rest.call("post", AUTH + "register/", body={"username": "x", "password": "correct horse"}, status=400)


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
    mine.send("auth", token=own.split()[1])
    mine.expect("auth")
    mine.send("heartbeat")
    mine.expect("heartbeat")


def register(rest):
    """An account, from its first token to its last."""
    rest.call("post", AUTH + "register/", body={"email": "maya@example.com", "password": "correct horse",
                                                "name": "Maya Lama", "role": "provider"}, status=201)
    made = rest.call("post", AUTH + "login/", body={"username": "maya@example.com", "password": "correct horse"},
                     status=200)
    fresh = rest.call("post", AUTH + "refresh/", body={"refresh": made["refresh"]}, status=200)
    rest.call("post", AUTH + "logout/", body={"refresh": fresh["refresh"]}, status=204)
    rest.call("post", AUTH + "refresh/", body={"refresh": fresh["refresh"]}, status=401)


def moderate(rest, key, port, other):
    """The server-side API, with somebody connected who sees what it does."""
    def ask(method, path, body=None, status=200, **params):
        return rest.call(method, SERVER + path, key, body, params, status)

    for person in (901, 902):
        ask("put", "people/{id}/", {"name": f"Number {person}", "role": "customer"}, id=person)
    ask("put", "services/{id}/", {"provider_id": 2, "title": "Roofs", "price": "NPR 1"}, id=900)
    opened = {"kind": "direct", "service_id": 900, "provider_id": 2, "customer_id": 901, "initial_message": "hello"}
    chat = ask("post", "conversations/", opened, 201)["conversation_id"]
    assert ask("post", "conversations/", opened)["conversation_id"] == chat
    room = ask("post", "conversations/", {"kind": "group", "title": "Team", "participant_ids": [2, 901]},
               201)["conversation_id"]
    provider = Socket(port, other)
    provider.expect("connection")
    ask("patch", "conversations/{id}/", {"title": "The team"}, id=room)
    assert provider.expect("conversation")["title"] == "The team"
    ask("post", "conversations/{id}/participants/", {"user_id": 902}, id=room)
    assert provider.expect("conversation")["participant_id"] == 902
    ask("delete", "conversations/{id}/participants/{user_id}/", id=room, user_id=902)
    for verb in ("close", "reopen", "block", "unblock"):
        ask("post", f"conversations/{{id}}/{verb}/", id=chat)
    ask("post", "conversations/{id}/messages/", {"text": "Welcome", "client_msg_id": "w"}, 201, id=chat)
    assert provider.expect("message")["sender"] is None
    ask("get", "presence/", ids="2,901")
    ask("get", "people/{id}/export/", id=901)
    ask("get", "people/{id}/export/", status=404, id=903)
    for verb in ("ban", "unban", "logout"):
        ask("post", f"people/{{id}}/{verb}/", id=902)
    ask("delete", "people/{id}/", id=901)
    provider.expect("message_deleted")
    assert ask("get", "webhooks/")["delivered"]
    for path in ("conversations/{id}/", "conversations/{id}/events/"):
        rest.call("get", path, other, params={"id": chat}, status=200)


def check_routes():
    documented = {(method, re.sub(r"{\w+}", "{id}", path))
                  for path, methods in OPENAPI["paths"].items() for method in methods}
    socket = ("get", "/ws/messaging/")
    assert ASYNCAPI["channels"]["session"]["address"].startswith(socket[1])
    served = routes() - {socket}
    assert served == documented, (f"served and not described: {sorted(served - documented)}; "
                                  f"described and not served: {sorted(documented - served)}")


def check(port, key, receiver):
    rest = Rest(port)
    names = people(rest)
    own, other = login(rest, names[0]), login(rest, names[1])
    chat = talk(rest, own, other, names)
    attach(rest, own, other, chat)
    mistakes(rest, own)
    live(port, own, other, chat)
    register(rest)
    events = receiver.until(set(OPENAPI["webhooks"]))
    moderate(rest, key, port, other)
    rest.call("delete", "conversations/{id}/", own, params={"id": chat}, status=204)
    every = {(method, path) for path, methods in OPENAPI["paths"].items() for method in methods}
    assert rest.called == every, f"never called: {sorted(every - rest.called)}"
    print(f"{len(rest.called)} operations, {len(events)} webhooks and the frames of three sessions are as described")


def main():
    check_routes()
    receiver = Receiver()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEWA_")}
    with tempfile.TemporaryDirectory() as folder:
        data = folder + "/data"
        made = subprocess.run([sys.argv[1], "apikey", "create", "--data", data, "--name", "test", "--scopes", "all"],
                              capture_output=True, text=True, check=True, env=environment)
        pathlib.Path(folder, "hook").write_text("kR8vT3yW6zB1nM4qP7sX0dF2gH5jL9aC-hook")
        settings = ["limits.requests_per_minute=0", "webhooks.url=" + receiver.url,
                    f"webhooks.secret_file={folder}/hook"]
        server = subprocess.Popen(
            [sys.argv[1], "serve", "--demo", "--accounts", "--listen", "127.0.0.1:0", "--metrics-listen", "",
             "--data", data, *[word for one in settings for word in ("--set", one)]],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        try:
            port = int(re.search(r":(\d+)\s*$", server.stdout.readline())[1])
            check(port, "Api-Key " + made.stdout.split()[0], receiver)
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()
