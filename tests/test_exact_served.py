"""A viewer's way to the exact shapes: upload, head, one part by one range, over a real server."""

import urllib.request
from pathlib import Path

import exact_reader
import numpy as np
import pytest
from exact_shapes import SOLIDS, drilled_block, torus
from served import Api, owner_of, serving

from holotable.sample.step_file import Material, StepFile, translation


def ranged(mia: Api, path: str, start: int, length: int) -> bytes:
    """A piece of a file, as a browser asks for it."""
    request = urllib.request.Request(
        f"{mia.url}/api/v1{path}",
        headers={
            "Authorization": f"Bearer {mia.token}",
            "Range": f"bytes={start}-{start + length - 1}",
            "Accept-Encoding": "gzip, deflate, br",
        },
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 206
        assert answer.headers["Content-Encoding"] is None
        return bytes(answer.read())


def test_one_part_is_measured_by_two_ranges_and_the_assembly_by_one_question(
    tmp_path: Path,
) -> None:
    file = StepFile()
    top = file.assembly("Top")
    block = file.part("Block", drilled_block(), "#cc3311", Material("Steel", 7850.0))
    file.place(top, block)
    file.place(top, block, translation(0, 0, 100))
    file.place(top, file.part("Ring", torus()), translation(100, 0, 0))
    file.write(tmp_path / "a.step", "a")
    with serving(tmp_path / "data") as server:
        mia = owner_of(server)
        project = mia.post("/projects", {"name": "Measured"})
        made = mia.upload(f"/projects/{project['id']}/uploads", tmp_path / "a.step")
        done = mia.wait_for(made["revision"]["id"])
        assert done["state"] == "ready"
        scene = f"/revisions/{done['id']}/scene"
        manifest = mia.get(f"{scene}/manifest.json")
        structure = mia.get(f"{scene}/structure.json")
        head = ranged(mia, f"{scene}/exact.bin", 0, manifest["exact"]["head_bytes"])
        parts, _ = exact_reader.read_head(head)
        number = [part["name"] for part in structure["parts"]].index("Block")
        part = exact_reader.read_part(ranged(mia, f"{scene}/exact.bin", *parts[number]))
        whole = mia.get(f"/revisions/{done['id']}/occurrences/{structure['id'][0]}")["mass"]

    bores = [face for face in part.faces if face.kind == "cylinder" and face.hole]
    assert [face.values["numbers"] for face in bores] == [[0.004]]
    block_volume, ring_volume = (SOLIDS[name][1].volume for name in ("drilled block", "torus"))
    assert part.bodies[0]["volume"] == pytest.approx(block_volume, rel=1e-9)
    assert whole["volume_m3"] == pytest.approx(2 * block_volume + ring_volume, rel=1e-9)
    assert whole["mass_kg"] == pytest.approx(2 * block_volume * 7850.0, rel=1e-9)
    assert whole["weightless"] == {"count": 1, "names": ["Ring"]}
    # z up became y up: the blocks stand 100 mm above each other.
    x, y, z = SOLIDS["drilled block"][1].centre
    assert whole["centre_of_mass_m"] == pytest.approx([x, z + 0.05, -y], rel=1e-9)
    assert np.array(whole["inertia_kg_m2"])[:3].min() > 0
