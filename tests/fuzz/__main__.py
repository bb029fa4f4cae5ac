"""Throw damaged files at every reader for a while, behind the product's own walls.

    python -m tests.fuzz [--seconds 120] [--seed N] [--only stl,gltf]

Seeds are sound files that the tests generate, the hostile ones, and the small shared models where
they lie beside the project. Each is damaged (bytes, numbers, cuts, repeats, two files spliced) and
converted in a child of the warm parent. A package or a named refusal is right. Findings are: an
exception that is none of ours, for formats that our own Python reads also a crash, a time-out or
exhausted memory, and a package that contradicts itself. Each finding is kept under build/fuzz/ with
what happened.
"""

import argparse
import hashlib
import json
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from backend.conversion.test_damaged_bytes import SOUND, WORDS  # noqa: E402
from samples.hostile import CASES  # noqa: E402

from holotable.conversion.limits import Limits  # noqa: E402
from holotable.conversion.sandbox import PRELOAD, Outcome, Sandbox  # noqa: E402
from holotable.conversion.sniff import sniff  # noqa: E402
from holotable.conversion.walls import detect_walls  # noqa: E402
from holotable.errors import HolotableError  # noqa: E402
from holotable.flows import MEMORY_SAFE_KINDS  # noqa: E402

MODELS = ROOT.parent / "shared" / "models"
KEPT = ROOT / "build" / "fuzz"
LIMITS = Limits(memory_bytes=2 << 30, timeout_s=20.0, output_bytes=512 << 20)
LARGEST_SEED = 700_000
OPTIONS = {"max_triangles": 2_000_000, "max_occurrences": 50_000, "max_unpacked_bytes": 64 << 20}
NUMBERS = (b"\x00" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f", b"\x00\x00\xc0\x7f", b"\x01\x00\x00\x00")


def seeds(folder: Path) -> list[tuple[str, bytes]]:
    """Name and content of what is damaged."""
    found = []
    for name, write in SOUND.items():
        found.append((name, write(folder / name).read_bytes()))
    for case in CASES:
        case.write(folder / case.name)
        found.append((case.name, (folder / case.name).read_bytes()))
    if MODELS.is_dir():
        paths = [*MODELS.iterdir(), *(MODELS / "bad").iterdir()]
        for path in sorted(path for path in paths if path.is_file()):
            if path.suffix not in {".md", ".jpg", ".mtl"}:
                found.append((path.name, path.read_bytes()))
    return [(name, content) for name, content in found if 0 < len(content) <= LARGEST_SEED]


def damaged(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """The content with a few wounds."""
    body = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 12])):
        # Headers and directories stand at the ends: they are hit more often than their share.
        if chance.random() < 0.4:
            place = min(int(chance.expovariate(1 / 120)), len(body) - 1)
            place = place if chance.random() < 0.7 else len(body) - 1 - place
        else:
            place = chance.randrange(len(body))
        match chance.randrange(8):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                body[place] ^= 1 << chance.randrange(8)
            case 2:
                number = re.compile(rb"-?\d+(\.\d+)?").search(bytes(body[place : place + 300]))
                if number:
                    body[place + number.start() : place + number.end()] = chance.choice(WORDS)
            case 3:
                del body[place : place + chance.randrange(1, 200)]
            case 4:
                body[place:place] = chance.choice(WORDS)
            case 5:
                body[place : place + 4] = chance.choice(NUMBERS)
            case 6:
                piece = bytes(body[place : place + chance.randrange(1, 300)])
                body[place:place] = piece * chance.choice([1, 2, 30])
            case _:
                start = chance.randrange(len(other))
                body[place : place + 50] = other[start : start + chance.randrange(1, 200)]
        body = body or bytearray(b"x")
    return bytes(body)


def wrong(outcome: Outcome, path: Path, name: str) -> str | None:
    """What makes an outcome a finding; None when it is as it should be."""
    if outcome.problem is None:
        return _contradiction(outcome.out)
    code = outcome.problem.code
    if code == "conversion_failed":
        return f"{code}: {outcome.problem.detail}"
    if code in ("reader_crashed", "reader_timed_out", "out_of_memory"):
        try:
            kind = sniff(path, name)
        except HolotableError:
            kind = "stl"
        if kind in MEMORY_SAFE_KINDS:
            return f"{code}: {outcome.problem.detail}"
    return None


def _contradiction(out: Path) -> str | None:
    manifest = json.loads((out / "manifest.json").read_text())
    present = {path.name for path in out.iterdir()} - {"manifest.json"}
    if set(manifest["files"]) != present:
        return "the manifest lists other files than there are"
    low, high = manifest["bounds"]["min"], manifest["bounds"]["max"]
    if any(a > b for a, b in zip(low, high, strict=True)):
        return f"bounds {low} {high}"
    return None


def main(arguments: list[str]) -> int:
    """Fuzz until the time is up; 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--only", default="", help="endings of the seeds to use, by commas")
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    print(f"seed {options.seed}; again with: python -m tests.fuzz --seed {options.seed}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        known = seeds(folder)
        if options.only:
            endings = tuple("." + one.strip(". ") for one in options.only.split(","))
            known = [(name, content) for name, content in known if name.endswith(endings)]
        sandbox = Sandbox(folder / "work", detect_walls(), preload=PRELOAD)
        sandbox.start()
        try:
            found, ended = _fuzz(sandbox, known, chance, options.seconds, folder)
        finally:
            sandbox.close()
    print(", ".join(f"{count} {code}" for code, count in ended.most_common()))
    print(f"{sum(ended.values())} files, {found} findings" + (f" in {KEPT}" if found else ""))
    return 1 if found else 0


def _fuzz(
    sandbox: Sandbox,
    known: list[tuple[str, bytes]],
    chance: random.Random,
    seconds: float,
    folder: Path,
    say: Callable[[str], None] = print,
) -> tuple[int, Counter[str]]:
    ended: Counter[str] = Counter()
    seen: set[str] = set()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        name, content = chance.choice(known)
        path = folder / "input"
        path.write_bytes(damaged(content, chance.choice(known)[1], chance))
        outcome = sandbox.convert(path, name, dict(OPTIONS), LIMITS, lambda _stage, _share: None)
        ended[outcome.problem.code if outcome.problem else "package"] += 1
        finding = wrong(outcome, path, name)
        if finding is not None:
            key = Path(name).suffix + re.sub(r"\d+", "#", finding)
            if key not in seen:
                seen.add(key)
                KEPT.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
                shutil.copyfile(path, KEPT / f"{digest}-{name}")
                (KEPT / f"{digest}-{name}.txt").write_text(f"{finding}\n\n{outcome.log}")
                say(f"{name}: {finding} ({digest})")
        outcome.discard()
    return len(seen), ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
