"""Small USD files with known truth, written as text: cubes of mesh_files placed in many ways."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from mesh_files import CORNERS, QUADS


def tuples(rows: object) -> str:
    """[(x, y, z), …] as USD writes it."""
    return (
        "[" + ", ".join(f"({', '.join(map(repr, row))})" for row in np.asarray(rows).tolist()) + "]"
    )


def numbers(row: object) -> str:
    """[a, b, …] as USD writes it."""
    return "[" + ", ".join(map(repr, np.asarray(row).ravel().tolist())) + "]"


def mesh(
    name: str = "Cube",
    points: object = CORNERS,
    faces: object = QUADS,
    extra: str = "",
    metadata: str = "",
) -> str:
    """A Mesh prim; by default the cube of 2 × 3 × 4 in quads."""
    rows = [list(face) for face in faces]  # type: ignore[attr-defined]  # any rows of numbers
    return (
        f'def Mesh "{name}" ({metadata})\n{{\n'
        f"int[] faceVertexCounts = {numbers([len(row) for row in rows])}\n"
        f"int[] faceVertexIndices = {numbers([corner for row in rows for corner in row])}\n"
        f"point3f[] points = {tuples(points)}\n"
        f'uniform token subdivisionScheme = "none"\n{extra}\n}}\n'
    )


def xform(name: str, body: str, translate: object = None, metadata: str = "") -> str:
    """An Xform prim, moved by `translate`."""
    move = ""
    if translate is not None:
        x, y, z = np.asarray(translate, float).tolist()
        move = (
            f"double3 xformOp:translate = ({x}, {y}, {z})\n"
            'uniform token[] xformOpOrder = ["xformOp:translate"]\n'
        )
    return f'def Xform "{name}" ({metadata})\n{{\n{move}{body}\n}}\n'


def preview(name: str, inputs: str = "", nodes: str = "") -> str:
    """A Material with a UsdPreviewSurface. inputs: of the surface; nodes: prims beside it."""
    return (
        f'def Material "{name}"\n{{\n'
        f"token outputs:surface.connect = <Surface.outputs:surface>\n"
        f'def Shader "Surface"\n{{\nuniform token info:id = "UsdPreviewSurface"\n{inputs}\n'
        f"token outputs:surface\n}}\n{nodes}\n}}\n"
    )


def texture(name: str, file: str, extra: str = "", st: str = "st") -> str:
    """A UsdUVTexture that reads the primvar `st`."""
    return (
        f'def Shader "{name}"\n{{\nuniform token info:id = "UsdUVTexture"\n'
        f"asset inputs:file = @{file}@\n"
        f"float2 inputs:st.connect = <../{name}_st.outputs:result>\n{extra}\n"
        "float3 outputs:rgb\nfloat outputs:r\nfloat outputs:g\nfloat outputs:b\n"
        f'float outputs:a\n}}\ndef Shader "{name}_st"\n{{\n'
        f'uniform token info:id = "UsdPrimvarReader_float2"\ntoken inputs:varname = "{st}"\n'
        "float2 outputs:result\n}\n"
    )


def layer(body: str, metadata: str = 'metersPerUnit = 1\nupAxis = "Y"') -> str:
    """A whole layer as text."""
    return f"#usda 1.0\n(\n{metadata}\n)\n{body}"


def write_usda(path: Path, body: str, metadata: str = 'metersPerUnit = 1\nupAxis = "Y"') -> Path:
    """A .usda file."""
    path.write_text(layer(body, metadata))
    return path


def write_usdc(path: Path, body: str, metadata: str = 'metersPerUnit = 1\nupAxis = "Y"') -> Path:
    """The same as binary."""
    from holotable.conversion.readers.usd_library import Sdf  # late: 0.4 s

    source = Sdf.Layer.CreateAnonymous(".usda")
    assert source.ImportFromString(layer(body, metadata))
    assert source.Export(str(path))
    return path


def write_usdz(path: Path, entries: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    """A .usdz package; the first entry is its root layer."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path
