#!/usr/bin/env python3
"""Writes protocol/openapi.json (REST) and protocol/asyncapi.json (WebSocket) from the schemas below.

`tools/describe.py` writes them, with `--check` it fails when they are stale. tests/e2e/describe_test.py holds the
real server against them. Error codes come from protocol/errors.json.
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent / "protocol"
CODES = sorted(error["code"] for error in json.loads((ROOT / "errors.json").read_text())["errors"])


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def array(items):
    return {"type": "array", "items": items}


def nullable(schema):
    return {"anyOf": [schema, {"type": "null"}]}


def thing(optional=(), **properties):
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


ID = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
NUMBER = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
BOOL = {"type": "boolean"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
ANY = {}


def one_of(*values):
    return {"enum": list(values)}


MESSAGE_DATA = dict(
    id=ID, conversation_id=ID, conversation=ID, conv_seq=ID, pos=ID, client_msg_id=nullable(TEXT), content=TEXT,
    text=TEXT, sender=ref("Person"), status=TEXT, reply_to=nullable(ID), attachments=array(ANY), created_at=TIME,
    timestamp=TIME, message_type=one_of("text", "image", "file", "voice", "system", "deleted"))
EVENT = dict(conversation_id=ID, conv_seq=ID, pos=ID, user_id=ID, created_at=TIME)
STATUS = dict(user_id=ID, user_name=TEXT, is_online=BOOL, last_seen=nullable(TIME))
CONVERSATION = dict(
    id=ID, kind=one_of("direct", "group"), title=TEXT, participants=array(ref("Person")), participants_count=NUMBER,
    service=nullable(ref("Service")), provider=nullable(ref("Person")), customer=nullable(ref("Person")),
    other_participant=nullable(ref("Person")), created_at=TIME, updated_at=TIME, last_message_at=nullable(TIME),
    last_message_preview=TEXT, last_message=nullable(ref("Message")), is_active=BOOL, is_blocked=BOOL,
    is_archived=BOOL, is_pinned=BOOL, is_muted=BOOL, provider_archived=BOOL, customer_archived=BOOL,
    unread_count=NUMBER, last_conv_seq=NUMBER, read_up_to=NUMBER, delivered_up_to=NUMBER,
    read_markers=array(thing(user_id=ID, read_up_to=NUMBER, delivered_up_to=NUMBER)))
MESSAGE = dict(
    **MESSAGE_DATA, attachment=ANY, attachment_url=nullable(TEXT),
    read_statuses=array(thing(user_id=ID, is_read=BOOL)), is_read=BOOL, is_flagged=BOOL, is_deleted=BOOL,
    deletion_type=one_of(None, "self", "everyone"), is_deleted_for_user=BOOL, edited_at=nullable(TIME),
    rev=NUMBER, reactions=array(thing(emoji=TEXT, user_ids=array(ID))))
# What base mode reads beside `data`.
TOP_LEVEL = dict(id=ANY, timestamp=TEXT, message_id=ID, conversation_id=ID, deletion_type=one_of("self", "everyone"))
SCHEMAS = {
    "Person": thing(id=ID, name=TEXT, full_name=TEXT, first_name=TEXT, last_name=TEXT, avatar=nullable(TEXT),
                    role=one_of("customer", "provider", "staff")),
    "Service": thing(id=ID, title=TEXT, category=TEXT, slug=nullable(TEXT), price=nullable(TEXT)),
    "MessageData": thing(**MESSAGE_DATA),
    "Message": thing(["duplicate"], **MESSAGE, duplicate=BOOL),
    "Hit": thing(**MESSAGE, highlights=array({"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2})),
    "Conversation": thing(**CONVERSATION),
    "Status": thing(**STATUS),
    "Frame": thing(TOP_LEVEL, type=TEXT, data={"type": "object"}, **TOP_LEVEL),
    "Error": thing(optional=["field", "retry_after_ms"], code={"enum": CODES}, message=TEXT, detail=TEXT, field=TEXT,
                   retry_after_ms=NUMBER),
}
OK = thing(status=one_of("ok"))
CURSOR_PAGE = thing(results=array(ref("Message")), has_more=BOOL)


def page_of(name):
    return thing(count=NUMBER, next=nullable(TEXT), previous=nullable(TEXT), results=array(ref(name)))


# (method, path, summary, query, body, status, answer)
PAGE = ["page", "page_size"]
OPERATIONS = [
    ("get", "health/", "whether the server works; no login", [], None, 200,
     thing(status=one_of("ok"), service=one_of("sewa"), version=TEXT)),
    ("post", "ws-ticket/", "a ticket for one WebSocket connection", [], None, 201,
     thing(ticket=TEXT, expires_in=NUMBER)),
    ("get", "conversations/", "mine, newest activity first", PAGE + ["search", "has_unread", "is_active"], None, 200,
     page_of("Conversation")),
    ("post", "conversations/", "open or continue the thread about a service", [],
     thing(["initial_message", "client_msg_id"], service_id=ID, provider_id=ID, initial_message=TEXT,
           client_msg_id=TEXT), 201,
     thing(conversation=ref("Conversation"), conversation_id=ID, message=nullable(ref("Message")), duplicate=BOOL)),
    ("get", "conversations/archived/", "what I archived", PAGE, None, 200, page_of("Conversation")),
    ("get", "conversations/{id}/", "one, with a page of its messages", PAGE, None, 200,
     thing(**CONVERSATION, messages_count=NUMBER, messages=array(ref("Message")),
           latest_messages=array(ref("Message")))),
    ("delete", "conversations/{id}/", "delete for me", [], None, 204, None),
    ("get", "conversations/{id}/participants/", "all who take part", PAGE, None, 200, page_of("Person")),
    ("get", "conversations/{id}/events/", "events after a conv_seq, as sent live (R-6)", ["after", "limit"], None, 200,
     thing(results=array(ref("Frame")), has_more=BOOL, last_conv_seq=NUMBER, snapshot_required=BOOL)),
    ("post", "conversations/{id}/mark_as_read/", "read up to here", [], thing(["up_to"], up_to=ID), 200, OK),
    ("post", "conversations/{id}/typing/", "typing or not", [], thing(is_typing=BOOL), 204, None),
    *[("post", f"conversations/{{id}}/{verb}/", f"{verb}, for me", [], None, 200, OK)
      for verb in ("archive", "unarchive", "pin", "unpin", "mute", "unmute")],
    ("get", "messages/", "history by page or by cursor", PAGE + ["conversation", "before", "after", "limit"], None,
     200, {"anyOf": [page_of("Message"), CURSOR_PAGE]}),
    ("post", "messages/", "send", [],
     thing(["client_msg_id", "reply_to"], conversation=ID, text=TEXT, client_msg_id=TEXT, reply_to=ID), 201,
     ref("Message")),
    ("get", "messages/{id}/", "one message", [], None, 200, ref("Message")),
    ("patch", "messages/{id}/", "edit", [], thing(text=TEXT), 200, ref("Message")),
    ("delete", "messages/{id}/", "delete for me or for everyone", [],
     thing(["deletion_type"], deletion_type=one_of("self", "everyone")), 204, None),
    ("post", "messages/{id}/reactions/", "add or remove a reaction", [],
     thing(["op"], emoji=TEXT, op=one_of("add", "remove")), 200, OK),
    ("post", "messages/{id}/mark_as_read/", "read up to this message", [], None, 200, OK),
    ("post", "messages/{id}/flag/", "report to moderators", [], thing(["reason"], reason=TEXT), 200, OK),
    ("get", "search/", "full text (F-1 to F-4)",
     ["q", "conversation", "sender", "type", "after", "before", "limit", "cursor"], None, 200,
     thing(results=array(ref("Hit")), next_cursor=nullable(ID))),
    ("get", "sync/", "snapshot (R-4)", ["limit", "cursor"], None, 200,
     thing(epoch=TEXT, pos=NUMBER, next_cursor=nullable(ID),
           conversations=array(thing(**CONVERSATION, latest_messages=array(ref("Message")))))),
    ("get", "presence/", "who is online", ["ids"], None, 200, thing(users=array(ref("Status")))),
]


def operation(path, summary, query, body, status, answer):
    parameters = [{"name": name, "in": "query", "schema": TEXT} for name in query]
    if "{id}" in path:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": ID})
    done = {"description": summary}
    if answer is not None:
        done["content"] = {"application/json": {"schema": answer}}
    failed = {"description": "an error", "content": {"application/json": {"schema": ref("Error")}}}
    described = {"summary": summary, "parameters": parameters, "responses": {str(status): done, "default": failed}}
    if body is not None:
        described["requestBody"] = {"content": {"application/json": {"schema": body}}}
    if path == "health/":
        described["security"] = []
    return described


def openapi():
    paths = {}
    for method, path, *rest in OPERATIONS:
        paths.setdefault("/api/messaging/" + path, {})[method] = operation(path, *rest)
    return {
        "openapi": "3.1.0",
        "info": {"title": "SewaBazaar Messaging", "version": "1", "description": "Rules are in docs/PROTOCOL.md."},
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
                       "schemas": SCHEMAS},
    }


RECEIVED = {
    "connection": thing(
        status=one_of("connected"), user_id=ID, connection_id=TEXT, v=one_of(0, 1), epoch=TEXT, pos=NUMBER,
        resume=one_of("resumed", "snapshot", "fresh"), reason=one_of(None, "too_old", "epoch_changed"),
        ping_interval_ms=NUMBER, token_expires_in=NUMBER, server_time=TIME,
        limits=thing(max_frame=NUMBER, max_content=NUMBER)),
    "message": ref("MessageData"),
    "message_updated": thing(**EVENT, id=ID, content=TEXT, text=TEXT, edited_at=TIME, rev=NUMBER),
    "message_deleted": thing(["conv_seq"], **EVENT, id=ID, message_id=ID, scope=one_of("me", "all"),
                             deletion_type=one_of("self", "everyone")),
    "reaction": thing(**EVENT, message_id=ID, emoji=TEXT, op=one_of("add", "remove")),
    "read": thing(**EVENT, up_to=ID),
    "conversation": thing(["conv_seq"], **EVENT, change=TEXT),
    "ack": thing(["id", "conv_seq", "pos", "client_msg_id", "created_at"], conversation_id=ID, id=ID, conv_seq=ID,
                 pos=ID, client_msg_id=nullable(TEXT), created_at=TIME, duplicate=BOOL),
    "error": thing(["retry_after_ms", "field", "client_msg_id"], code={"enum": CODES}, message=TEXT, retryable=BOOL,
                   retry_after_ms=NUMBER, field=TEXT, client_msg_id=TEXT),
    "typing": thing(conversation_id=ID, user_id=ID, user_name=TEXT, is_typing=BOOL, expires_in_ms=NUMBER),
    "status": ref("Status"),
    "status_snapshot": thing(users=array(ref("Status"))),
    "delivered": thing(conversation_id=ID, user_id=ID, up_to=ID),
    "unread": thing(conversation_id=ID, count=NUMBER, total=NUMBER),
    "heartbeat": thing(status=one_of("pong")),
    "auth": thing(status=one_of("ok"), token_expires_in=NUMBER),
    "token_expiring": thing(expires_in_ms=NUMBER),
    "drain": thing(reconnect_after_ms=NUMBER),
    "synced": thing(pos=NUMBER),
}
SENT = {
    "message": thing(["client_msg_id", "reply_to", "attachments"], conversation_id=ID, content=TEXT,
                     client_msg_id=TEXT, reply_to=ID, attachments=array(ID)),
    "message_updated": thing(id=ID, content=TEXT),
    "message_deleted": thing(id=ID, scope=one_of("me", "all")),
    "reaction": thing(message_id=ID, emoji=TEXT, op=one_of("add", "remove")),
    "read": thing(conversation_id=ID, up_to=ID),
    "delivered": thing(conversation_id=ID, up_to=ID),
    "typing": thing(conversation_id=ID, is_typing=BOOL),
    "presence": thing(ids=array(ID)),
    "focus": thing(conversation_id=nullable(ID)),
    "heartbeat": {"type": "object"},
    "auth": thing(token=TEXT),
}


def frame(name, data):
    described = thing(TOP_LEVEL, type={"const": name}, data=data, **TOP_LEVEL)
    return {"name": name, "contentType": "application/json", "payload": described}


def asyncapi():
    received = {f"received_{name}": frame(name, data) for name, data in RECEIVED.items()}
    sent = {f"sent_{name}": frame(name, data) for name, data in SENT.items()}
    messages = {name: {"$ref": f"#/components/messages/{name}"} for name in (*received, *sent)}

    def pointers(names):
        return [{"$ref": f"#/channels/session/messages/{name}"} for name in names]

    channel = {"$ref": "#/channels/session"}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "SewaBazaar Messaging", "version": "1", "description": "Rules are in docs/PROTOCOL.md."},
        "channels": {"session": {"address": "/ws/messaging/?v=1", "messages": messages}},
        "operations": {
            "server_sends": {"action": "send", "channel": channel, "messages": pointers(received)},
            "server_receives": {"action": "receive", "channel": channel, "messages": pointers(sent)},
        },
        "components": {"messages": {**received, **sent}, "schemas": SCHEMAS},
    }


def main():
    is_stale = False
    for name, document in (("openapi.json", openapi()), ("asyncapi.json", asyncapi())):
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        path = ROOT / name
        if "--check" in sys.argv:
            is_stale |= not path.exists() or path.read_text() != text
        else:
            path.write_text(text)
    if is_stale:
        sys.exit("protocol/*.json are stale; run tools/describe.py")


if __name__ == "__main__":
    main()
