"""Random damage to sound files ends in a scene or in a named error, never in anything else."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gltf_files import GltfFile, png
from mesh_files import (
    CORNERS,
    OPTIONS,
    TRIANGLES,
    buffer_of,
    check,
    dae_text,
    gltf_cube,
    mesh_xml,
    model_xml,
    obj_text,
    silent,
    stl_ascii,
    stl_binary,
    write_3mf,
    write_glb,
    write_gltf,
)  # fmt: skip
from point_files import hill, las_bytes
from samples.hostile_native import sound_file
from samples.hostile_scenes import packed_points
from threeds_files import document, material, node
from threeds_files import mesh as mesh_3ds
from usd_files import layer, preview, texture, write_usdc, write_usdz, xform
from usd_files import mesh as usd_mesh

from holotable.conversion.read import read
from holotable.conversion.sniff import sniff
from holotable.errors import ConversionProblem

WORDS = (b"nan", b"-1", b"99999999999", b"1e400", b"\x00", b"", b'"', b"[", b"{}", b"null", b"true",
         b"\xff\xff\xff\xff", b"<", b"0", b"0.5", b"-0", b'"a"')  # fmt: skip
PLY = "ply\nformat ascii 1.0\nelement vertex 8\n" + "".join(f"property float {c}\n" for c in "xyz")


def glb(path: Path) -> Path:
    content, _ = buffer_of(CORNERS.astype("<f4"), TRIANGLES.astype("<u2"))
    return write_glb(path, gltf_cube(buffers=[{"byteLength": len(content)}]), content)


def ply(path: Path) -> Path:
    points = "".join(f"{x} {y} {z}\n" for x, y, z in CORNERS)
    faces = "".join(f"3 {a} {b} {c}\n" for a, b, c in TRIANGLES)
    face = "element face 12\nproperty list uchar int vertex_indices\nend_header\n"
    path.write_text(PLY + face + points + faces)
    return path


def off(path: Path) -> Path:
    points = "".join(f"{x} {y} {z}\n" for x, y, z in CORNERS)
    path.write_text("OFF\n8 12 0\n" + points + "".join(f"3 {a} {b} {c}\n" for a, b, c in TRIANGLES))
    return path


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def text(content: str) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_text(content)
        return path

    return write


def dressed_gltf(path: Path) -> Path:
    """A moving square with a picture on it."""
    file = GltfFile()
    look = file.material(
        pbrMetallicRoughness={"baseColorTexture": {"index": file.texture(png())}},
        extensions={"KHR_materials_clearcoat": {"clearcoatFactor": 0.5}},
    )
    file.place(file.square(look))
    moving = {
        "input": file.array(np.array([0, 1], "<f4"), "SCALAR"),
        "output": file.array(np.array([[0, 0, 0], [1, 2, 3]], "<f4"), "VEC3"),
    }
    target = {"sampler": 0, "target": {"node": 0, "path": "translation"}}
    file.add("animations", {"channels": [target], "samplers": [moving]})
    return file.write(path)


USD = xform(
    "Group",
    preview(
        "Look",
        "color3f inputs:diffuseColor.connect = </Group/Look/T.outputs:rgb>",
        texture("T", "t.png"),
    )
    + usd_mesh(
        extra="rel material:binding = </Group/Look>\n"
        "double3 xformOp:translate.timeSamples = { 0: (0, 0, 0), 24: (1, 2, 3) }\n"
        'uniform token[] xformOpOrder = ["xformOp:translate"]'
    )
    + 'def PointInstancer "I"\n{\nrel prototypes = [</Group/Cube>]\nint[] protoIndices = [0, 0]\n'
    "point3f[] positions = [(0, 0, 0), (5, 0, 0)]\n}\n"
    'def Sphere "Ball" {\ndouble radius = 2\n}\n',
    (1, 2, 3),
)


def columns() -> str:
    """Points with intensities and colours."""
    return "".join(f"{x} {y} {z} {n} 10 20 30\n" for n, (x, y, z) in enumerate(hill(40).tolist()))


SOUND: dict[str, Callable[[Path], Path]] = {
    "a.stl": stl_binary,
    "b.stl": stl_ascii,
    "c.obj": text(obj_text("mtllib c.mtl\no a\nusemtl red\nvt 0 0\nvn 0 0 1\n")),
    "d.ply": ply,
    "e.off": off,
    "f.dae": text(
        dae_text('<node><rotate>0 0 1 30</rotate><instance_geometry url="#cube"/></node>')
    ),
    "g.3mf": lambda path: write_3mf(
        path, model_xml(f'<object id="1">{mesh_xml()}</object>', '<item objectid="1"/>')
    ),
    "h.gltf": lambda path: write_gltf(path, gltf_cube()),
    "i.glb": glb,
    "j.gltf": dressed_gltf,
    "k.usda": text(layer(USD)),
    "l.usdz": lambda path: write_usdz(path, {"a.usda": layer(USD).encode(), "t.png": png()}),
    "m.las": lambda path: _written(path, las_bytes(hill(40), colours=np.full((40, 3), 9))),
    "n.laz": lambda path: _written(path, packed_points()),
    "o.xyz": text(columns()),
    "p.3ds": lambda path: _written(
        path,
        document(
            material("red", (200, 0, 0))
            + mesh_3ds(materials=[("red", [0, 1])], groups=[1] * len(TRIANGLES)),
            node(0, "Cube", pivot=(1, 1, 1)),
        ),
    ),
}
# Their libraries may end the process: damaged in the sandbox only, by `make fuzz`.
NATIVE: dict[str, Callable[[Path], object]] = {
    "q.usdc": lambda path: write_usdc(path, USD),
    **{f"r.{kind}": sound_file(kind) for kind in ("step", "ifc", "iges", "brep")},
}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with one to five wounds: bytes, numbers, cuts, strange words."""
    body = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5])):
        place = chance.randrange(len(body))
        match chance.randrange(4):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                number = re.compile(rb"-?\d+(\.\d+)?").search(bytes(body[place : place + 200]))
                if number:
                    body[place + number.start() : place + number.end()] = chance.choice(WORDS)
            case 2:
                del body[place : place + chance.randrange(1, 60)]
            case _:
                body[place:place] = chance.choice(WORDS)
        body = body or bytearray(b"x")
    return bytes(body)


@pytest.mark.parametrize("name", SOUND)
def test_random_damage_ends_in_a_scene_or_a_named_error(tmp_path: Path, name: str) -> None:
    path = SOUND[name](tmp_path / name)
    sound = path.read_bytes()
    read(path, sniff(path, name), OPTIONS, silent)
    for seed in range(120):
        path.write_bytes(damaged(sound, random.Random(f"{name} {seed}")))
        try:
            kind = sniff(path, name)
            if kind != "archive":
                scene = read(path, kind, OPTIONS, silent)
                if all(part.points is None for part in scene.parts):
                    check(scene)
        except ConversionProblem:
            continue
        except Exception as escaped:
            raise AssertionError(f"seed {seed} of {name} escaped") from escaped
