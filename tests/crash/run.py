#!/usr/bin/env python3
"""Kills the server so many times while clients talk to it, and checks the history after every 100.

usage: tests/crash/run.py CRASH_STORM CYCLES [SEED]      (a run with findings keeps its folder)
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

CHECK = pathlib.Path(__file__).with_name("check_history.py")
PER_HISTORY = 100


def run(storm, cycles, seed):
    folder = tempfile.mkdtemp(prefix="sewa-crash-")
    stormed = subprocess.run([storm, folder, str(cycles), str(seed)])
    # Whatever happened to the storm: what it wrote down is true.
    checked = subprocess.run([sys.executable, "-B", CHECK, f"{folder}/history.jsonl",
                              f"{folder}/data/sewa.db"])
    if stormed.returncode or checked.returncode:
        print(f"seed {seed} failed; its files are in {folder}", flush=True)
        return False
    shutil.rmtree(folder)
    return True


def main():
    storm, cycles = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    started, failed, done = time.monotonic(), 0, 0
    while done < cycles:
        now = min(PER_HISTORY, cycles - done)
        failed += not run(storm, now, seed)
        done, seed = done + now, seed + 1
    print(f"{done} crash cycles, {failed} of {-(-done // PER_HISTORY)} histories with findings,"
          f" {time.monotonic() - started:.0f} s")
    sys.exit(1 if failed else 0)


main()
