"""OpenUSD by usd-core: USDA, or USDZ for viewers that stand in a room. Metres, y up.

A part that stands in many places is written once and referenced (UsdGeom instances); the names and
ids of the structure are kept as display name and `customData`.
"""

import re
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from pxr import Gf, Kind, Sdf, Usd, UsdGeom, UsdShade, UsdUtils, Vt

from holotable.exchange.part_tree import PartTree, Primitive

_NOT_A_WORD: Final = re.compile(r"[^A-Za-z0-9_]+")
_PARTS: Final = "/parts"
_ROOT: Final = "/model"


def write_usd(path: Path, tree: PartTree, *, name: str, identifier: str, version: str) -> None:
    """Write `path` (.usda, .usdc or .usdz).

    name, identifier, version: of the asset, for its assetInfo (UsdModelAPI).
    """
    if path.suffix != ".usdz":
        _stage(path, tree, name, identifier, version)
        return
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        crate = Path(folder) / "model.usdc"
        _stage(crate, tree, name, identifier, version)
        if not UsdUtils.CreateNewUsdzPackage(Sdf.AssetPath(str(crate)), str(path)):
            raise OSError(f"{path.name} was not written.")


def _stage(path: Path, tree: PartTree, name: str, identifier: str, version: str) -> None:
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    root = UsdGeom.Xform.Define(stage, _ROOT)
    stage.SetDefaultPrim(root.GetPrim())
    model = Usd.ModelAPI(root)
    model.SetKind(Kind.Tokens.assembly)
    model.SetAssetName(name)
    model.SetAssetIdentifier(Sdf.AssetPath(identifier))
    model.SetAssetVersion(version)
    looks: dict[tuple[float, ...], UsdShade.Material] = {}
    prototypes = {
        number: _part(stage, number, primitives, looks)
        for number, primitives in tree.meshes.items()
        if primitives
    }
    paths: list[Sdf.Path] = []
    taken: dict[Sdf.Path, set[str]] = {}
    for node in tree.nodes:
        above = Sdf.Path(_ROOT) if node.parent < 0 else paths[node.parent]
        here = above.AppendChild(_word(node.name, taken.setdefault(above, set())))
        paths.append(here)
        place = UsdGeom.Xform.Define(stage, here)
        if not np.array_equal(node.local, np.eye(4)):
            place.AddTransformOp().Set(Gf.Matrix4d(*node.local.T.reshape(-1).tolist()))
        prim = place.GetPrim()
        if node.name:
            prim.SetDisplayName(node.name)
        if node.id:
            prim.SetCustomDataByKey("holotable:id", node.id)
        if node.mesh in prototypes:
            word = _word("geometry", taken.setdefault(here, set()))
            shape = stage.DefinePrim(here.AppendChild(word), "Xform")
            shape.GetReferences().AddInternalReference(prototypes[node.mesh])
            shape.SetInstanceable(True)
    stage.GetRootLayer().Save()


def _part(
    stage: Usd.Stage, number: int, primitives: list[Primitive],
    looks: dict[tuple[float, ...], UsdShade.Material],
) -> Sdf.Path:  # fmt: skip
    """A shape that others refer to: a class, so that it is not drawn where it is defined."""
    path = Sdf.Path(f"{_PARTS}/part_{number}")
    stage.CreateClassPrim(_PARTS)
    stage.DefinePrim(path, "Xform")
    for index, one in enumerate(primitives):
        mesh = UsdGeom.Mesh.Define(stage, path.AppendChild(f"mesh_{index}"))
        mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(one.positions)))
        counts = np.full(len(one.triangles), 3, np.int32)
        mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(counts))
        corners = np.ascontiguousarray(one.triangles.reshape(-1), np.int32)
        mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(corners))
        mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
        mesh.CreateExtentAttr(
            Vt.Vec3fArray.FromNumpy(np.stack((one.positions.min(0), one.positions.max(0))))
        )
        if one.normals is not None:
            mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(one.normals)))
            mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
        mesh.CreateDisplayColorAttr([Gf.Vec3f(*one.colour[:3])])
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(_look(stage, path, one, looks))
    return path


def _look(
    stage: Usd.Stage, part: Sdf.Path, one: Primitive,
    looks: dict[tuple[float, ...], UsdShade.Material],
) -> UsdShade.Material:  # fmt: skip
    """UsdPreviewSurface, inside the part: what is referenced must hold what it uses."""
    key: tuple[Any, ...] = (str(part), *one.colour, one.metallic, one.roughness)
    if key not in looks:
        path = part.AppendChild(f"look_{len(looks)}")
        material = UsdShade.Material.Define(stage, path)
        shader = UsdShade.Shader.Define(stage, path.AppendChild("surface"))
        shader.CreateIdAttr("UsdPreviewSurface")
        kind = Sdf.ValueTypeNames
        shader.CreateInput("diffuseColor", kind.Color3f).Set(Gf.Vec3f(*one.colour[:3]))
        shader.CreateInput("opacity", kind.Float).Set(one.colour[3])
        shader.CreateInput("metallic", kind.Float).Set(one.metallic)
        shader.CreateInput("roughness", kind.Float).Set(one.roughness)
        output = shader.CreateOutput("surface", kind.Token)
        material.CreateSurfaceOutput().ConnectToSource(output)
        looks[key] = material
    return looks[key]


def _word(name: str, taken: set[str]) -> str:
    """A prim's name: letters, digits and underscores, once among its siblings."""
    word = _NOT_A_WORD.sub("_", name).strip("_") or "part"
    if word[0].isdigit():
        word = f"_{word}"
    found, number = word, 1
    while found in taken:
        number += 1
        found = f"{word}_{number}"
    taken.add(found)
    return found
