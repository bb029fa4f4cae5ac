"""What we write is read by somebody else's library: pygltflib, which knows none of our code."""

import json
import warnings
from pathlib import Path

from pygltflib import GLTF2
from scene_builders import box_mesh, moved, part, scene_of

from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import write_package


def test_pygltflib_reads_every_glb_with_the_same_nodes_names_and_attributes(tmp_path: Path) -> None:
    scene = scene_of([part(box_mesh())], [(0, moved(0)), (0, moved(3))])
    source = {"name": "box.step", "sha256": "0" * 64, "bytes": 1}
    write_package(scene, tmp_path, ConvertOptions(), lambda *_: None, Journal(), source)
    structure = json.loads((tmp_path / "structure.json").read_text())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = {path.name: GLTF2().load(str(path)) for path in tmp_path.glob("*.glb")}
    model = files["model.glb"]
    assert model is not None
    ids = {node.extras["id"] for node in model.nodes if node.mesh is not None}
    assert ids == {i for i, p in zip(structure["id"], structure["part"], strict=True) if p >= 0}
    base = files["base.glb"]
    assert base is not None
    (primitive,) = base.meshes[0].primitives
    assert {"POSITION", "NORMAL"} <= set(vars(primitive.attributes))
    assert set(base.nodes[0].extensions["EXT_mesh_gpu_instancing"]["attributes"]) >= {
        "TRANSLATION", "SCALE",
    }  # fmt: skip
