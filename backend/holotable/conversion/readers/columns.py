"""What the columns of a text of points mean: by their names, else by what the numbers look like.

There is no standard: XYZ, TXT, CSV, ASC and PTS are whatever a program wrote. Known habits: x y z;
x y z i; x y z r g b; x y z i r g b (PTS); x y z r g b a (CloudCompare); normals after either.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from holotable.review.scene import Floats

MAX_COLUMNS: Final = 64
_SAMPLE_LINES: Final = 400
_MAX_PREAMBLE: Final = 40  # lines before the numbers
NUMBER: Final = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)", re.I)
_MAX_LINE_BYTES: Final = 4096
_DECIMAL_COMMA: Final = re.compile(rb"\d,(?=\d)")
_HABITS: Final = ((b"", False), (b"", True), (b",", False), (b";", False), (b";", True))
_NAMES: Final = {
    "x": "x", "easting": "x", "east": "x", "e": "x", "xcoord": "x", "x_coord": "x",
    "y": "y", "northing": "y", "north": "y", "n": "y", "ycoord": "y", "y_coord": "y",
    "z": "z", "height": "z", "elevation": "z", "elev": "z", "h": "z", "zcoord": "z", "z_coord": "z",
    "r": "r", "red": "r", "rf": "r", "g": "g", "green": "g", "gf": "g",
    "b": "b", "blue": "b", "bf": "b",
    "i": "i", "intensity": "i", "scalar_intensity": "i", "reflectance": "i", "scalarfield": "i",
    "class": "c", "classification": "c", "scalar_classification": "c", "label": "c",
    "nx": "nx", "ny": "ny", "nz": "nz", "a": "a", "alpha": "a",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text of points is to be read.

    separators: bytes that stand between numbers besides blanks. decimal_comma: 1,5 is one and a
    half. columns: how many. fields: what each field's column is, x y z r g b i c.
    skip_bytes: of the preamble. stated: the number of points that the first line states.
    fractions: colours run from 0 to 1. ignored: columns that mean nothing to us, counted from 1.
    """

    separators: bytes
    decimal_comma: bool
    columns: int
    fields: dict[str, int]
    skip_bytes: int
    stated: int | None = None
    fractions: bool = False
    ignored: tuple[str, ...] = ()


def find_layout(head: bytes) -> Layout | None:
    """The layout of a file that begins with `head`; None when it holds no columns of points.

    head: whole lines, at most some hundred thousand bytes.
    """
    lines = head.split(b"\n")
    at, stated, names = 0, None, b""
    for number, line in enumerate(lines[:_MAX_PREAMBLE]):
        text = line.strip()
        habit = _habit(text)
        if habit is not None:
            return _layout(lines[number:], habit, at, stated, names)
        if text.isdigit() and stated is None and int(text[:12]) < 10**11:
            stated = int(text[:12])
        elif text:
            names = text
        at += len(line) + 1
    return None


def _habit(text: bytes) -> tuple[bytes, bool] | None:
    """Separators and decimal comma of a line of at least three numbers; None when it is none."""
    if len(text) > _MAX_LINE_BYTES:
        return None
    for separators, decimal_comma in _HABITS:
        # 1,5 2,5 3,5 are three numbers; 1,2,3 and 1, 2, 3 are three as well.
        if decimal_comma and not separators and not _has_decimal_commas(text):
            continue
        words = split_line(text, separators, decimal_comma)
        if 3 <= len(words) <= MAX_COLUMNS and all(NUMBER.fullmatch(word) for word in words):
            return separators, decimal_comma
    return None


def _has_decimal_commas(text: bytes) -> bool:
    """Whether every comma stands between two digits and there is no point."""
    commas = text.count(b",")
    return commas == len(_DECIMAL_COMMA.findall(text)) and commas > 0 and b"." not in text


def split_line(line: bytes, separators: bytes, decimal_comma: bool) -> list[bytes]:
    """The words of a line."""
    if decimal_comma:
        line = line.replace(b",", b".")
    for separator in separators:
        line = line.replace(bytes([separator]), b" ")
    return line.split()


def _layout(
    lines: list[bytes], habit: tuple[bytes, bool], skip: int, stated: int | None, names: bytes
) -> Layout | None:
    rows: list[list[float]] = []
    others = 0
    for line in lines[:_SAMPLE_LINES]:
        words = split_line(line, *habit)
        others += bool(words)
        if words and all(NUMBER.fullmatch(word) for word in words):
            rows.append([float(word) for word in words])
    widths = [len(row) for row in rows]
    columns = max(set(widths), key=widths.count) if widths else 0
    table = np.array([row for row in rows if len(row) == columns])
    # One line may be cut off at the end of the sample, and a second scan may begin with its count.
    if columns < 3 or len(table) < max(0.8 * len(rows), 0.5 * others, 1):
        return None
    fields = _named(names, columns, habit) or _guessed(table)
    colours = [fields[name] for name in "rgb" if name in fields]
    shown = table[:, colours] if len(colours) == 3 else np.zeros((0, 3))
    fractions = bool(len(shown) and shown.max() <= 1.0 and (shown % 1.0).any())
    meant = set(fields.values())
    ignored = tuple(str(number + 1) for number in range(columns) if number not in meant)
    return Layout(*habit, columns, fields, skip, stated, fractions, ignored)


def _named(line: bytes, columns: int, habit: tuple[bytes, bool]) -> dict[str, int] | None:
    """Fields by a line of names, as `//X Y Z R G B` or `x;y;z`; None when it names no place."""
    text = line.decode("utf-8", "replace").lower().lstrip("/#%\ufeff ")
    split = re.split(r"[;,\s]+" if habit[0] else r"\s+|[;,]\s*", text.strip().strip(";,"))
    words = [word.strip("\"'") for word in split if word]
    # `X[m]`, `Intensity (0-255)`: what stands in brackets is a unit.
    words = [re.sub(r"[\[(].*$", "", word) for word in words]
    if len(words) != columns:
        return None
    fields: dict[str, int] = {}
    for number, word in enumerate(words):
        if word in _NAMES:
            fields.setdefault(_NAMES[word], number)
    if not {"x", "y", "z"} <= fields.keys():
        return None
    if not {"r", "g", "b"} <= fields.keys():
        fields = {name: at for name, at in fields.items() if name not in ("r", "g", "b")}
    return fields


def _guessed(table: Floats) -> dict[str, int]:
    """Fields by their numbers: colours are whole and up to 255, normals have length 1."""
    fields = {"x": 0, "y": 1, "z": 2}
    columns = table.shape[1]
    left = list(range(3, columns))
    for first in range(3, columns - 2):
        if _is_normal(table[:, first : first + 3]):
            fields |= {"nx": first, "ny": first + 1, "nz": first + 2}
            left = [number for number in left if not first <= number <= first + 2]
            break
    runs = [left[at : at + 3] for at in range(len(left) - 2) if left[at + 2] - left[at] == 2]
    for run in sorted(runs, key=lambda run: _likelihood(table, run)):
        if _is_colour(table[:, run]):
            fields |= dict(zip("rgb", run, strict=True))
            left = [number for number in left if number not in run]
            break
    # An alpha beside the colours is 255 everywhere; an intensity is not.
    beside = fields["b"] + 1 if "b" in fields else -1
    if left and left[0] == beside and _is_alpha(table[:, beside]):
        fields["a"] = left.pop(0)
    if left and left[0] in (3, beside):
        fields["i"] = left.pop(0)
    return fields


def _likelihood(table: Floats, run: list[int]) -> int:
    """Of several runs that look like colours the first: before a constant alpha, then the last."""
    after = run[-1] + 1
    if after >= table.shape[1]:
        return 1
    return 0 if _is_alpha(table[:, after]) else 2


def _is_alpha(column: Floats) -> bool:
    return bool((column == column[0]).all() and column[0] in (1.0, 255.0, 65_535.0))


def _is_colour(table: Floats) -> bool:
    if not np.isfinite(table).all() or table.min() < 0:
        return False
    if not (table % 1.0).any():
        return bool(table.max() <= 255 or (table.max() <= 65_535 and table.max() > 1024))
    return bool(table.max() <= 1.0)


def _is_normal(table: Floats) -> bool:
    lengths = np.linalg.norm(table, axis=1)
    if not np.isfinite(lengths).all():
        return False
    unit = np.abs(lengths - 1.0) < 1e-2
    return bool((unit | (lengths == 0)).all() and unit.mean() > 0.5)
