#!/usr/bin/env python3
"""What REST reads cost: small ones at full speed, a page of a long history, the list of one who has many conversations.

usage: bench/rest.py [SEWA] [--messages N] [--conversations N] [--seconds S] [--data DIR]

Server on the first core, http_load on the second. `per core` is what one core of the server would answer: answers divided
by the CPU seconds that its process was charged. Latencies are seen by the client, so the kernel and both programs are in them.
With --data the folder is kept, and filled only once.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess

from growth_server import Server

BASE = "/api/messaging/"
PROVIDER = 5_000_000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sewa", nargs="?", type=pathlib.Path, default=pathlib.Path("build/release/sewa"))
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--data", type=pathlib.Path)
    options = parser.parse_args()
    options.sewa = options.sewa.resolve()
    if options.data is not None:
        options.data = options.data.resolve()
    return options


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_provider(server, key, conversations):
    """A provider with so many customers."""
    provider = service = PROVIDER
    server.request("PUT", f"server/people/{provider}/", key, {"name": "Busy", "role": "provider"})
    server.request("PUT", f"server/services/{service}/", key, {"provider_id": provider, "title": "Repairs"})
    for customer in range(6_000_000, 6_000_000 + conversations):
        server.request("POST", "server/conversations/", key, {
            "kind": "direct", "service_id": service, "provider_id": provider, "customer_id": customer,
            "initial_message": "Is Friday free?"})


def open_server(options):
    """A server on a folder with all that is asked for."""
    prepare = ("--pairs", "1", "--messages", str(options.messages))
    if options.data is None:
        return Server(options.sewa, prepare)
    if not options.data.exists():
        subprocess.run([options.sewa, "bench", "--prepare", options.data, *prepare], check=True)
    server = Server(options.sewa)
    server.data = options.data
    return server


def measure(server, options, title, user, paths, connections):
    program = options.sewa.parent / "http_load"
    before = cpu_seconds(server.pid())
    done = subprocess.run(["taskset", "-c", "1", program, str(server.port), server.token(user), str(connections),
                           str(options.seconds)], input="\n".join(BASE + path for path in paths) + "\n", text=True,
                          check=True, capture_output=True)
    used = cpu_seconds(server.pid()) - before
    found = json.loads(done.stdout)
    print(f"{title:<58} {found['per_s']:>7} /s  {found['requests'] / max(used, 0.01):>7.0f} per core   "
          f"p50 {found['p50_ms']:.2f} ms  p99 {found['p99_ms']:.2f} ms", flush=True)


def main():
    options = arguments()
    with open_server(options) as server:
        key = f"Api-Key {server.api_key()}"
        print(f"start with {options.messages:,} messages: {server.start():.3f} s, in steps of 10 ms")
        login = f"Bearer {server.token(PROVIDER)}"
        if json.loads(server.request("GET", "conversations/", login))["count"] == 0:
            make_provider(server, key, options.conversations)
        server.wait_for_index()
        chance = random.Random(1)
        messages = [chance.randrange(10, options.messages) for _ in range(500)]
        small = [path for at in messages
                 for path in (f"messages/{at}/", f"conversations/1/events/?after={at}&limit=1", "presence/?ids=2")]
        measure(server, options, "small reads, 16 connections", 1, small, 16)
        history = [f"messages/?conversation=1&before={at}&limit=50" for at in messages]
        measure(server, options, f"50 of {options.messages:,} messages, 1 connection", 1, history, 1)
        pages = [f"conversations/?page={1 + page % (options.conversations // 10)}" for page in messages]
        measure(server, options, f"10 of {options.conversations:,} conversations, any page, 1 connection", PROVIDER,
                pages, 1)
        measure(server, options, f"10 of {options.conversations:,} conversations, first page, 1 connection", PROVIDER,
                ["conversations/"], 1)


if __name__ == "__main__":
    main()
