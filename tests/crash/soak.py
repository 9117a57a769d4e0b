#!/usr/bin/env python3
"""Lets devices churn over faulty links for a while, and fails when the server grows.

usage: tests/crash/soak.py CRASH_STORM MINUTES [SEED]

Memory, descriptors, the write-ahead log and the time of a read are sampled. The first third is for
caches to fill; over the rest a line is fitted, and what it gains from its begin to its end may not
pass the bound. The history of the run is checked as after a crash run.
"""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).with_name("check_history.py")

# Name, unit, divisor, how much it may gain: a part of its mean, and absolutely.
MEASURES = [
    ("rss", "MiB", 1 << 20, 0.05, 6),
    ("descriptors", "", 1, 0.1, 8),
    ("wal", "MiB", 1 << 20, 0.5, 8),
    ("ms", "ms per read", 1, 1.0, 20),
]


def gain(samples, name):
    """What the fitted line gains over the window; Theil and Sen: single outliers do not turn it."""
    slopes = [(b[name] - a[name]) / (b["s"] - a["s"])
              for i, a in enumerate(samples) for b in samples[i + 1:]]
    return statistics.median(slopes) * (samples[-1]["s"] - samples[0]["s"])


def report(samples):
    window = samples[len(samples) // 3:]
    grown = 0
    hours = (window[-1]["s"] - window[0]["s"]) / 3600
    print("| measure | mean | slope per hour | gained | allowed |\n| --- | --- | --- | --- | --- |")
    for name, unit, divisor, part, absolute in MEASURES:
        mean = statistics.mean(sample[name] for sample in window) / divisor
        gained = gain(window, name) / divisor
        allowed = max(part * mean, absolute)
        grown += gained > allowed
        print(f"| {name} | {mean:.1f} {unit} | {gained / hours:+.2f} | {gained:+.2f} |"
              f" {allowed:.1f}{' GROWS' if gained > allowed else ''} |")
    print(f"{samples[-1]['acks']} messages acknowledged in {samples[-1]['s']:.0f} s")
    return grown


def main():
    storm, minutes = sys.argv[1], float(sys.argv[2])
    seed = sys.argv[3] if len(sys.argv) > 3 else "1"
    folder = tempfile.mkdtemp(prefix="sewa-soak-")
    soaked = subprocess.run([storm, folder, "soak", str(max(6, int(minutes * 60))), seed])
    with open(f"{folder}/samples.jsonl", encoding="utf-8") as file:
        grown = report([json.loads(line) for line in file])
    checked = subprocess.run([sys.executable, "-B", CHECK, f"{folder}/history.jsonl",
                              f"{folder}/data/sewa.db"])
    if soaked.returncode or checked.returncode or grown:
        sys.exit(f"failed; the files are in {folder}")
    shutil.rmtree(folder)


main()
