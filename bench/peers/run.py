#!/usr/bin/env python3
"""Compares sewa with what one would use instead: same generator, same workloads, rounds interleaved.

`bench/peers/run.py [--quick] [--only ws,nats] [--rounds N]` installs what is missing (Debian, npm) and prints one
table. Servers run on the first core, the generator on the second one.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from peers import HERE, Workload, all_peers  # noqa: E402
from processes import Servers  # noqa: E402

ROOT = HERE.parent.parent
FORK_SECONDS = 1  # Until a server that listens has its workers.


def is_installed(package):
    status = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True)
    return "install ok installed" in status.stdout


def install(peers):
    missing = sorted({package for peer in peers for package in peer.packages if not is_installed(package)})
    if missing:
        print(f"installing {' '.join(missing)}", file=sys.stderr)
        as_root = [] if os.geteuid() == 0 else ["sudo"]
        # RUNLEVEL keeps the packages from starting their own services.
        command = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "install", "-y", "-qq",
                   "--no-install-recommends", *missing]
        subprocess.run([*as_root, *command], check=True, stdout=subprocess.DEVNULL)
    if any(peer.needs_npm for peer in peers) and not (HERE / "node_modules/socket.io").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)


def measure(peer, workload, options):
    with Servers() as servers:
        port, speech = peer.start(servers, workload)
        time.sleep(FORK_SECONDS)
        command = [options.load, f"127.0.0.1:{port}", *speech, *workload.arguments(), "--window", workload.window,
                   "--seconds", options.seconds * peer.patience, "--warmup", 2, "--pin"]
        if workload.is_idle:
            command.append("--idle")
        for pid in servers.pids():
            command += ["--pid", pid]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            logs = "".join(log.read_text()[-1000:] for log in servers.folder.glob("log-*.txt"))
            print(f"  {peer.name}: {done.stderr.strip()}\n{logs}", file=sys.stderr)
            return None
        return json.loads(done.stdout)


def summary(report):
    if "seconds" not in report or report["seconds"] == 0:
        return f"{report['anonymous_bytes_per_connection']:,.0f} bytes per connection"
    wrong = [f"{report[key]} {key}" for key in ("missing", "reordered", "doubled") if report[key]]
    return ", ".join([f"{report['deliveries'] / report['seconds']:,.0f} deliveries/s", *wrong])


def median(reports, value):
    values = [value(report) for report in reports]
    return statistics.median(values) if values else None


def cell(value, form):
    return "-" if value is None else format(value, form)


COLUMNS = [
    ("deliveries/s", lambda r: r["deliveries"] / r["seconds"], ",.0f"),
    ("p50 ms", lambda r: r["p50_ms"], ",.2f"),
    ("p99 ms", lambda r: r["p99_ms"], ",.2f"),
    ("CPU us/delivery", lambda r: (r["server_user_s"] + r["server_system_s"]) * 1e6 / max(1, r["deliveries"]), ",.2f"),
    ("generator CPU", lambda r: r["generator_s"] / r["seconds"], ".0%"),
]


def table_of(title, peers, results):
    """Rows of text: medians, and how many times as fast sewa is and as much CPU per delivery the peer needs."""
    own = [median(results["sewa"], value) for _, value, _ in COLUMNS]
    rows = [[title, *(name for name, _, _ in COLUMNS), "speed", "CPU", "lost", "reordered", "doubled"]]
    for key, peer in peers.items():
        reports = results[key]
        values = [median(reports, value) for _, value, _ in COLUMNS]
        speed = own[0] / values[0] if own[0] and values[0] else None
        cpu = values[3] / own[3] if own[3] and values[3] else None
        wrong = [str(sum(report[name] for report in reports)) for name in ("missing", "reordered", "doubled")]
        rows.append([peer.name, *(cell(value, form) for value, (_, _, form) in zip(values, COLUMNS)),
                     cell(speed, ".2f"), cell(cpu, ".2f"), *wrong])
    return rows


def memory_table(peers, results):
    rows = [["memory", "bytes/idle connection"]]
    for key, peer in peers.items():
        rows.append([peer.name, cell(median(results[key], lambda r: r["anonymous_bytes_per_connection"]), ",.0f")])
    return rows


def show(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))]))
    print()


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sewa", default=ROOT / "build/release/sewa", help="program to measure")
    parser.add_argument("--load", default=ROOT / "build/release/peer_load", help="generator")
    parser.add_argument("--relay", default=ROOT / "build/release/peer_relay", help="the bare loop")
    parser.add_argument("--only", help="comma-separated: bare, ws, socketio, channels, nats, nchan, ejabberd")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--pair-window", type=int, default=1)
    parser.add_argument("--rooms", type=int, default=10)
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--room-window", type=int, default=4)
    parser.add_argument("--idle", type=int, default=2000, help="connections of the memory run; 0: none")
    parser.add_argument("--quick", action="store_true", help="one round of three seconds")
    parser.add_argument("--json", type=pathlib.Path, help="write all runs to this file, too")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 3
    return options


def main():
    options = parse()
    peers = all_peers(options.sewa, options.relay)
    if options.only:
        wanted = {"sewa", *options.only.split(",")}
        peers = {key: peer for key, peer in peers.items() if key in wanted}
    install(peers.values())
    workloads = {
        f"pairs ({options.pairs})": Workload(options.pairs, 2, options.pair_window),
        f"rooms of {options.members} ({options.rooms})": Workload(options.rooms, options.members, options.room_window),
    }
    if options.idle:
        workloads["memory"] = Workload(options.idle // 2, 2, 1, is_idle=True)
    results = {title: {key: [] for key in peers} for title in workloads}
    for turn in range(options.rounds):
        for title, workload in workloads.items():
            for key, peer in peers.items():
                if workload.is_idle and turn > 0:
                    continue
                report = measure(peer, workload, options)
                if report:
                    results[title][key].append(report)
                    print(f"  {title}, {peer.name}: {summary(report)}", file=sys.stderr)
    for title, workload in workloads.items():
        show(memory_table(peers, results[title]) if workload.is_idle else table_of(title, peers, results[title]))
    show([["what it does not do", ""], *([peer.name, peer.lacks] for peer in peers.values() if peer.lacks)])
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


main()
