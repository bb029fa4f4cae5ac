"""The stress rack has exactly the counts it promises."""

from pathlib import Path

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.gltf import read_gltf
from holotable.sample import rack


def test_the_rack_has_the_occurrences_parts_and_triangles_it_promises(tmp_path: Path) -> None:
    path = tmp_path / "rack.glb"
    rack.write(path, occurrences=1_000, parts=50)
    scene = read_gltf(path, ConvertOptions(), lambda *_: None)
    placed = [node for node in scene.nodes if node.part is not None]
    assert (len(placed), len(scene.parts)) == (1_000, 50)
    assert [len(part.mesh.triangles) for part in scene.parts] == [
        rack.triangles_of(number) for number in range(50)
    ]
    assert all(part.closed for part in scene.parts)
    assert len({node.id for node in scene.nodes}) == len(scene.nodes)
    assert [node.name for node in scene.nodes[:3]] == ["Rack", "Row 001", "Shelf 001-1"]


def test_a_unique_rack_repeats_no_part(tmp_path: Path) -> None:
    path = tmp_path / "rack.glb"
    rack.write(path, occurrences=400, unique=True)
    scene = read_gltf(path, ConvertOptions(), lambda *_: None)
    assert len([node for node in scene.nodes if node.part is not None]) == 400
    assert len(scene.parts) == 400
    assert {len(part.mesh.triangles) for part in scene.parts} == {rack.UNIQUE_TRIANGLES}
    assert all(part.closed for part in scene.parts)
    shapes = {part.mesh.positions.tobytes() for part in scene.parts}
    assert len(shapes) == 400


def test_the_rack_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        rack.write(tmp_path / f"{name}.glb", occurrences=200, parts=20)
    assert (tmp_path / "one.glb").read_bytes() == (tmp_path / "two.glb").read_bytes()
