"""Throw damaged files at every reader for a while, behind the product's own walls.

    python -m tests.fuzz [--seconds 120] [--seed N] [--only stl,gltf]

Seeds are sound files that the tests generate, the hostile ones, and the small shared models where
they lie beside the project; half of the time a sound one. Each is damaged (bytes, numbers, cuts,
repeats, two files spliced) and converted in a child of the warm parent. A package or a named
refusal is right. Findings are: an exception that is none of ours, for formats that our own Python
reads also a crash, a time-out or exhausted memory, and a package that contradicts itself. Each
finding is kept under build/fuzz/ with what happened.
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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from backend.conversion.test_damaged_bytes import NATIVE, SOUND, WORDS  # noqa: E402
from samples.hostile import CASES  # noqa: E402
from samples.hostile import NATIVE as NATIVE_CASES  # noqa: E402

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
_NUMBER = re.compile(rb"-?\d+(\.\d+)?")
NUMBERS = (b"\x00" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f", b"\x00\x00\xc0\x7f", b"\x01\x00\x00\x00")


@dataclass(frozen=True, slots=True)
class Seed:
    """A file to damage."""

    name: str
    content: bytes
    is_sound: bool


def seeds(folder: Path) -> list[Seed]:
    """What is damaged."""
    found = []
    written = {**SOUND, **NATIVE} | {case.name: case.write for case in (*CASES, *NATIVE_CASES)}
    for name, write in written.items():
        write(folder / name)
        found.append(Seed(name, (folder / name).read_bytes(), name in SOUND or name in NATIVE))
        (folder / name).unlink()
    for place in (MODELS, MODELS / "bad"):
        for path in sorted(place.iterdir() if place.is_dir() else ()):
            if path.is_file() and path.suffix not in {".md", ".jpg", ".mtl"}:
                found.append(Seed(path.name, path.read_bytes(), place == MODELS))
    return [seed for seed in found if 0 < len(seed.content) <= LARGEST_SEED]


def damaged(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """The content with a few wounds; of half of the files only such as a careless writer makes."""
    body = bytearray(content)
    wounds = range(7, 11) if chance.random() < 0.5 else range(12)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 12])):
        # Headers and directories stand at the ends: they are hit more often than their share.
        if chance.random() < 0.4:
            place = min(int(chance.expovariate(1 / 120)), len(body) - 1)
            place = place if chance.random() < 0.7 else len(body) - 1 - place
        else:
            place = chance.randrange(len(body))
        match chance.choice(wounds):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                body[place] ^= 1 << chance.randrange(8)
            case 2:
                _renumber(body, place, chance.choice(WORDS))
            case 3:
                del body[place : place + chance.randrange(1, 200)]
            case 4:
                body[place:place] = chance.choice(WORDS)
            case 5:
                body[place : place + 4] = chance.choice(NUMBERS)
            case 6:
                piece = bytes(body[place : place + chance.randrange(1, 300)])
                body[place:place] = piece * chance.choice([1, 2, 30])
            case 7:  # a number of another place: references to the wrong thing
                found = _NUMBER.search(body, chance.randrange(len(body)))
                _renumber(body, place, found[0] if found else b"1")
            case 8:
                _renumber(body, place, b"%d" % chance.choice([0, 1, 2, 7, 1000, 10**6]))
            case 9:  # a line less
                start = body.rfind(b"\n", 0, place) + 1
                del body[start : min(body.find(b"\n", place) + 1 or len(body), start + 2000)]
            case 10:  # a line twice
                start = body.rfind(b"\n", 0, place) + 1
                line = bytes(body[start : min(body.find(b"\n", place) + 1, start + 2000)])
                body[start:start] = line
            case _:
                start = chance.randrange(len(other))
                body[place : place + 50] = other[start : start + chance.randrange(1, 200)]
        body = body or bytearray(b"x")
    return bytes(body)


def _renumber(body: bytearray, place: int, number: bytes) -> None:
    """Replace the first number from a place on."""
    found = _NUMBER.search(body, place, place + 300)
    if found:
        body[found.start() : found.end()] = number


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
            known = [seed for seed in known if seed.name.endswith(endings)]
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
    known: list[Seed],
    chance: random.Random,
    seconds: float,
    folder: Path,
    say: Callable[[str], None] = print,
) -> tuple[int, Counter[str]]:
    ended: Counter[str] = Counter()
    seen: set[str] = set()
    sound = [seed for seed in known if seed.is_sound]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        seed = chance.choice((sound if chance.random() < 0.5 else known) or known)
        name = seed.name
        path = folder / "input"
        path.write_bytes(damaged(seed.content, chance.choice(known).content, chance))
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
