"""What speaks to the real server in describe_test.py, and checks every word against protocol/*.json on its way."""
import base64
import copy
import http.server
import json
import os
import pathlib
import queue
import re
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OPENAPI = json.loads((ROOT / "protocol/openapi.json").read_text())
ASYNCAPI = json.loads((ROOT / "protocol/asyncapi.json").read_text())
BOUNDARY = "sewa-boundary"


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


def form(fields, file=None):
    """A multipart body; `file`: name, type, content."""
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]
    if file:
        name, kind, content = file
        parts.append((f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                      f"Content-Type: {kind}\r\n\r\n").encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Rest:
    """Calls operations by their described path, as whoever `login` is: the value of an Authorization header."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        self.called = set()

    def call(self, method, path, login=None, body=None, params=None, status=None, headers=None):
        """`path` as in the document, below /api/messaging/ unless absolute; ids for its {…} are in `params`. A body
        of bytes is a form."""
        path = path if path.startswith("/") else "/api/messaging/" + path
        described = OPENAPI["paths"][path][method]
        query = {key: value for key, value in (params or {}).items() if "{" + key + "}" not in path}
        named = {one["name"] for one in described["parameters"] if one["in"] == "query"}
        assert query.keys() <= named, f"{method} {path} with {query.keys() - named} is not described"
        headers = {**(headers or {}), **({"Authorization": login} if login else {})}
        answers = described["responses"]
        code, text = self.ask(method, path.format(**(params or {})) + "?" + urllib.parse.urlencode(query),
                              self.encoded(body, described, headers), headers)
        assert status is None or code == status, f"{method} {path}: {code} {text}"
        assert code >= 400 or str(code) in answers, f"{method} {path}: {code} is not described"
        if code < 400:
            self.called.add((method, path))
        return self.checked(text, answers.get(str(code), answers["default"]), f"{method} {path}")

    @staticmethod
    def encoded(body, described, headers):
        if body is None:
            return None
        content = described["requestBody"]["content"]
        if isinstance(body, bytes):
            assert "multipart/form-data" in content
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
            return body
        headers["Content-Type"] = "application/json"
        validate(body, content["application/json"]["schema"], OPENAPI, "a request")
        return json.dumps(body).encode()

    def ask(self, method, target, body, headers):
        request = urllib.request.Request(self.base + target.rstrip("?"), body, headers, method=method.upper())
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    @staticmethod
    def checked(text, answer, what):
        content = answer.get("content", {})
        if "application/json" not in content:
            assert content or not text, f"{what}: a body where none is described"
            return text
        value = json.loads(text)
        validate(value, content["application/json"]["schema"], OPENAPI, what)
        return value


class Socket:
    """As much of a WebSocket client as reading text frames takes."""

    def __init__(self, port, login):
        token = login.split()[1]
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /ws/messaging/?v=1&token={token} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                             f"Sec-WebSocket-Key: {key}\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        assert b"101" in self.file.readline()
        while self.file.readline().strip():
            pass

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
            if frame["type"] == name:
                return frame["data"]


class Receiver:
    """Takes webhooks; `until` reads and checks them one by one."""

    def __init__(self):
        posts = self.posts = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                posts.put((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def until(self, wanted):
        """Names of the types that came until all that are `wanted` had come."""
        seen = set()
        while not wanted <= seen:
            headers, text = self.posts.get(timeout=20)
            event = json.loads(text)
            described = OPENAPI["webhooks"][event["type"]]["post"]
            validate(event, described["requestBody"]["content"]["application/json"]["schema"], OPENAPI, "a webhook")
            assert all(parameter["name"] in headers for parameter in described["parameters"])
            seen.add(event["type"])
        return seen


def routes():
    """(method, path) of every route, from the sources; every id is {id}."""
    found = set()
    for file in sorted([*(ROOT / "src/api").glob("*.cc"), *(ROOT / "src/app").glob("*.cc")]):
        # Another port, and for another reader.
        if file.name != "metrics_endpoint.cc":
            found |= routes_of(file)
    assert len(found) > 50, "the routes could not be read"
    return found


def routes_of(file):
    source = file.read_text()
    base = (re.findall(r'k\w*Base = "([^"]+)"', source) or [""])[0]
    where = r'(?:std::string\(k\w*Base\) \+ |path\(|fmt::format\()?'
    listed = re.findall(r'add\(\s*{?(?:\.method = )?(?:http::)?Method::k(\w+),\s*(?:\.pattern = )?' + where +
                        r'"([^"]+)"', source)
    literal = len(listed)
    listed = [(method, path) for method, path in listed if "{}" not in path]
    verbs = {"add_change": "conversations/{id}/", "add_state": "conversations/{id}/", "add_access": "people/{id}/"}
    for adder, path in verbs.items():
        listed += [("Post", f"{path}{verb}/") for verb in re.findall(adder + r'\("(\w+)"', source)]
    if file.name == "accounts.cc":
        listed += [("Post", f"/api/auth/{verb}/") for verb in re.findall(r'add\("(\w+)"', source)]
    named = len(re.findall(r"Method::k\w+,", source))
    assert literal == named, f"{file.name} names {named} methods, and {literal} routes could be read"
    return {(method.lower(), path if path.startswith("/") else base + path) for method, path in listed}
