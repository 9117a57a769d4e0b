#!/usr/bin/env python3
"""Writes the generated tables of docs/OPERATIONS.md from the program itself.

`tools/reference.py build/release/sewa` writes them, with `--check` it fails when they are stale.
"""
import pathlib
import re
import subprocess
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs/OPERATIONS.md"
TABLES = ["config", "metrics"]


def with_table(text, name, table):
    start, end = f"<!-- generated:{name} -->", f"<!-- /generated:{name} -->"
    changed, count = re.subn(f"{start}.*{end}", lambda _: f"{start}\n{table.strip()}\n{end}", text, flags=re.S)
    if count != 1:
        sys.exit(f"{DOCUMENT}: the marks {start} … {end} must occur once")
    return changed


def main():
    programs = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(programs) != 1:
        sys.exit("usage: tools/reference.py build/release/sewa [--check]")
    present = DOCUMENT.read_text()
    wanted = present
    for name in TABLES:
        done = subprocess.run([programs[0], "print-config", "--reference", name],
                              check=True, capture_output=True, text=True)
        wanted = with_table(wanted, name, done.stdout)
    if wanted == present:
        return
    if "--check" in sys.argv:
        sys.exit(f"docs/OPERATIONS.md is stale. Run: tools/reference.py {programs[0]}")
    DOCUMENT.write_text(wanted)


main()
