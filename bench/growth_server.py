"""A server for growth.py, and what it asks it: REST over one connection, WebSocket until the first frame."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import pathlib
import re
import secrets
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "peers"))
from processes import Servers, free_port  # noqa: E402

# The load is more than a person would make.
UNLIMITED = ["limits.frames_per_minute=0", "limits.user_writes_per_minute=0", "limits.key_requests_per_minute=0",
             "limits.conversation_messages_per_minute=0", "limits.requests_per_minute=0",
             "limits.address_requests_per_minute=0"]
INDEX_SECONDS_MAX = 3600


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Server:
    """`sewa serve` on the first core with a folder of its own; a context."""

    def __init__(self, program, prepare=()):
        self.program, self.servers = program, Servers()
        self.data, self.secret_file = self.servers.folder / "data", self.servers.folder / "secret"
        self.secret = secrets.token_hex(32)
        self.secret_file.write_text(self.secret)
        if prepare:
            subprocess.run([program, "bench", "--prepare", self.data, *prepare], check=True, stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.servers.__exit__()

    def start(self):
        """Returns how many seconds it took until it listened."""
        self.port, self.metrics_port = free_port(), free_port()
        settings = [*UNLIMITED, f"metrics.listen=127.0.0.1:{self.metrics_port}"]
        since = time.monotonic()
        self.servers.start(self.program, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.data,
                           "--jwt-secret-file", self.secret_file,
                           *(word for setting in settings for word in ("--set", setting)), port=self.port)
        self.api = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        return time.monotonic() - since

    def pid(self):
        return self.servers.started[0].pid

    def api_key(self):
        made = subprocess.run([self.program, "apikey", "create", "--data", self.data], check=True, capture_output=True,
                              text=True)
        return made.stdout.split()[0]

    def token(self, user):
        head = base64url(b'{"alg":"HS256","typ":"JWT"}')
        body = base64url(json.dumps({"user_id": user, "exp": int(time.time()) + 36_000}).encode())
        signature = hmac.new(self.secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
        return f"{head}.{body}.{base64url(signature)}"

    def request(self, method, path, authorization, body=None):
        headers = {"Authorization": authorization}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.api.request(method, f"/api/messaging/{path}", body if body is None else json.dumps(body), headers)
        answer = self.api.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]}")
        return content

    def connect(self, user):
        """Opens a WebSocket, waits for the first frame and closes it."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as link:
            link.sendall(f"GET /ws/messaging/?v=1&token={self.token(user)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                         "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: c2V3YS1iZW5jaC1rZXktMA==\r\n\r\n".encode())
            received = b""
            while b'"type":"connection"' not in received:
                piece = link.recv(65536)
                if not piece:
                    raise RuntimeError(f"no session: {received[:300]}")
                received += piece

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics") as answer:
            return sum(float(value) for value in re.findall(rf"(?m)^{name}(?:{{.*}})? (\S+)$", answer.read().decode()))

    def wait_for_index(self):
        """The search index works off what was prepared; nothing is measured meanwhile."""
        since = time.monotonic()
        while self.metric("sewa_search_position") < self.metric("sewa_log_position"):
            if time.monotonic() - since > INDEX_SECONDS_MAX:
                raise RuntimeError("the search index does not arrive")
            time.sleep(1)
        return time.monotonic() - since


def median_ms(action, times):
    taken = []
    for _ in range(times):
        since = time.perf_counter()
        action()
        taken.append((time.perf_counter() - since) * 1000)
    return statistics.median(taken)


def folder_bytes(folder):
    with contextlib.suppress(FileNotFoundError):
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return 0
