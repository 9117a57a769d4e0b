#!/usr/bin/env python3
"""Says what of a release's hardening is missing in a program.

usage: tools/hardening.py PROGRAM
"""
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


def main():
    program = sys.argv[1]
    text = subprocess.run(["readelf", "--wide", "--file-header", "--program-headers", "--dynamic",
                           "--dyn-syms", program], check=True, capture_output=True, text=True).stdout
    missing = [name for name, wanted, unwanted in CHECKS
               if wanted not in text or (unwanted and f" {unwanted} " in text)]
    for name in missing:
        print(f"{program}: no {name}")
    sys.exit(1 if missing else 0)


main()
