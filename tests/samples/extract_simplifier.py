"""Unpack meshoptimizer's simplifier from npm into backend/holotable/conversion, with its licence.

Run by hand after the pinned npm version changes:
`.venv/bin/python tests/samples/extract_simplifier.py`.
The JavaScript file carries its WebAssembly as text: one character is a six-bit index into
`wasmpack` below 60, and otherwise the high part of a byte whose low part follows.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "frontend/node_modules/meshoptimizer"
TARGET = ROOT / "backend/holotable/conversion"


def digit(character: str) -> int:
    """The six-bit value of one character: a-z, A-Z, then 0-9 and what follows."""
    code = ord(character)
    if code > 96:
        return code - 97
    return code - 39 if code > 64 else code + 4


def embedded_wasm(javascript: str) -> bytes:
    """The WebAssembly module inside meshopt_simplifier.js."""
    text = re.search(r"var wasm\s*=\s*'([^']+)'", javascript)
    table = re.search(r"wasmpack = new Uint8Array\(\[([\d,\s]+)\]\)", javascript)
    assert text
    assert table
    packed = [int(value) for value in table.group(1).split(",") if value.strip()]
    digits = iter([digit(character) for character in text.group(1)])
    return bytes(
        packed[value] if value < 60 else (value - 60) * 64 + next(digits) for value in digits
    )


def main() -> None:
    """Write the module and the notice that must travel with it."""
    wasm = embedded_wasm((SOURCE / "meshopt_simplifier.js").read_text())
    assert wasm[:4] == b"\0asm"
    (TARGET / "meshopt_simplifier.wasm").write_bytes(wasm)
    (TARGET / "meshopt_simplifier.LICENSE").write_text((SOURCE / "LICENSE.md").read_text())


if __name__ == "__main__":
    main()
