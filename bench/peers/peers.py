"""The servers that run.py compares: how each is installed, started and spoken to, and what it does not do."""
import contextlib
import http.client
import json
import os
import pathlib
import secrets
import sqlite3
import subprocess

from processes import free_port

HERE = pathlib.Path(__file__).resolve().parent
SERVERS = HERE / "servers"


class Workload:
    def __init__(self, rooms, members, window, is_idle=False):
        self.rooms, self.members, self.window, self.is_idle = rooms, members, window, is_idle

    def arguments(self):
        """For the generator, and for `sewa bench --prepare`."""
        if self.members == 2:
            return ["--pairs", str(self.rooms)]
        return ["--rooms", str(self.rooms), "--members", str(self.members)]


class Peer:
    packages = []  # Of Debian.
    needs_npm = False
    patience = 1  # How many times as long it is measured, where messages take seconds.

    def start(self, servers, workload):
        """Starts it; returns its port and what the generator must know."""
        raise NotImplementedError


class Sewa(Peer):
    name = "sewa"
    lacks = ""

    def __init__(self, program):
        self.program = program

    def start(self, servers, workload):
        port, data, secret = free_port(), servers.folder / "data", servers.folder / "secret"
        secret.write_text(secrets.token_hex(32))
        subprocess.run([self.program, "bench", "--prepare", data, *workload.arguments()], check=True,
                       stdout=subprocess.DEVNULL)
        unlimited = ["limits.frames_per_minute=0", "limits.user_writes_per_minute=0",
                     "limits.conversation_messages_per_minute=0", "metrics.listen=127.0.0.1:0"]
        settings = [word for setting in unlimited for word in ("--set", setting)]
        servers.start(self.program, "serve", "--listen", f"127.0.0.1:{port}", "--data", data, "--jwt-secret-file",
                      secret, *settings, port=port)
        return port, ["--dialect", "sewa", "--jwt-secret-file", secret]


class Relay(Peer):
    """Not a product: what is left of a server when nothing but frames is wanted of it."""
    name = "bare loop"
    lacks = "all of it: sewa's network core passes frames on, and that is all; what any server could reach here"

    def __init__(self, program):
        self.program = program

    def start(self, servers, workload):
        port = free_port()
        servers.start(self.program, port, port=port)
        return port, ["--dialect", "plain", "--target", "/room/{room}"]


class NodeWs(Peer):
    name = "Node ws"
    needs_npm = True
    lacks = "keeps nothing, tells the sender nothing, no resume, no login"

    def start(self, servers, workload):
        port = free_port()
        servers.start("node", SERVERS / "ws.js", port, port=port, env={"NODE_ENV": "production"})
        return port, ["--dialect", "plain", "--target", "/room/{room}"]


class SocketIo(Peer):
    name = "Socket.IO"
    needs_npm = True
    lacks = "keeps nothing, at most once, resume only from memory and off by default"

    def start(self, servers, workload):
        port = free_port()
        servers.start("node", SERVERS / "socketio.js", port, port=port, env={"NODE_ENV": "production"})
        return port, ["--dialect", "socketio"]


class Channels(Peer):
    name = "Django Channels"
    packages = ["daphne", "python3-django-channels", "python3-channels-redis", "redis-server"]
    lacks = "keeps nothing, drops what exceeds a capacity, no resume"

    def start(self, servers, workload):
        redis, port = free_port(), free_port()
        servers.start("redis-server", "--bind", "127.0.0.1", "--port", redis, "--save", "", port=redis)
        servers.start("/usr/bin/daphne", "-b", "127.0.0.1", "-p", port, "-v", "0", "channels_asgi:application",
                      port=port, cwd=SERVERS, env={"REDIS_PORT": str(redis), "PYTHONDONTWRITEBYTECODE": "1"})
        return port, ["--dialect", "json", "--target", "/ws/{room}/"]


class Nats(Peer):
    name = "NATS"
    packages = ["nats-server"]
    lacks = "without JetStream keeps nothing, at most once, no resume"

    def start(self, servers, workload):
        port = free_port()
        config = servers.fill(SERVERS / "nats.conf", port=port, second_port=free_port())
        servers.start("/usr/sbin/nats-server", "-c", config, port=port)
        return port, ["--dialect", "nats"]


class Nchan(Peer):
    name = "nginx + nchan"
    packages = ["nginx-light", "libnginx-mod-nchan"]
    lacks = "keeps the last 10 messages in memory, resumes inside them, no login"

    def start(self, servers, workload):
        port = free_port()
        config = servers.fill(SERVERS / "nginx.conf", port=port, folder=servers.folder)
        os.chmod(servers.folder, 0o755)
        servers.start("/usr/sbin/nginx", "-p", servers.folder, "-c", config, port=port)
        return port, ["--dialect", "plain", "--target", "/room/{room}"]


class Ejabberd(Peer):
    name = "ejabberd + MAM"
    packages = ["ejabberd", "erlang-p1-sqlite3"]
    patience = 3
    lacks = "archives, but tells the sender nothing, no key against doubles, catching up is the client's work"
    libraries = "/usr/lib/x86_64-linux-gnu"
    schema = pathlib.Path("/usr/share/ejabberd/sql/lite.sql")

    def start(self, servers, workload):
        port = free_port()
        config = servers.fill(SERVERS / "ejabberd.yml", port=port, folder=servers.folder)
        with contextlib.closing(sqlite3.connect(servers.folder / "archive.db")) as archive:
            archive.executescript(self.schema.read_text())
        servers.start(
            "/usr/bin/erl", "+K", "true", "+P", "250000", "-noinput", "-mnesia", "dir", f'"{servers.folder}/spool"',
            "-s", "ejabberd", port=port,
            env={"ERL_LIBS": self.libraries, "EJABBERD_CONFIG_PATH": str(config), "ERL_MAX_PORTS": "32000",
                 "EJABBERD_LOG_PATH": f"{servers.folder}/ejabberd.log"})
        self.prepare(port, workload)
        return port, ["--dialect", "xmpp"]

    def prepare(self, port, workload):
        api = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for room in range(workload.rooms):
            for place in range(workload.members):
                self.post(api, "register", user=f"u{room}-{place}", host="localhost", password="bench")
            if workload.members > 2:
                self.post(api, "create_room", name=f"room{room}", service="conference.localhost", host="localhost")

    @staticmethod
    def post(api, command, **arguments):
        api.request("POST", f"/api/{command}", json.dumps(arguments), {"Content-Type": "application/json"})
        answer = api.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"ejabberd: {command}: {answer.status} {body[:300]}")


def all_peers(sewa, relay):
    return {"sewa": Sewa(sewa), "bare": Relay(relay), "ws": NodeWs(), "socketio": SocketIo(),
            "channels": Channels(), "nats": Nats(), "nchan": Nchan(), "ejabberd": Ejabberd()}
