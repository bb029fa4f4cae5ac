"""Files made to harm a reader, each with the named error that must come of it.

    python tests/samples/hostile.py FOLDER     writes them all, for use against a running server

Every case is small to write and large, endless or indiscreet to read. Cases without a problem
load: what is sound in them is shown and the rest is a warning. `CASES` are for readers that end
in their named error by themselves; `NATIVE` may end their libraries, so that the sandbox alone
reads them.
"""

import json
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from mesh_files import (
    CORNERS,
    TRIANGLES,
    buffer_of,
    dae_text,
    data_uri,
    gltf_cube,
    mesh_xml,
    model_xml,
    obj_text,
    stl_binary,
    write_3mf,
    write_glb,
)
from point_files import las_bytes
from samples.hostile_case import MEBIBYTE, Hostile, cut, text, zip_bomb, zipped
from samples.hostile_native import NATIVE
from samples.hostile_scenes import SCENES
from samples.hostile_usd import USD
from threeds_files import document as document_3ds
from threeds_files import mesh as mesh_3ds
from threeds_files import node as node_3ds

from holotable.errors import (
    ArchiveProblem,
    DamagedFile,
    EmptyFile,
    ExternalReference,
    MissingFiles,
    NoGeometry,
    TooComplex,
    UnsupportedFormat,
)


def _gltf(**changes: Any) -> Callable[[Path], object]:
    return text(json.dumps(gltf_cube(**changes)))


def _buffer(uri: str) -> Callable[[Path], object]:
    return _gltf(buffers=[{"byteLength": 168, "uri": uri}])


def _accessor(**changes: Any) -> Callable[[Path], object]:
    document = gltf_cube()
    document["accessors"][0].update(changes)
    return text(json.dumps(document))


def _special(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3  # Unix: the upper half of external_attr is a file mode
    entry.external_attr = mode << 16
    return entry


def _lying_zip(path: Path) -> None:
    """The directory states 5 bytes, the entry unpacks to a mebibyte."""
    zipped(("cube.obj", b"v 0 0 0\n" * 131072))(path)
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 5)
    path.write_bytes(content)


def _encrypted_zip(path: Path) -> None:
    zipped(("cube.obj", obj_text().encode()))(path)
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(magic)
        content[at + offset] |= 1
    path.write_bytes(content)


def _crowded_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for index in range(10_001):
            archive.writestr(f"{index}.txt", b"")


def _many_records(path: Path) -> None:
    """An end record that counts one entry over a directory of a hundred thousand."""
    record = b"PK\x01\x02" + b"\x00" * 24 + struct.pack("<HHHHHLL", 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = record * 400_000
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(directory), 30, 0)
    path.write_bytes(b"PK\x03\x04" + b"\x00" * 26 + directory + end)


def _meshopt_bomb(path: Path) -> None:
    document = gltf_cube(extensionsRequired=["EXT_meshopt_compression"])
    document["bufferViews"][0]["extensions"] = {
        "EXT_meshopt_compression": {
            "buffer": 0, "byteOffset": 0, "byteLength": 90, "byteStride": 12,
            "count": 300_000_000, "mode": "ATTRIBUTES",
        }
    }  # fmt: skip
    path.write_text(json.dumps(document))


def _meshopt_noise(path: Path) -> None:
    document = gltf_cube(extensionsRequired=["EXT_meshopt_compression"])
    document["bufferViews"][0]["extensions"] = {
        "EXT_meshopt_compression": {
            "buffer": 0, "byteOffset": 0, "byteLength": 90, "byteStride": 12, "count": 8,
            "mode": "ATTRIBUTES",
        }
    }  # fmt: skip
    path.write_text(json.dumps(document))


def _nan_gltf(path: Path) -> None:
    points = CORNERS.astype("<f4").copy()
    points[3, 1] = np.nan
    content, views = buffer_of(points, TRIANGLES.astype("<u2"))
    document = gltf_cube(
        bufferViews=views, buffers=[{"byteLength": len(content), "uri": data_uri(content)}]
    )
    path.write_text(json.dumps(document))


def _wild_index(path: Path) -> None:
    wild = TRIANGLES.astype("<u2").copy()
    wild[5, 1] = 60_000
    content, views = buffer_of(CORNERS.astype("<f4"), wild)
    document = gltf_cube(
        bufferViews=views, buffers=[{"byteLength": len(content), "uri": data_uri(content)}]
    )
    path.write_text(json.dumps(document))


def _cut_glb(path: Path) -> None:
    document = gltf_cube()
    content, _ = buffer_of(CORNERS.astype("<f4"), TRIANGLES.astype("<u2"))
    document["buffers"] = [{"byteLength": len(content)}]
    write_glb(path, document, content)
    path.write_bytes(path.read_bytes()[:-50])


def _long_chunk(path: Path) -> None:
    write_glb(path, gltf_cube())
    content = bytearray(path.read_bytes())
    content[12:16] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(content)


def _infinite_stl(path: Path) -> None:
    points = CORNERS.copy()
    points[2, 0] = np.inf
    stl_binary(path, points)


def _huge_stl(path: Path) -> None:
    stl_binary(path)
    content = bytearray(path.read_bytes())
    content[80:84] = b"\xff\xff\xff\xff"
    path.write_bytes(content)


def _las(
    at: int = 0, kind: str = "B", value: float = ord("L"), **facts: Any
) -> Callable[[Path], object]:
    """A small LAS file with one number of its header overwritten."""

    def write(path: Path) -> None:
        content = bytearray(las_bytes(CORNERS, **facts))
        struct.pack_into("<" + kind, content, at, value)
        path.write_bytes(content)

    return write


def _3mf(
    resources: str, build: str = '<item objectid="1"/>', **more: Any
) -> Callable[[Path], object]:
    return lambda path: write_3mf(path, model_xml(resources, build, **more))


def _doubling_3mf(path: Path) -> None:
    """2^40 cubes in 3 kB."""
    objects = f'<object id="1">{mesh_xml()}</object>'
    for number in range(2, 42):
        use = f'<component objectid="{number - 1}"/>'
        objects += f'<object id="{number}"><components>{use}{use}</components></object>'
    write_3mf(path, model_xml(objects, '<item objectid="41"/>'))


def _doubling_dae(path: Path) -> None:
    """2^40 cubes through instance_node."""
    nodes = '<node id="n0"><instance_geometry url="#cube"/></node>'
    for number in range(1, 41):
        use = f'<instance_node url="#n{number - 1}"/>'
        nodes += f'<node id="n{number}">{use}{use}</node>'
    libraries = f"<library_nodes>{nodes}</library_nodes>"
    path.write_text(dae_text('<node><instance_node url="#n40"/></node>', libraries=libraries))


_LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '&{chr(97 + i)};&{chr(97 + i)};'>"
    for i in range(20)
) + "]>"  # fmt: skip
_XXE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_FAR_DTD = '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/evil.dtd">'
_MESH_1 = f'<object id="1">{mesh_xml()}</object>'
_NODE = '<node><instance_geometry url="#cube"/></node>'
_PLY = (
    "ply\nformat {} 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n"
)
_FACES = "element face {}\nproperty list {} int vertex_indices\nend_header\n"
_POINTS = "0 0 0\n1 0 0\n0 1 0\n"
_NINE = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)

CASES: tuple[Hostile, ...] = (
    Hostile("empty.stl", text(b""), EmptyFile),
    Hostile("blank.obj", text(b" \n\t\n" * 50), EmptyFile),
    Hostile("prose.step", text("Dear colleague, here is the file.\n"), UnsupportedFormat),
    # zip
    Hostile("bomb.zip", zip_bomb("cube.obj"), ArchiveProblem),
    Hostile("traversal.zip", zipped(("../../evil.obj", obj_text().encode())), ArchiveProblem),
    Hostile("windows.zip", zipped(("..\\..\\evil.obj", obj_text().encode())), ArchiveProblem),
    Hostile("absolute.zip", zipped(("/tmp/evil.obj", obj_text().encode())), ArchiveProblem),
    Hostile("drive.zip", zipped(("C:/evil.obj", obj_text().encode())), ArchiveProblem),
    Hostile("link.zip", zipped((_special("cube.obj", 0o120777), b"/etc/passwd")), ArchiveProblem),
    Hostile("device.zip", zipped((_special("cube.obj", 0o020666), b"")), ArchiveProblem),
    Hostile("secret.zip", _encrypted_zip, ArchiveProblem),
    Hostile("case.zip", zipped(("A.obj", b"v 0 0 0"), ("a.OBJ", b"v 0 0 0")), ArchiveProblem),
    Hostile("crowd.zip", _crowded_zip, ArchiveProblem),
    Hostile("records.zip", _many_records, ArchiveProblem),
    Hostile("lying.zip", _lying_zip, DamagedFile),
    Hostile("cut.zip", cut(zipped(("cube.obj", obj_text().encode()))), DamagedFile),
    Hostile("nested.zip", zipped(("in.zip", b"PK\x03\x04" + b"\x00" * 40)), UnsupportedFormat),
    Hostile("deep.zip", zipped(("a/" * 40 + "cube.obj", obj_text().encode())), ArchiveProblem),
    Hostile("longname.zip", zipped(("n" * 5000 + ".obj", obj_text().encode())), ArchiveProblem),
    Hostile("file_as_folder.zip", zipped(("a", b"x"), ("a/b.obj", b"v 0 0 0")), ArchiveProblem),
    # STL
    Hostile("huge.stl", _huge_stl, DamagedFile),
    Hostile("infinite.stl", _infinite_stl, DamagedFile),
    Hostile("cut.stl", cut(stl_binary), DamagedFile),
    Hostile(
        "cut_text.stl", text("solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0"), DamagedFile
    ),
    Hostile(
        "two_corners.stl",
        text("solid a\nfacet\nvertex 0 0 0\nvertex 1 0 0\nendfacet\nendsolid\n"),
        DamagedFile,
    ),
    Hostile("hollow.stl", text("solid a\nendsolid a\n"), NoGeometry),
    # OBJ
    Hostile("index.obj", text(obj_text(faces="f 1 2 2000000000\n")), DamagedFile),
    Hostile("before.obj", text(obj_text(faces="f -1 -2 -900\n")), DamagedFile),
    Hostile("zero.obj", text(obj_text(faces="f 0 1 2\n")), DamagedFile),
    Hostile("overflow.obj", text(obj_text(faces=f"f 1 2 {10**30}\n")), DamagedFile),
    Hostile("nan.obj", text("v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), DamagedFile),
    Hostile("far.obj", text("v 0 0 9e307\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), DamagedFile),
    Hostile("points.obj", text("v 0 0 0\nv 1 0 0\np 1 2\n"), NoGeometry),
    Hostile("library.obj", text("mtllib ../../../etc/passwd\n" + obj_text()), None),
    Hostile("absolute.obj", text("mtllib /etc/passwd\n" + obj_text()), None),
    Hostile("endless.obj", text(obj_text("o " + "n" * 10 * MEBIBYTE + "\n")), None),
    # PLY
    Hostile(
        "count.ply", text(_PLY.format("ascii", 4 * 10**9) + _FACES.format(1, "uchar")), DamagedFile
    ),
    Hostile(
        "binary_count.ply",
        text(_PLY.format("binary_little_endian", 4 * 10**9) + _FACES.format(1, "uchar")),
        DamagedFile,
    ),
    Hostile(
        "list.ply",
        text(
            (_PLY.format("binary_little_endian", 3) + _FACES.format(1, "uint")).encode()
            + _NINE
            + b"\xff\xff\xff\xff"
            + b"\x00" * 12
        ),
        DamagedFile,
    ),
    Hostile(
        "index.ply",
        text(_PLY.format("ascii", 3) + _FACES.format(1, "uchar") + _POINTS + "3 0 1 9\n"),
        DamagedFile,
    ),
    Hostile(
        "short.ply",
        text(_PLY.format("ascii", 3) + _FACES.format(2, "uchar") + _POINTS + "3 0 1 2\n"),
        DamagedFile,
    ),
    Hostile(
        "long.ply",
        text(_PLY.format("ascii", 3) + _FACES.format(1, "uchar") + _POINTS * 9 + "3 0 1 2\n"),
        DamagedFile,
    ),
    Hostile(
        "negative_list.ply",
        text(_PLY.format("ascii", 3) + _FACES.format(1, "char") + _POINTS + "-3 0 1 2\n"),
        DamagedFile,
    ),
    Hostile("headless.ply", text("ply\nformat ascii 1.0\nelement vertex 3\n"), DamagedFile),
    Hostile(
        "cloud.ply",
        text(_PLY.format("binary_little_endian", 4_000_000_000) + "end_header\n" + _POINTS),
        DamagedFile,
    ),
    # Point clouds
    Hostile("count.las", _las(count=2**32 - 1), DamagedFile),
    Hostile("records.las", _las(at=100, kind="I", value=2**32 - 1), DamagedFile),
    Hostile("scale.las", _las(at=131, kind="d", value=0.0), DamagedFile),
    Hostile("far.las", _las(at=155, kind="d", value=1e300), DamagedFile),
    Hostile("unpacked.laz", _las(at=104, kind="B", value=0x83), DamagedFile),
    Hostile("nan.xyz", text("nan nan nan\n" * 9), NoGeometry),
    Hostile("letter.xyz", text("1 2 3\n" * 40 + "dear all\n" * 40), DamagedFile),
    Hostile("count.pts", text("4000000000\n" + "1 2 3\n" * 9), TooComplex),
    Hostile("far.xyz", text("1 2 3\n1e300 0 0\n"), DamagedFile),
    Hostile("zero.csv", text(b"1 2 3\n" * 40_000 + bytes(40)), DamagedFile),
    # OFF
    Hostile("count.off", text("OFF\n4000000000 4000000000 0\n0 0 0\n"), DamagedFile),
    Hostile("index.off", text("OFF\n3 1 0\n" + _POINTS + "3 0 1 7\n"), DamagedFile),
    Hostile("nan.off", text("OFF\n3 1 0\n0 0 0\n1 nan 0\n0 1 0\n3 0 1 2\n"), DamagedFile),
    # XML
    Hostile("xxe.dae", text(dae_text(_NODE, prolog=_XXE)), ExternalReference),
    Hostile("dtd.dae", text(dae_text(_NODE, prolog=_FAR_DTD)), ExternalReference),
    Hostile("laughs.dae", text(dae_text(_NODE, prolog=_LAUGHS)), DamagedFile),
    Hostile("deep.dae", text(dae_text("<node>" * 5000 + "</node>" * 5000)), DamagedFile),
    Hostile(
        "cycle.dae", text(dae_text('<node id="a"><instance_node url="#a"/></node>')), DamagedFile
    ),
    Hostile("double.dae", _doubling_dae, TooComplex),
    Hostile("broken.dae", cut(text(dae_text(_NODE))), DamagedFile),
    Hostile(
        "count.dae", text(dae_text(_NODE).replace('count="8"', 'count="800000000"')), DamagedFile
    ),
    Hostile("index.dae", text(dae_text(_NODE).replace("<p>0", "<p>900000")), DamagedFile),
    Hostile("nan.dae", text(dae_text(_NODE).replace(">0 0 0 ", ">NaN 0 0 ", 1)), DamagedFile),
    Hostile("xxe.3mf", _3mf(_MESH_1, prolog=_XXE), ExternalReference),
    Hostile("laughs.3mf", _3mf(_MESH_1, prolog=_LAUGHS), DamagedFile),
    Hostile("double.3mf", _doubling_3mf, TooComplex),
    Hostile(
        "cycle.3mf",
        _3mf('<object id="1"><components><component objectid="1"/></components></object>'),
        DamagedFile,
    ),
    Hostile("index.3mf", _3mf(_MESH_1.replace('v1="0"', 'v1="4000000000"', 1)), DamagedFile),
    Hostile("nan.3mf", _3mf(_MESH_1.replace('x="0.0"', 'x="nan"', 1)), DamagedFile),
    Hostile("absent.3mf", _3mf(_MESH_1, '<item objectid="7"/>'), DamagedFile),
    Hostile(
        "part.3mf", _3mf(_MESH_1, '<item objectid="1" p:path="/../../etc/passwd"/>'), DamagedFile
    ),
    Hostile("unit.3mf", _3mf(_MESH_1, unit="parsec"), DamagedFile),
    Hostile("nothing.3mf", _3mf(_MESH_1, ""), NoGeometry),
    Hostile("bomb.3mf", zip_bomb("3D/3dmodel.model"), ArchiveProblem),
    Hostile("cut.3mf", cut(_3mf(_MESH_1)), DamagedFile),
    # 3DS
    Hostile("cut.3ds", cut(text(document_3ds(mesh_3ds()))), DamagedFile),
    Hostile(
        "length.3ds",
        text(document_3ds(mesh_3ds()).replace(b"=\x3d", b"=\x3d\xff\xff", 1)),
        DamagedFile,
    ),
    Hostile("index.3ds", text(document_3ds(mesh_3ds(triangles=[[0, 1, 60_000]]))), DamagedFile),
    Hostile("nan.3ds", text(document_3ds(mesh_3ds(points=[[np.nan] * 3] * 8))), DamagedFile),
    Hostile(
        "cycle.3ds",
        text(document_3ds(mesh_3ds(), node_3ds(0, "Cube", parent=1) + node_3ds(1, "", parent=0))),
        DamagedFile,
    ),
    Hostile("hollow.3ds", text(document_3ds(b"")), NoGeometry),
    # glTF
    Hostile("traversal.gltf", _buffer("../../../etc/passwd"), ExternalReference),
    Hostile("escaped.gltf", _buffer("%2e%2e/%2e%2e/etc/passwd"), ExternalReference),
    Hostile("absolute.gltf", _buffer("/etc/passwd"), ExternalReference),
    Hostile("windows.gltf", _buffer("..\\..\\secret"), ExternalReference),
    Hostile("file.gltf", _buffer("file:///etc/passwd"), ExternalReference),
    Hostile("http.gltf", _buffer("http://127.0.0.1:9/x.bin"), ExternalReference),
    Hostile("missing.gltf", _buffer("cube.bin"), MissingFiles),
    Hostile("base64.gltf", _buffer("data:;base64,###"), DamagedFile),
    Hostile("short.gltf", _buffer(data_uri(b"abc")), DamagedFile),
    Hostile(
        "picture.gltf",
        _gltf(
            images=[{"uri": "../../../etc/hostname"}],
            textures=[{"source": 0}],
            materials=[{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
            meshes=[{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        ),
        None,
    ),
    Hostile("count.gltf", _accessor(count=700_000_000), DamagedFile),
    Hostile("bare.gltf", _accessor(count=700_000_000, bufferView=None), DamagedFile),
    Hostile(
        "sparse.gltf",
        _accessor(count=700_000_000, bufferView=None, sparse={"count": 1}),
        DamagedFile,
    ),
    Hostile("offset.gltf", _accessor(byteOffset=2**52), DamagedFile),
    Hostile("negative.gltf", _accessor(byteOffset=-8), DamagedFile),
    Hostile("type.gltf", _accessor(type="VEC9"), DamagedFile),
    Hostile("flat.gltf", _accessor(type="SCALAR"), DamagedFile),
    Hostile("nan.gltf", _nan_gltf, DamagedFile),
    Hostile("index.gltf", _wild_index, DamagedFile),
    Hostile(
        "cycle.gltf",
        _gltf(nodes=[{"children": [1]}, {"children": [2]}, {"children": [1]}]),
        DamagedFile,
    ),
    Hostile(
        "island.gltf", _gltf(nodes=[{"mesh": 0}, {"children": [2]}, {"children": [1]}]), DamagedFile
    ),
    Hostile("twice.gltf", _gltf(nodes=[{"children": [1, 1]}, {"mesh": 0}]), DamagedFile),
    Hostile("self.gltf", _gltf(nodes=[{"children": [0], "mesh": 0}]), DamagedFile),
    Hostile("child.gltf", _gltf(nodes=[{"children": [99]}]), DamagedFile),
    Hostile(
        "levels.gltf",
        _gltf(nodes=[*({"children": [n + 1]} for n in range(20_000)), {"mesh": 0}]),
        TooComplex,
    ),
    Hostile("json.gltf", text('{"asset":{"version":"2.0"},"extras":' + "[" * 200_000), DamagedFile),
    Hostile("constant.gltf", text('{"asset":{"version":"2.0"},"extras":NaN}'), DamagedFile),
    Hostile(
        "digits.gltf",
        text('{"asset":{"version":"2.0"},"extras":' + "9" * 100_000 + "}"),
        DamagedFile,
    ),
    Hostile("infinite.gltf", _gltf(nodes=[{"mesh": 0, "scale": [1e400, 1, 1]}]), DamagedFile),
    Hostile("matrix.gltf", _gltf(nodes=[{"mesh": 0, "matrix": [1] * 16}]), DamagedFile),
    Hostile("words.gltf", _gltf(nodes=[{"mesh": 0, "scale": ["a", "b", "c"]}]), DamagedFile),
    Hostile("wrong.gltf", _gltf(nodes="many"), DamagedFile),
    Hostile("old.gltf", _gltf(asset={"version": "1.0"}), UnsupportedFormat),
    Hostile(
        "draco.gltf",
        _gltf(
            extensionsRequired=["KHR_draco_mesh_compression"],
            accessors=[{"componentType": 5126, "count": 8, "type": "VEC3"}],
            meshes=[
                {
                    "primitives": [
                        {
                            "attributes": {"POSITION": 0},
                            "extensions": {
                                "KHR_draco_mesh_compression": {
                                    "bufferView": 0,
                                    "attributes": {"POSITION": 0},
                                }
                            },
                        }
                    ]
                }
            ],
        ),
        DamagedFile,
    ),
    Hostile("needs.gltf", _gltf(extensionsRequired=["ACME_secret_geometry"]), UnsupportedFormat),
    Hostile(
        "instances.gltf",
        _gltf(
            nodes=[
                {
                    "mesh": 0,
                    "extensions": {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": 2}}},
                }
            ],
            accessors=[
                *gltf_cube()["accessors"],
                {"bufferView": 0, "componentType": 5126, "count": 10**9, "type": "VEC3"},
            ],
        ),
        TooComplex,
    ),
    Hostile("meshopt.gltf", _meshopt_bomb, DamagedFile),
    Hostile("noise.gltf", _meshopt_noise, DamagedFile),
    Hostile("cut.glb", _cut_glb, DamagedFile),
    Hostile("chunk.glb", _long_chunk, DamagedFile),
    Hostile("header.glb", text(b"glTF\x02\x00"), DamagedFile),
    *SCENES,
    *USD,
)


def write_all(folder: Path) -> None:
    """Write every case."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in (*CASES, *NATIVE):
        case.write(folder / case.name)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
