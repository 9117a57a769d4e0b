#!/usr/bin/env python3
"""Every threat of SECURITY.md names a test, and every test that it or RELIABILITY.md names exists.

A cell cites as `program: part_of_its_name…`; a further name in the same cell belongs to the same
program, and `program` alone cites all of it. Exit code 1 and one line for each thing that is not so.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = ["docs/SECURITY.md", "docs/RELIABILITY.md"]
TEST = re.compile(r"^\s*TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)", re.MULTILINE)
CITED = re.compile(r"`(?:(\w+_test)(?:: |`))?(?:(\w+)…?`)?")
# Programs whose tests lie elsewhere than in src/NAME or tests/NAME.
FOLDERS = {
    "store_sqlite_test": ["src/store", "src/store/sqlite"],
    "ws_conformance_test": ["tests/conformance"],
    "client_core_test": ["client/tests"],
    "client_test": ["client/tests"],
}


def sources(program):
    if program.startswith("e2e_"):
        return [ROOT / "tests/e2e" / f"{program[4:]}.cc"]
    name = program.removesuffix("_test")
    folders = FOLDERS.get(program, [f"src/{name}", f"tests/{name}"])
    return [path for folder in folders for path in (ROOT / folder).glob("*_test.*")]


def tests_of(program):
    return [f"{suite}.{test}" for path in sources(program) if path.exists()
            for suite, test in TEST.findall(path.read_text())]


def citations(cell):
    """(program, part of a name); the part is empty for a whole program."""
    program = None
    for named, part in CITED.findall(cell):
        program = named or program
        if program and (named or part):
            yield program, part.rstrip("_")


def complaints(page, text):
    is_threats = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#"):
            is_threats = page.endswith("SECURITY.md") and line.startswith("###")
        if not line.startswith("|") or set(line) <= set("|- "):
            continue
        cited = [one for cell in line.split("|") for one in citations(cell)]
        if is_threats and not cited and not line.startswith("| threat"):
            yield f"{page}:{number}: a threat without a test"
        for program, part in cited:
            if not any(part in name for name in tests_of(program)):
                yield f"{page}:{number}: {program} has no test {part}…"


def main():
    found = [one for page in PAGES for one in complaints(page, (ROOT / page).read_text())]
    print("\n".join(found))
    sys.exit(1 if found else 0)


main()
