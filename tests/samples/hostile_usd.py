"""Hostile USD: references without end or out of the upload, counts that lie, packages."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from samples.hostile_case import Hostile, cut, text, zip_bomb, zipped
from samples.hostile_scenes import png_bomb
from usd_files import layer as usd_layer
from usd_files import mesh as usd_mesh
from usd_files import numbers, preview, texture, tuples, write_usdz

from holotable.errors import (
    ArchiveProblem,
    DamagedFile,
    ExternalReference,
    MissingFiles,
    NoGeometry,
    TooComplex,
)


def _usda(body: str, stage: str = "metersPerUnit = 1") -> Callable[[Path], object]:
    return text(usd_layer(body, stage))


def _usd_prim(name: str, metadata: str, body: str = "") -> str:
    return f'def Xform "{name}" (\n{metadata}\n)\n{{\n{body}\n}}\n'


def _arc(path: str) -> str:
    return _usd_prim("A", f"references = @{path}@")


def _doubling_usd(levels: int, instanceable: str, arc: str = "references") -> str:
    """2^levels cubes, each level twice the one below."""
    body = _usd_prim("L0", "active = true", usd_mesh())
    for level in range(1, levels):
        metadata = f"{arc} = </L{level - 1}>\ninstanceable = {instanceable}"
        body += _usd_prim(
            f"L{level}", "active = true", "".join(_usd_prim(f"c{n}", metadata) for n in range(2))
        )
    return body


_CLIPS = usd_mesh(
    metadata="clips = {\ndictionary default = {\nasset[] assetPaths = [@/etc/hostname@]\n"
    'string primPath = "/Cube"\n}\n}'
)
_LEAKING_LOOK = preview(
    "Look",
    "color3f inputs:diffuseColor.connect = </Look/T.outputs:rgb>",
    texture("T", "/etc/passwd"),
) + usd_mesh(extra="rel material:binding = </Look>")
_INSTANCER = (
    'def PointInstancer "I"\n{\nrel prototypes = [</I/P>]\nint[] protoIndices = [0]\n'
    f"point3f[] positions = [(0, 0, 0)]\n{usd_mesh('P')}}}\n"
)


def _stored(*entries: tuple[str, bytes]) -> Callable[[Path], object]:
    return lambda path: write_usdz(path, dict(entries))


def _crowd(count: int) -> str:
    """A PointInstancer of so many places in a cube of one prototype."""
    places = tuples(np.zeros((count, 3)))
    return (
        'def PointInstancer "I"\n{\nrel prototypes = [</I/P>]\n'
        f"int[] protoIndices = {numbers(np.zeros(count, int))}\n"
        f"point3f[] positions = {places}\n{usd_mesh('P')}}}\n"
    )


def _crowds(levels: int) -> str:
    """Instancers within instancers: 10^levels cubes."""
    body = usd_mesh("P")
    for level in range(levels):
        body = _crowd(10).replace(usd_mesh("P"), body).replace('"I"', '"P"')
        body = body.replace("</I/P>", "<" + "/P" * (levels - level + 1) + ">")
    return body


def _many_entries(path: Path) -> None:
    write_usdz(path, {f"{n}.usda": b"#usda 1.0\n" for n in range(20_000)})


_SELF_LOOK = preview("Look", "color3f inputs:diffuseColor.connect = </Look.inputs:a>") + usd_mesh(
    extra="rel material:binding = </Look>"
)

USD: tuple[Hostile, ...] = (
    Hostile("sublayer.usda", _usda("", "subLayers = [@/etc/hostname@]"), ExternalReference),
    Hostile("traversal.usda", _usda(_arc("../../secret.usda")), ExternalReference),
    Hostile("address.usda", _usda(_arc("http://127.0.0.1:9/x.usd")), ExternalReference),
    Hostile("scheme.usda", _usda(_arc("file:///etc/passwd")), ExternalReference),
    Hostile("picture.usda", _usda(_LEAKING_LOOK), None),
    Hostile("clips.usda", _usda(_CLIPS), None),
    Hostile("gone.usda", _usda(_arc("absent.usda")), MissingFiles),
    Hostile("double.usda", _usda(_doubling_usd(30, "false")), TooComplex),
    Hostile("instances.usda", _usda(_doubling_usd(30, "true")), TooComplex),
    Hostile("inherits.usda", _usda(_doubling_usd(30, "false", "inherits")), TooComplex),
    Hostile(
        "cycle.usda",
        _usda(_usd_prim("A", "references = </B>") + _usd_prim("B", "references = </A>")),
        DamagedFile,
    ),
    Hostile("itself.usda", _usda(_INSTANCER.replace("</I/P>", "</I>")), DamagedFile),
    Hostile("prototype.usda", _usda(_INSTANCER.replace("[0]", "[4]")), DamagedFile),
    Hostile("brackets.usda", _usda("dictionary a = {\n" * 200_000), TooComplex),
    Hostile("nested.usda", _usda('def "a"\n{\n' * 900 + "}\n" * 900), TooComplex),
    Hostile("count.usda", _usda(usd_mesh().replace("[4,", "[1000000000,", 1)), DamagedFile),
    Hostile("negative.usda", _usda(usd_mesh().replace("[4,", "[-4,", 1)), DamagedFile),
    Hostile("index.usda", _usda(usd_mesh().replace("[0, 2", "[0, 2000000000", 1)), DamagedFile),
    Hostile("nan.usda", _usda(usd_mesh().replace("(0.0, 0.0", "(nan, 0.0", 1)), DamagedFile),
    Hostile("unit.usda", _usda(usd_mesh(), "metersPerUnit = -1"), DamagedFile),
    Hostile("nothing.usda", _usda(""), NoGeometry),
    Hostile("cut.usda", cut(_usda(usd_mesh())), DamagedFile),
    Hostile("contents.usdc", text(b"PXR-USDC" + bytes(8) + b"\xff" * 7 + b"\x7f"), DamagedFile),
    Hostile("packed.usdz", zipped(("root.usda", usd_layer(usd_mesh()).encode())), ArchiveProblem),
    Hostile("bomb.usdz", zip_bomb("root.usda"), ArchiveProblem),
    Hostile(
        "traversal.usdz", _stored(("a.usda", b"#usda 1.0"), ("../x.usda", b"")), ArchiveProblem
    ),
    Hostile("cut.usdz", cut(_stored(("a.usda", usd_layer(usd_mesh()).encode()))), DamagedFile),
    Hostile(
        "latin.usda", text(usd_layer(usd_mesh()).encode() + b'def "\xe9\xff" {}\n'), DamagedFile
    ),
    Hostile("bytes.usda", text(b"#usda 1.0\n" + bytes(range(256)) * 40), DamagedFile),
    Hostile("crowd.usda", _usda(_crowds(7)), TooComplex),
    Hostile("payload.usda", _usda('def "A" (payload = @/etc/shadow@) {}'), ExternalReference),
    Hostile("dots.usda", _usda('def "A" (payload = @./a/../../b.usd@) {}'), ExternalReference),
    Hostile("drive.usda", _usda('def "A" (references = @C:\\\\a.usd@) {}'), ExternalReference),
    Hostile(
        "variants.usda",
        _usda(
            'def "A" (\nvariants = { string v = "a" }\nprepend variantSets = "v"\n)\n{\n'
            'variantSet "v" = { "a" ( references = @/etc/passwd@ ) {} }\n}\n' + usd_mesh()
        ),
        ExternalReference,
    ),
    Hostile("counts.usda", _usda(usd_mesh().replace("[4, 4", "[4, 4, 4", 1)), DamagedFile),
    Hostile("corner.usda", _usda(usd_mesh().replace("[0, 2", "[0, -2", 1)), DamagedFile),
    Hostile("connected.usda", _usda(_SELF_LOOK), None),
    Hostile(
        "scale.usda",
        _usda(
            usd_mesh(
                extra="double3 xformOp:scale = (1e308, 1e308, 1e308)\n"
                'uniform token[] xformOpOrder = ["xformOp:scale"]'
            )
        ),
        DamagedFile,
    ),
    Hostile(
        "matrix.usda",
        _usda(
            usd_mesh(
                extra="matrix4d xformOp:transform = ((inf, 0, 0, 0), (0, nan, 0, 0), (0, 0, 1, 0),"
                ' (0, 0, 0, 1))\nuniform token[] xformOpOrder = ["xformOp:transform"]'
            )
        ),
        DamagedFile,
    ),
    Hostile(
        "picture_bomb.usdz",
        lambda path: write_usdz(
            path,
            {
                "root.usda": usd_layer(
                    preview(
                        "Look",
                        "color3f inputs:diffuseColor.connect = </Look/T.outputs:rgb>",
                        texture("T", "t.png"),
                    )
                    + usd_mesh(extra="rel material:binding = </Look>")
                ).encode(),
                "t.png": png_bomb(60_000),
            },
        ),
        None,
    ),
    Hostile("crowd.usdz", _many_entries, ArchiveProblem),
    Hostile("noise.usdc", text(b"PXR-USDC\0\x08" + bytes(6) + b"\x58" + bytes(900)), DamagedFile),
)
