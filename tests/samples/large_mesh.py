"""A binary STL as large as one likes: a scanned terrain of 100 m with hills, a step and noise.

    python -m tests.samples.large_mesh OUT --triangles 20000000

Corners that meet are the same to the bit, as scanners' meshing programs write them. Closed form:
`height` says where the surface is without its noise; the noise stays within NOISE_M.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIZE_M: Final = 100.0
NOISE_M: Final = 0.004
_RECORD: Final = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_ROWS: Final = 64  # of the grid, written at once


def height(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The surface without noise, metres above the ground; x, y in metres, z is up."""
    hills = 3.0 * np.sin(x / 9.0) * np.cos(y / 7.0) + 0.4 * np.sin(x * 0.9) * np.sin(y * 1.1)
    return np.asarray(hills + np.where(x > 60.0, 2.0, 0.0))


def sides(triangles: int) -> tuple[int, int]:
    """Cells along x and y of about that many triangles."""
    along = max(1, round((triangles / 2) ** 0.5))
    return along, max(1, round(triangles / 2 / along))


def write_terrain(path: Path, triangles: int) -> int:
    """Write the STL; returns how many triangles it has."""
    columns, rows = sides(triangles)
    x = np.linspace(0.0, SIZE_M, columns + 1)
    y = np.linspace(0.0, SIZE_M, rows + 1)
    with path.open("wb") as file:
        file.write(b"terrain".ljust(80) + (2 * columns * rows).to_bytes(4, "little"))
        for first in range(0, rows, _ROWS):
            last = min(first + _ROWS, rows)
            points = _points(x, y[first : last + 1], first)
            a, b = points[:-1, :-1], points[:-1, 1:]
            c, d = points[1:, 1:], points[1:, :-1]
            records = np.zeros((last - first, columns, 2), _RECORD)
            records["corners"][:, :, 0] = np.stack([a, b, c], axis=2)
            records["corners"][:, :, 1] = np.stack([a, c, d], axis=2)
            file.write(records.tobytes())
    return 2 * columns * rows


def _points(x: NDArray[np.float64], y: NDArray[np.float64], first_row: int) -> NDArray[np.float32]:
    """(rows, columns, 3); the noise depends on the place alone, so blocks meet."""
    number = (np.arange(len(y), dtype=np.uint64)[:, None] + np.uint64(first_row)) * np.uint64(
        len(x)
    ) + np.arange(len(x), dtype=np.uint64)
    with np.errstate(over="ignore"):
        number *= np.uint64(0x9E3779B97F4A7C15)
    number ^= number >> np.uint64(31)
    with np.errstate(over="ignore"):
        number *= np.uint64(0xBF58476D1CE4E5B9)
    noise = ((number >> np.uint64(11)).astype(np.float64) / 2**53 * 2.0 - 1.0) * NOISE_M
    points = np.empty((len(y), len(x), 3), np.float32)
    points[..., 0], points[..., 1] = x[None, :], y[:, None]
    points[..., 2] = height(x[None, :], y[:, None]) + noise
    return points * np.float32(1000.0)  # millimetres, as STL counts


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--triangles", type=int, default=20_000_000)
    chosen = parser.parse_args(arguments)
    print(f"{write_terrain(chosen.out, chosen.triangles):,} triangles in {chosen.out}")


if __name__ == "__main__":
    main()
