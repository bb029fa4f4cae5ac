"""Points as columns of text: XYZ, TXT, CSV, ASC, PTS, whatever stands between the numbers.

Read in pieces of some megabytes by numpy's own parser: of 10 million lines `numpy.loadtxt` makes
four times as much work out of the same numbers. A mark at the end of each line proves that no line
was shorter or longer than the others; a piece where one was is read line by line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from holotable.conversion.options import ReadOptions, Report
from holotable.conversion.readers.columns import NUMBER, Layout, find_layout, split_line
from holotable.conversion.readers.points import Gatherer
from holotable.errors import DamagedFile, UnsupportedFormat
from holotable.review.scene import Floats, PropertyValue, Scene, SceneWarning

_HEAD_BYTES: Final = 64 * 1024
_PIECE_BYTES: Final = 8 * 1024 * 1024
_MAX_LINE_BYTES: Final = 64 * 1024
_MOST_BAD: Final = 0.1  # of the lines; a file with more is something else
_BOMS: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read_xyz(path: Path, options: ReadOptions, report: Report) -> Scene:
    """Read columns of numbers as one part of points."""
    report("reading", 0.0)
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        if head[:2] in _BOMS:
            raise UnsupportedFormat(
                "This text is written in UTF-16. Save it as UTF-8 or ASCII and upload it again."
            )
        start = 3 if head.startswith(b"\xef\xbb\xbf") else 0
        whole = head if len(head) == size else head[: head.rfind(b"\n") + 1] or head
        layout = find_layout(whole[start:].replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        if layout is None:
            raise DamagedFile("The text holds no columns of coordinates.")
        gatherer = Gatherer("points", options)
        gatherer.check_count(layout.stated or 0)
        stream.seek(0)
        bad = lines = done = 0
        for piece, first in _pieces(stream):
            text = _body(piece, layout) if first else piece
            table, skipped = _table(text, layout)
            lines += len(table) + skipped
            bad += skipped
            if bad > max(_MOST_BAD * lines, 10):
                raise DamagedFile("Too many lines of the text are no points.", lines=bad)
            _gather(gatherer, table, layout)
            done += len(piece)
            report("reading", min(done / max(size, 1), 1.0))
    if bad:
        detail = "Lines that are no points were left out."
        gatherer.warnings.append(SceneWarning("lines_skipped", bad, detail))
    _warn(gatherer, layout, lines - bad)
    return gatherer.finish(path.stem, _facts(layout))


def _pieces(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """The file in pieces of whole lines with \\n ends, and whether it is the first."""
    rest, first = b"", True
    while block := stream.read(_PIECE_BYTES):
        if b"\0" in block:
            raise DamagedFile("The text holds zero bytes.")
        if b"\r" in block:
            if block.endswith(b"\r"):
                block += stream.read(1)
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        end = block.rfind(b"\n") + 1
        if end == 0:
            rest += block
            if len(rest) > _MAX_LINE_BYTES + _PIECE_BYTES:
                raise DamagedFile("A line of the text does not end.")
            continue
        yield rest + block[:end], first
        rest, first = block[end:], False
    if rest.strip():
        yield rest + b"\n", first


def _body(piece: bytes, layout: Layout) -> bytes:
    """The first piece from where the numbers begin."""
    return piece.removeprefix(b"\xef\xbb\xbf")[layout.skip_bytes :]


def _table(text: bytes, layout: Layout) -> tuple[Floats, int]:
    """The numbers of whole lines; (lines, columns), and how many lines were no points."""
    clean = text.replace(b",", b".") if layout.decimal_comma else text
    for separator in layout.separators:
        clean = clean.replace(bytes([separator]), b" ")
    # nan at each line's end: it lands in the last column of every row or something is amiss.
    marked = clean.strip().replace(b"\n", b" nan\n") + b" nan"
    try:
        numbers = np.fromstring(marked, np.float64, sep=" ")
    except ValueError:
        return _by_line(text, layout)
    width = layout.columns + 1
    if len(numbers) % width == 0:
        table = numbers.reshape(-1, width)
        if np.isnan(table[:, -1]).all() and not np.isnan(table[:, :-1]).all(axis=1).any():
            return table[:, :-1], 0
    return _by_line(text, layout)


def _by_line(text: bytes, layout: Layout) -> tuple[Floats, int]:
    """The same, leaving out each line that is not like the others; counts and comments are free."""
    rows: list[list[float]] = []
    skipped = 0
    for line in text.split(b"\n"):
        words = split_line(line, layout.separators, layout.decimal_comma)
        if not words or line.lstrip()[:1] in (b"#", b"/", b"%"):
            continue
        if len(words) == layout.columns and all(NUMBER.fullmatch(word) for word in words):
            rows.append([float(word) for word in words])
        elif not (len(words) == 1 and words[0].isdigit()):
            skipped += 1
    return np.array(rows, np.float64).reshape(-1, layout.columns), skipped


def _gather(gatherer: Gatherer, table: Floats, layout: Layout) -> None:
    fields = layout.fields
    colours = None
    if "r" in fields:
        shown = np.nan_to_num(table[:, [fields["r"], fields["g"], fields["b"]]])
        most = 65_535.0
        if layout.fractions:
            shown, most = shown * 255.0, 255.0
        colours = np.rint(np.clip(shown, 0.0, most)).astype(np.uint16)
    classes = None
    if "c" in fields:
        classes = np.clip(np.nan_to_num(table[:, fields["c"]]), 0, 255).astype(np.uint8)
    gatherer.add(
        table[:, [fields["x"], fields["y"], fields["z"]]],
        colours,
        table[:, fields["i"]] if "i" in fields else None,
        classes,
    )


def _warn(gatherer: Gatherer, layout: Layout, points: int) -> None:
    if "nx" in layout.fields:
        detail = "The normals of the points are not used."
        gatherer.warnings.append(SceneWarning("normals_ignored", 1, detail))
    if layout.ignored:
        detail = f"Columns without a meaning to us were left out: {', '.join(layout.ignored[:8])}."
        gatherer.warnings.append(SceneWarning("columns_ignored", len(layout.ignored), detail))
    if layout.stated is not None and points < layout.stated:
        detail = f"The text states {layout.stated:,} points and holds {points:,}."
        gatherer.warnings.append(SceneWarning("points_missing", layout.stated - points, detail))


def _facts(layout: Layout) -> dict[str, PropertyValue]:
    names = {"i": "intensity", "c": "class", "r": "red", "g": "green", "b": "blue", "a": "alpha"}
    order = sorted(layout.fields, key=lambda name: layout.fields[name])
    return {"Columns": " ".join(names.get(name, name) for name in order)}
