#!/usr/bin/env python3
"""Plants one fault after another into a copy of the sources; a named test must fail for each.

usage: tests/planted/run.py [--check | NAME …]

--check only looks whether each edit fits the sources and has its row: a test of ./test. Otherwise: prints the table of docs/RELIABILITY.md. Exit code 1 when a fault was not found: then a test is
missing. The copy and its build stay in build/planted for the next run.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from faults import FAULTS

ROOT = pathlib.Path(__file__).resolve().parents[2]
TREE = ROOT / "build" / "planted"
BUILD = TREE / "build" / "dev"
SECONDS_MAX = 900


def copy_tree():
    """Only what changed is written, so that only that is built again."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\n")
    for name in filter(None, listed):
        source, copy = ROOT / name, TREE / name
        if not source.is_file():
            continue
        if copy.is_file() and copy.read_bytes() == source.read_bytes():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)


def build(programs):
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "dev"], cwd=TREE, check=True, capture_output=True)
    jobs = os.environ.get("JOBS", str(os.cpu_count()))
    made = subprocess.run(["ninja", "-C", BUILD, "-j", jobs, *programs], capture_output=True,
                          text=True)
    if made.returncode:
        errors = [line for line in made.stdout.split("\n") if "error" in line or "FAILED" in line]
        return "\n".join(errors[:10]) or made.stdout[-2000:]
    return None


def failing_tests(fault):
    """Names of the tests that fail, in the order of their run; one that crashes is named, too."""
    program = [BUILD / fault.program, f"--gtest_filter={fault.filter}"]
    try:
        ran = subprocess.run(program, capture_output=True, text=True, errors="replace",
                             timeout=SECONDS_MAX)
        output, ended = ran.stdout, ran.returncode >= 0
    except subprocess.TimeoutExpired:
        return f"no end in {SECONDS_MAX} s"  # Perhaps found, perhaps a slow machine: not shown.
    failed = list(dict.fromkeys(re.findall(r"\[  FAILED  \] ([\w/]+\.[\w/]+)", output)))
    started = re.findall(r"\[ RUN      \] (\S+)", output)
    if not ended and started and started[-1] not in failed:
        failed.append(started[-1])
    return failed


def plant(fault):
    """The tests that find it, or a text that says why there are none."""
    kept = {}
    try:
        for name, text, instead in fault.edits:
            path = TREE / name
            source = path.read_text()
            kept.setdefault(path, source)
            if source.count(text) != 1:
                return f"{name} holds the text {source.count(text)} times: {text!r}"
            path.write_text(source.replace(text, instead))
        problem = build([fault.program] + (["sewa"] if fault.program.startswith("e2e") else []))
        return f"does not build: {problem}" if problem else failing_tests(fault)
    finally:
        for path, source in kept.items():
            path.write_text(source)


def check():
    """Every text that is replaced stands once where it should, and every fault in the table."""
    table = (ROOT / "docs/RELIABILITY.md").read_text()
    lost = [f"{fault.name}: {name} holds this {found} times: {text!r}" for fault in FAULTS
            for name, text, _ in fault.edits
            if (found := (ROOT / name).read_text().count(text)) != 1]
    lost += [f"docs/RELIABILITY.md: no row for {fault.name}" for fault in FAULTS
             if f"| {fault.name} | `" not in table]
    print("\n".join(lost))
    sys.exit(1 if lost else 0)


def main():
    if sys.argv[1:] == ["--check"]:
        check()
    if any(name.startswith("-") for name in sys.argv[1:]):
        sys.exit(__doc__)
    chosen = [f for f in FAULTS if not sys.argv[1:] or any(n in f.name for n in sys.argv[1:])]
    copy_tree()
    problem = build(sorted({fault.program for fault in chosen}))
    if problem:
        sys.exit(f"the sources as they are do not build: {problem}")
    for fault in chosen:
        if failing_tests(fault):
            sys.exit(f"fails without a fault: {failing_tests(fault)}")
    print("| fault | found by |\n| --- | --- |", flush=True)
    missed = 0
    for fault in chosen:
        found = plant(fault)
        missed += not isinstance(found, list) or not found
        if isinstance(found, list):
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            found = f"`{found[0]}`{more}" if found else "NOTHING"
        print(f"| {fault.name} | {found} |", flush=True)
    build(sorted({fault.program for fault in chosen}))
    sys.exit(1 if missed else 0)


main()
