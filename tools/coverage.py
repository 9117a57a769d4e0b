#!/usr/bin/env python3
"""Which lines and branches of the protocol's core its own tests run.

usage: tools/coverage.py [--list]      (--list names each line with a branch that is not taken)

Builds ws, wire, auth and store with --coverage in build/coverage and runs their test programs.
Branches that only an exception takes are not counted: the compiler makes them, not we.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "coverage"
MODULES = ["ws", "wire", "auth", "store"]
TESTS = ["ws_test", "ws_conformance_test", "wire_test", "auth_test", "store_sqlite_test"]


def run(*command, **options):
    return subprocess.run(command, cwd=ROOT, check=True, **options)


def build_and_test():
    run("cmake", "-S", ".", "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
        "-DCMAKE_CXX_FLAGS=-O0 -g1 --coverage", stdout=subprocess.DEVNULL)
    run("ninja", "-C", BUILD, "-j", os.environ.get("JOBS", str(os.cpu_count())), *TESTS,
        stdout=sys.stderr)
    for old in BUILD.rglob("*.gcda"):
        old.unlink()
    for test in TESTS:
        run(BUILD / test, stdout=subprocess.DEVNULL)


def files_of_report(gcda):
    made = run("gcov", "--branch-probabilities", "--json-format", "--stdout", gcda,
               capture_output=True)
    for line in made.stdout.splitlines():
        yield from json.loads(line)["files"]


def module_of(name):
    path = (BUILD / name).resolve()
    if not path.is_relative_to(ROOT / "src"):
        return None, None
    path = path.relative_to(ROOT / "src")
    if path.parts[0] not in MODULES or "_test" in path.name or "for_test" in path.name:
        return None, None
    return path.parts[0], str(path)


def collect():
    """Counts by (file, line): a header is in many reports, and one of them taking it is enough."""
    lines, branches = collections.Counter(), collections.defaultdict(collections.Counter)
    for gcda in BUILD.rglob("*.gcda"):
        for file in files_of_report(gcda):
            module, name = module_of(file["file"])
            if module is None:
                continue
            for line in file["lines"]:
                at = (name, line["line_number"])
                lines[at] += line["count"]
                for number, branch in enumerate(b for b in line["branches"] if not b["throw"]):
                    branches[at][number] += branch["count"]
    return lines, branches


def main():
    build_and_test()
    lines, branches = collect()
    print("| module | lines | branches |\n| --- | --- | --- |")
    for module in MODULES:
        own = [n for at, n in lines.items() if at[0].startswith(module + "/")]
        taken = [n for at, by in branches.items() if at[0].startswith(module + "/")
                 for n in by.values()]
        print(f"| {module} | {100 * sum(map(bool, own)) / len(own):.1f} % of {len(own)} |"
              f" {100 * sum(map(bool, taken)) / len(taken):.1f} % of {len(taken)} |")
    if "--list" in sys.argv:
        for at in sorted(at for at, by in branches.items() if not all(by.values())):
            print(f"src/{at[0]}:{at[1]}")


main()
