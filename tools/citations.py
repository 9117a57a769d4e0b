#!/usr/bin/env python3
"""Every test that SECURITY.md and RELIABILITY.md name exists: `program: part_of_its_name…`.

A second name in the same cell belongs to the program of the first. Exit code 1 and one line for
each name that no test has.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = ["docs/SECURITY.md", "docs/RELIABILITY.md"]
TEST = re.compile(r"^\s*TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)", re.MULTILINE)
CITED = re.compile(r"`(?:(\w+_test): )?(\w+)(…?)`")


def test_names():
    names = set()
    for folder in ("src", "tests", "client"):
        for path in (ROOT / folder).rglob("*_test*.*"):
            if path.suffix in (".cc", ".h"):
                names.update(f"{a}.{b}" for a, b in TEST.findall(path.read_text()))
    return names


def cited(text):
    """Names that a table cell cites; a cell cites when it holds `program: name`."""
    for line in text.split("\n"):
        for cell in line.split("|"):
            if re.search(r"`\w+_test: ", cell):
                yield from (found[1] for found in CITED.findall(cell)
                            if not found[1].endswith("_test"))


def main():
    names = test_names()
    missing = [(page, name) for page in PAGES if (ROOT / page).exists()
               for name in cited((ROOT / page).read_text())
               if not any(name.rstrip("_") in known for known in names)]
    for page, name in missing:
        print(f"{page}: no test is called {name}…")
    sys.exit(1 if missing else 0)


main()
