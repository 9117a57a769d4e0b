#!/usr/bin/env python3
"""Which branches of the protocol's core its own tests run.

usage: tools/coverage.py [--report]      (--report: of the last run, without building and testing)

Builds the tests of ws, wire, auth and store with clang's coverage in build/coverage and runs them. A
branch is a condition in the source that came out true, and that it came out false; a SEWA_TRY or
SEWA_CHECK is one, too. Each that never did has to stand in tests/COVERAGE.md with the reason, and what
stands there has to be true. Exit code 1 when it is not so, or when no test program has a source file.
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
# Branches that chance takes on some machines, and on others not.
CHANCE = re.compile("without memory|depends on timing")
BUILD = ROOT / "build" / "coverage"
MODULES = ["ws", "wire", "auth", "store"]
TESTS = ["ws_test", "ws_conformance_test", "wire_test", "auth_test", "store_sqlite_test"]


def run(*command, **options):
    return subprocess.run(command, cwd=ROOT, check=True, **options)


def build_and_test():
    # Counts of several threads add up only when they are atomic.
    run("cmake", "-S", ".", "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
        "-DCMAKE_CXX_COMPILER=clang++",
        "-DCMAKE_CXX_FLAGS=-O0 -g0 -fprofile-instr-generate -fcoverage-mapping"
        " -fprofile-update=atomic",
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


def conditions(data):
    """Where each is, and how often it came out true and false."""
    for function in data["functions"]:
        for branch in function["branches"]:
            yield function["filenames"][branch[6]], branch[:4], branch[4:6]
    for file in data["files"]:
        for macro in file["expansions"]:
            for branch in macro["branches"]:
                if macro["filenames"][branch[6]].endswith("core/result.h"):
                    yield file["filename"], macro["source_region"][:2], branch[4:6]


def collect(data):
    """Counts by place. A template is one place, and one of its types taking it is enough."""
    branches = collections.defaultdict(lambda: [0, 0])
    for file, place, counts in conditions(data):
        name = module_of(file)
        if name is not None:
            branches[(name, *place)][0] += counts[0]
            branches[(name, *place)][1] += counts[1]
    return branches


def end_of_call(lines, line, column):
    """Where the parenthesis closes that follows."""
    depth = 0
    for number in range(line, len(lines) + 1):
        for at in range(column if number == line else 1, len(lines[number - 1]) + 1):
            depth += {"(": 1, ")": -1}.get(lines[number - 1][at - 1], 0)
            if depth == 0 and lines[number - 1][at - 1] == ")":
                return number, at + 1


def text_of(name, line, column, *end):
    """The condition in one line, without what a table cannot hold."""
    lines = (ROOT / "src" / name).read_text().split("\n")
    end_line, end_column = end or end_of_call(lines, line, column)
    lines = lines[line - 1:end_line]
    lines[-1] = lines[-1][:end_column - 1]
    lines[0] = lines[0][column - 1:]
    text = " ".join(part.strip() for part in lines)
    return text.replace("|", "¦").replace("`", "'")


def untaken(branches):
    """By what a reason names: file, condition, outcome."""
    found = {}
    for at, counts in branches.items():
        for outcome, count in zip(("true", "false"), counts):
            if count == 0:
                found[(at[0], text_of(*at), outcome)] = at[1]
    return found


def compare(open_branches):
    """What has no reason, and reasons for nothing."""
    known = {row[:3]: row[3] for row in REASON.findall(REASONS.read_text())}
    missing = [f"src/{key[0]}:{line}: `{key[1]}` was never {key[2]}"
               for key, line in sorted(open_branches.items()) if key not in known]
    stale = [f"{REASONS.name}: taken, or not there: {' '.join(key)}"
             for key, why in sorted(known.items())
             if key not in open_branches and not CHANCE.search(why)]
    return missing + stale


def untested_files(data):
    seen = {module_of(file["filename"]) for file in data["files"]}
    sources = [module_of(path) for module in MODULES
               for path in (ROOT / "src" / module).rglob("*.cc")]
    return [f"src/{name}: in no test program" for name in sorted(filter(None, sources))
            if name not in seen]


def main():
    if not set(sys.argv[1:]) <= {"--report"}:
        sys.exit(__doc__)
    if "--report" not in sys.argv:
        build_and_test()
    data = report()
    branches = collect(data)
    complaints = compare(untaken(branches)) + untested_files(data)
    print("| module | branches | taken |\n| --- | --- | --- |")
    for module in MODULES:
        counts = [n for at, both in branches.items() if at[0].startswith(module + "/")
                  for n in both]
        percent = 100 * sum(map(bool, counts)) / len(counts)
        print(f"| {module} | {len(counts)} | {percent:.1f} % |")
    print("\n".join(complaints))
    sys.exit(1 if complaints else 0)


main()
