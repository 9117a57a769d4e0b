#!/usr/bin/env python3
"""Packs a folder into one file that the program carries: tools/bundle.py FOLDER BUNDLE ASSEMBLER.

The assembler file puts the bundle between two symbols. A folder that is not there makes an empty
bundle: the server then has no web app of its own (`--web` names one).
"""
import pathlib
import struct
import sys

folder, bundle, assembler = (pathlib.Path(argument) for argument in sys.argv[1:4])
packed = bytearray()
for path in sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []:
    name = path.relative_to(folder).as_posix().encode()
    content = path.read_bytes()
    packed += struct.pack("<II", len(name), len(content)) + name + content
bundle.write_bytes(packed)
assembler.write_text(f"""    .section .rodata
    .global sewa_web_bundle_begin
    .global sewa_web_bundle_end
sewa_web_bundle_begin:
    .incbin "{bundle}"
sewa_web_bundle_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
""")
