#!/usr/bin/env python3
"""Writes protocol/openapi.json (REST and webhooks) and protocol/asyncapi.json (WebSocket) from tools/description/.

`tools/describe.py` writes them, with `--check` it fails when they are stale. tests/e2e/describe_test.py holds the
real server against them. Error codes come from protocol/errors.json.
"""
import json
import re
import sys

from description.frames import RECEIVED, SENT, SHARED
from description.operations import BYTES, OPERATIONS
from description.schemas import ID, PROTOCOL, SCHEMAS, TEXT, TOP_LEVEL, array, ref, thing

INFO = {"title": "SewaBazaar Messaging", "version": "1", "description": "Rules are in docs/PROTOCOL.md."}
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "api_key": {"type": "apiKey", "in": "header", "name": "Authorization",
                "description": "`Api-Key <key>`, made by `sewa apikey create`"},
}
FILE = {"type": "string", "contentMediaType": "application/octet-stream"}


def json_content(schema):
    return {"content": {"application/json": {"schema": schema}}}


def done(operation, status):
    answer = {"description": operation.summary}
    if operation.answer is BYTES:
        return answer if status == 304 else {**answer, "content": {"*/*": {"schema": FILE}}}
    return answer if operation.answer is None else {**answer, **json_content(operation.answer)}


def request_body(operation):
    content = {}
    if operation.body is not None:
        content.update(json_content(operation.body)["content"])
    if operation.form is not None:
        fields = {name: FILE if schema is BYTES else schema for name, schema in operation.form.items()}
        content["multipart/form-data"] = {"schema": {"type": "object", "properties": fields}}
    return {"content": content}


def describe(operation):
    parameters = [{"name": name, "in": "query", "schema": TEXT} for name in operation.query]
    parameters += [{"name": name, "in": "path", "required": True, "schema": ID}
                   for name in re.findall(r"{(\w+)}", operation.path)]
    answers = {str(status): done(operation, status) for status in operation.statuses}
    answers["default"] = {"description": "an error", **json_content(ref("Error"))}
    described = {"summary": operation.summary, "parameters": parameters, "responses": answers,
                 "security": [{name: []} if name else {} for name in operation.security]}
    if operation.body is not None or operation.form is not None:
        described["requestBody"] = request_body(operation)
    return described


def webhook(name):
    repeated = {key: schema for key, schema in TOP_LEVEL.items() if key != "id"}
    body = thing(repeated, id=TEXT, participant_ids=array(ID), type={"const": name}, data=RECEIVED[name], **repeated)
    headers = [{"name": f"X-Sewa-{header}", "in": "header", "required": True, "schema": TEXT}
               for header in ("Event-Id", "Attempt", "Signature")]
    return {"post": {"summary": f"`{name}` (W-1 to W-5)", "parameters": headers, "requestBody": json_content(body),
                     "responses": {"2XX": {"description": "taken; anything else is repeated"}}}}


def openapi():
    paths = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = describe(operation)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "paths": paths,
        "webhooks": {name: webhook(name) for name in SHARED},
        "components": {"securitySchemes": SCHEMES, "schemas": SCHEMAS},
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
        "info": INFO,
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
        path = PROTOCOL / name
        if "--check" in sys.argv:
            is_stale |= not path.exists() or path.read_text() != text
        else:
            path.write_text(text)
    if is_stale:
        sys.exit("protocol/*.json are stale; run tools/describe.py")


if __name__ == "__main__":
    main()
