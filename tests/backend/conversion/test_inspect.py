from pathlib import Path

import pytest
from scene_builders import box_mesh, moved, part, scene_of

from holotable.conversion.inspect import describe
from holotable.conversion.journal import Journal
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import write_package
from holotable.errors import Invalid


def test_a_package_is_described_in_words(tmp_path: Path) -> None:
    scene = scene_of([part(box_mesh(), "Bolt")], [(0, moved(float(i))) for i in range(3)])
    journal = Journal()
    journal.warn("doubted", 2, "Two were doubted.")
    source = {"name": "a.step", "sha256": "ab" * 32, "bytes": 1234}
    write_package(scene, tmp_path, ConvertOptions(), lambda _s, _f: None, journal, source)
    text = describe(tmp_path, depth=2)
    assert "a.step: STEP, 1,234 bytes" in text
    assert "3 occurrences of 1 parts in 1 assemblies, 1 levels deep" in text
    assert "3 x 1 x 1 m" in text
    assert "headset: level 0 with 36 triangles is within the budget" in text
    assert "warning doubted (2): Two were doubted." in text
    assert "    Bolt.3  [Bolt]" in text
    assert "… and 3 more below" in describe(tmp_path, depth=1)


def test_a_folder_that_is_no_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"no manifest\.json"):
        describe(tmp_path, depth=1)
