"""Each small format goes to its own reader."""

from pathlib import Path

import pytest
from mesh_files import OPTIONS, dae_text, obj_text, silent

from holotable.conversion.readers.mesh import read_mesh
from holotable.errors import UnsupportedFormat
from holotable.review.scene import SourceKind

TRIANGLE = "0 0 0\n1 0 0\n0 1 0\n"
PLY = (
    "ply\nformat ascii 1.0\nelement vertex 3\n"
    "property float x\nproperty float y\nproperty float z\n"
    "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("obj", obj_text()),
        ("ply", PLY + TRIANGLE + "3 0 1 2\n"),
        ("off", "OFF\n3 1 0\n" + TRIANGLE + "3 0 1 2\n"),
        ("dae", dae_text('<node><instance_geometry url="#cube"/></node>')),
    ],
)
def test_a_kind_is_read_by_its_reader(tmp_path: Path, kind: SourceKind, text: str) -> None:
    (tmp_path / "upload").write_text(text)
    assert read_mesh(tmp_path / "upload", kind, OPTIONS, silent).source.kind == kind


def test_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="step"):
        read_mesh(tmp_path / "upload", "step", OPTIONS, silent)
