#!/usr/bin/env python3
"""Which branches of the protocol's core its own tests run.

usage: tools/coverage.py [--report]      (--report: of the last run, without building and testing)

Builds the tests of ws, wire, auth and store with clang's coverage in build/coverage and runs them. A
branch is a condition in the source that came out true, and that it came out false. In ws, wire and
auth each that never did has to stand in tests/COVERAGE.md with the reason, and what stands there
has to be true. Of the store, whose rules are tests of their own (the contract) and which other
programs test as well, a share must be taken. Exit code 1 when it is not so.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
REASONS = ROOT / "tests" / "COVERAGE.md"
# | `file` | `the condition` | true or false | why |
REASON = re.compile(r"^\| `([\w/.]+)` \| `(.+)` \| (true|false) \| (.+) \|$", re.MULTILINE)
BUILD = ROOT / "build" / "coverage"
MODULES = ["ws", "wire", "auth", "store"]
LEAST_PERCENT = {"store": 87}  # Every branch, elsewhere.
TESTS = ["ws_test", "ws_conformance_test", "wire_test", "auth_test", "store_sqlite_test"]


def run(*command, **options):
    return subprocess.run(command, cwd=ROOT, check=True, **options)


def build_and_test():
    run("cmake", "-S", ".", "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
        "-DCMAKE_CXX_COMPILER=clang++",
        "-DCMAKE_CXX_FLAGS=-O0 -g0 -fprofile-instr-generate -fcoverage-mapping",
        stdout=subprocess.DEVNULL)
    run("ninja", "-C", BUILD, "-j", os.environ.get("JOBS", str(os.cpu_count())), *TESTS,
        stdout=sys.stderr)
    for old in BUILD.glob("*.profraw"):
        old.unlink()
    for test in TESTS:
        # %p: the program and the servers it starts each write their own.
        run(BUILD / test, stdout=subprocess.DEVNULL,
            env=os.environ | {"LLVM_PROFILE_FILE": f"{BUILD}/{test}-%p.profraw"})
    run("llvm-profdata-14", "merge", "-sparse", *BUILD.glob("*.profraw"),
        "-o", BUILD / "all.profdata")


def report():
    objects = [BUILD / test for test in TESTS] + [BUILD / "sewa-ws-echo"]
    first, *others = objects
    made = run("llvm-cov-14", "export", first, *(f"--object={at}" for at in others),
               f"--instr-profile={BUILD}/all.profdata", capture_output=True)
    return json.loads(made.stdout)["data"][0]


def module_of(name):
    path = pathlib.Path(name).resolve()
    if not path.is_relative_to(ROOT / "src"):
        return None
    path = path.relative_to(ROOT / "src")
    is_test = re.search("_test|_fuzz|_main|failing_disk", path.name)
    return str(path) if path.parts[0] in MODULES and not is_test else None


def collect(data):
    """Counts by place. A template is one place, and one of its types taking it is enough."""
    branches = collections.defaultdict(lambda: [0, 0])
    for function in data["functions"]:
        for branch in function["branches"]:
            name = module_of(function["filenames"][branch[6]])
            if name is None:
                continue
            at = (name, *branch[:4])
            branches[at][0] += branch[4]
            branches[at][1] += branch[5]
    return branches


def text_of(name, line, column, end_line, end_column):
    """The condition in one line, without what a table cannot hold."""
    lines = (ROOT / "src" / name).read_text().split("\n")[line - 1:end_line]
    lines[-1] = lines[-1][:end_column - 1]
    lines[0] = lines[0][column - 1:]
    text = " ".join(part.strip() for part in lines)
    return text.replace("|", "¦").replace("`", "'")


def untaken(branches):
    """By what a reason names: file, condition, outcome."""
    found = {}
    for at, counts in branches.items():
        if at[0].split("/")[0] in LEAST_PERCENT:
            continue
        for outcome, count in zip(("true", "false"), counts):
            if count == 0:
                found[(at[0], text_of(*at), outcome)] = at[1]
    return found


def compare(open_branches):
    """What has no reason, and reasons for nothing."""
    reasons = {row[:3]: row[3] for row in REASON.findall(REASONS.read_text())}
    missing = [f"src/{key[0]}:{line}: `{key[1]}` was never {key[2]}"
               for key, line in sorted(open_branches.items()) if key not in reasons]
    stale = [f"{REASONS.name}: taken, or not there: {' '.join(key)}"
             for key, why in sorted(reasons.items())
             if key not in open_branches and "without memory" not in why]
    return missing + stale


def main():
    if not set(sys.argv[1:]) <= {"--report"}:
        sys.exit(__doc__)
    if "--report" not in sys.argv:
        build_and_test()
    branches = collect(report())
    complaints = compare(untaken(branches))
    print("| module | branches | taken |\n| --- | --- | --- |")
    for module in MODULES:
        counts = [n for at, both in branches.items() if at[0].startswith(module + "/")
                  for n in both]
        percent = 100 * sum(map(bool, counts)) / len(counts)
        print(f"| {module} | {len(counts)} | {percent:.1f} % |")
        if percent < LEAST_PERCENT.get(module, 0):
            complaints.append(f"{module}: less than {LEAST_PERCENT[module]} %")
    print("\n".join(complaints))
    sys.exit(1 if complaints else 0)


main()
