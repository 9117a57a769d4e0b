#!/usr/bin/env python3
"""Runs the standard figures of bench/README.md and prints them as one table.

`bench/figures.py [--sewa build/release/sewa] [--quick] [--rounds N]`. With several rounds the workloads are
interleaved, so that what else the machine does hits all of them, and the table has the median. A run that
loses a message ends everything with exit code 1.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Name, arguments, and what the table shows of the report: (title, key or path, decimals).
RATES = [("messages/s", "messages_per_s", 0), ("deliveries/s", "deliveries_per_s", 0)]
LATENCY = [("p50 ms", "delivery.p50_ms", 2), ("p99 ms", "delivery.p99_ms", 2),
           ("p99.9 ms", "delivery.p999_ms", 2)]
CPU = [("user us", "user_us_per_delivery", 2), ("system us", "system_us_per_delivery", 2)]
FIGURES = [
    ("pairs, closed loop", "--pairs 1000 --window 4", RATES + LATENCY + CPU),
    ("pairs, 5,000/s", "--pairs 1000 --rate 5000", RATES + LATENCY + CPU),
    ("rooms of 100, closed loop", "--rooms 20 --members 100 --window 16", RATES + LATENCY + CPU),
    ("rooms of 100, typing", "--rooms 20 --members 100 --typing --window 8", RATES + LATENCY + CPU),
    ("10,000 idle", "--pairs 5000 --idle --seconds 1 --warmup 0",
     [("bytes/connection", "anonymous_bytes_per_connection", 0), ("connect s", "connect_s", 2)]),
    ("15,000 after SIGKILL", "--pairs 7500 --processes 3 --rate 1000 --storm --seconds 2",
     [("restart s", "restart_s", 2), ("resumed s", "resumed_s", 2), ("meanwhile p50 ms", "meanwhile.p50_ms", 1),
      ("p99 ms", "meanwhile.p99_ms", 1)]),
    ("start, 1,000,000 messages", "--pairs 1000 --messages 1000000 --idle --seconds 1 --warmup 0",
     [("start s", "startup_s", 3)]),
]


def value_at(report, path):
    for key in path.split("."):
        report = report[key]
    return report


def run(sewa, arguments, seconds):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sewa, "bench", "--self-contained", "--json", file.name, *arguments.split()]
        if "--seconds" not in command:
            command += ["--seconds", str(seconds)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"failed: {' '.join(command)}")
        return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sewa", default=ROOT / "build/release/sewa", help="program to measure")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round of two seconds each")
    arguments = parser.parse_args()
    rounds, seconds = (1, 2) if arguments.quick else (arguments.rounds, 10)
    reports = {name: [] for name, _, _ in FIGURES}
    for _ in range(rounds):
        for name, workload, _ in FIGURES:
            print(f"… {name}", file=sys.stderr)
            reports[name].append(run(arguments.sewa, workload, seconds))
    for name, _, columns in FIGURES:
        cells = []
        for title, path, decimals in columns:
            values = [value_at(report, path) for report in reports[name]]
            cells.append(f"{title} {statistics.median(values):,.{decimals}f}")
        print(f"{name:28}" + "   ".join(cells))


main()
