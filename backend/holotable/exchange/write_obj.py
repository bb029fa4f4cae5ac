"""Wavefront OBJ with its MTL in one zip: a group per occurrence, its path of names, its colour."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final

import numpy as np

from holotable.exchange.part_tree import PartTree, Primitive

_SPACES: Final = re.compile(r"\s+")
_BATCH: Final = 20_000


def write_obj(out: BinaryIO, tree: PartTree, name: str) -> None:
    """Write the zip. Metres, y up; positions in the scene's frame. name: of the two files in it."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        materials: dict[tuple[float, ...], str] = {}
        with archive.open(f"{name}.obj", "w", force_zip64=True) as raw:
            text = io.TextIOWrapper(raw, "utf-8", newline="\n")
            text.write(f"# Holotable: metres, y up\nmtllib {name}.mtl\n")
            for line in _lines(tree, materials):
                text.write(line)
            text.flush()
            text.detach()
        archive.writestr(f"{name}.mtl", "".join(_materials(materials)))


def _lines(tree: PartTree, materials: dict[tuple[float, ...], str]) -> Iterator[str]:
    first = 1
    worlds = tree.worlds()
    for number, node in enumerate(tree.nodes):
        primitives = tree.meshes.get(node.mesh, []) if node.mesh is not None else []
        if not primitives:
            continue
        row = tree.named(number)
        yield f"o {_word(row.name)}\n"
        if row.id:
            yield f"# id {_word(row.id)}\n"
        world = worlds[number]
        turned = np.linalg.det(world[:3, :3]) < 0
        for one in primitives:
            used = materials.setdefault(one.colour, f"colour_{len(materials) + 1}")
            yield f"usemtl {used}\n"
            yield from _mesh(one, world, first, turned)
            first += len(one.positions)


def _mesh(
    one: Primitive, world: np.ndarray[tuple[int, ...], np.dtype[np.float64]], first: int,
    turned: bool,
) -> Iterator[str]:  # fmt: skip
    points = one.positions.astype(float) @ world[:3, :3].T + world[:3, 3]
    for start in range(0, len(points), _BATCH):
        rows = points[start : start + _BATCH].tolist()
        yield "".join(f"v {x:.9g} {y:.9g} {z:.9g}\n" for x, y, z in rows)
    corners = (one.triangles[:, ::-1] if turned else one.triangles).astype(np.int64) + first
    for start in range(0, len(corners), _BATCH):
        rows = corners[start : start + _BATCH].tolist()
        yield "".join(f"f {a} {b} {c}\n" for a, b, c in rows)


def _materials(found: dict[tuple[float, ...], str]) -> Iterator[str]:
    for (red, green, blue, alpha), name in found.items():
        shown = " ".join(f"{srgb(one):.4f}" for one in (red, green, blue))
        yield f"newmtl {name}\nKd {shown}\nd {alpha:.4f}\nillum 2\n\n"


def srgb(linear: float) -> float:
    """IEC 61966-2-1."""
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _word(text: str) -> str:
    return _SPACES.sub("_", text.strip()) or "unnamed"
