"""A converted model in the formats of others, by the name of the file that is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from holotable.errors import NoGeometry, UnknownFormat
from holotable.exchange.model import Floats, placed
from holotable.exchange.part_tree import PartTree, read_tree

# What each holds. STL states no unit and 3MF has its own: both are written in millimetres, z up.
SUFFIXES: Final = (".glb", ".usda", ".usdc", ".usdz", ".stl", ".3mf", ".zip")


@dataclass(frozen=True, slots=True)
class Asset:
    """Whose model it is. identifier: of the asset, e.g. its part number; version: the revision."""

    name: str
    identifier: str
    version: str


def write_as(path: Path, glb: bytes, correction: Floats, asset: Asset) -> dict[str, int]:
    """Write model.glb as `path` says by its suffix; .zip is OBJ with its MTL.

    correction: (4, 4), unit and up axis of the revision (`review.placement`).
    returns: what the format cannot hold, counted by name.
    raises: UnknownFormat, NoGeometry when nothing is left, ValueError when this is no GLB of ours.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise UnknownFormat(f"{path.name!r} names no format that is written here: {known}.")
    model = placed(glb, correction)
    if suffix == ".glb":
        path.write_bytes(model)
        return {}
    tree = read_tree(model)
    if not any(tree.meshes.values()):
        raise NoGeometry("This model has no triangles, and the other formats hold nothing else.")
    _write(path, suffix, tree, asset)
    return tree.left_out.said()


def _write(path: Path, suffix: str, tree: PartTree, asset: Asset) -> None:
    # Each writer brings a library of its own: imported when it is asked for.
    if suffix == ".3mf":
        from holotable.exchange.write_3mf import write_3mf

        write_3mf(path, tree)
    elif suffix == ".stl":
        from holotable.exchange.write_stl import write_stl

        with path.open("wb") as file:
            write_stl(file, tree)
    elif suffix == ".zip":
        from holotable.exchange.write_obj import write_obj

        with path.open("wb") as file:
            write_obj(file, tree, "model")
    else:
        from holotable.exchange.write_usd import write_usd

        write_usd(path, tree, name=asset.name, identifier=asset.identifier, version=asset.version)
