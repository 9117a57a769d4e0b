"""Starts the programs of a peer on one core, each in a process group of its own, and ends them by their ids."""
import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_SECONDS_MAX = 60
PR_SET_PDEATHSIG = 1


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def become_server():
    """In the child: on the first core, and gone when we are."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def children_of(process):
    try:
        tasks = pathlib.Path(f"/proc/{process}/task")
        found = [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
    except FileNotFoundError:
        return []
    return found + [below for child in found for below in children_of(child)]


class Servers:
    """The processes of one peer and their folder, for one run."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sewa-peers-"))
        self.started = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.started):
            self.end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def end(self, process):
        below = children_of(process.pid)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pid in below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def start(self, *command, port, env=None, cwd=None):
        """Returns when somebody listens on `port`."""
        log = self.folder / f"log-{len(self.started)}.txt"
        with log.open("w") as output:
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                cwd=cwd or self.folder, env={**os.environ, **(env or {})}, preexec_fn=become_server)
        self.started.append(process)
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            if process.poll() is not None:
                break
            time.sleep(0.005)
        raise RuntimeError(f"{command[0]} does not start:\n{log.read_text()[-2000:]}")

    def fill(self, template, **values):
        """A copy of the file with @NAME@ replaced."""
        text = template.read_text()
        for name, value in values.items():
            text = text.replace(f"@{name.upper()}@", str(value))
        copy = self.folder / template.name
        copy.write_text(text)
        return copy

    def pids(self):
        return [pid for process in self.started for pid in [process.pid, *children_of(process.pid)]]
