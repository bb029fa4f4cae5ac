"""The bracket without a unit is closed and has its volume in closed form."""

from pathlib import Path

import pytest

from holotable.conversion.options import ConvertOptions
from holotable.conversion.readers.stl import read_stl
from holotable.sample import mesh


def test_the_bracket_is_closed_has_no_unit_and_its_volume(tmp_path: Path) -> None:
    path = tmp_path / "bracket.stl"
    mesh.write(path)
    scene = read_stl(path, ConvertOptions(), lambda *_: None)
    (part,) = scene.parts
    assert scene.source.length_unit is None
    assert part.closed
    assert len(part.mesh.triangles) == mesh.TRIANGLES
    assert part.volume_m3 == pytest.approx(mesh.VOLUME * 1e-9, rel=1e-6)
