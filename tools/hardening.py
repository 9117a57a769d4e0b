#!/usr/bin/env python3
"""Says what of a release's hardening is missing in a program.

usage: tools/hardening.py PROGRAM
"""
import pathlib
import subprocess
import sys

# What `readelf` prints of a program that has it; the second is what must not be there.
CHECKS = [
    ("position independent", "DYN (", None),
    ("relocations read-only after the start (full RELRO)", "GNU_RELRO", None),
    ("all symbols bound at the start", "NOW", None),
    ("stack not executable", "GNU_STACK", "RWE"),
    ("stack protector", "__stack_chk_fail", None),
    ("checked string functions (FORTIFY)", "_chk@", None),
]

ENDBR64 = b"\xf3\x0f\x1e\xfa"


def has_branch_targets(program, text):
    """Functions begin with ENDBR64. The note that says so is lost with the C library's objects."""
    return "X86-64" not in text or pathlib.Path(program).read_bytes().count(ENDBR64) > 1000


def main():
    program = sys.argv[1]
    text = subprocess.run(["readelf", "--wide", "--file-header", "--program-headers", "--dynamic",
                           "--dyn-syms", program], check=True, capture_output=True, text=True).stdout
    missing = [name for name, wanted, unwanted in CHECKS
               if wanted not in text or (unwanted and f" {unwanted} " in text)]
    if not has_branch_targets(program, text):
        missing.append("marked targets of indirect branches (CET)")
    for name in missing:
        print(f"{program}: no {name}")
    sys.exit(1 if missing else 0)


main()
