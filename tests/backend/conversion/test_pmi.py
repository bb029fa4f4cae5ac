import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from vectors.make_pmi import scene_of_the_vector, vector

from holotable.conversion.pmi import annotation_ids, write_pmi
from holotable.review.scene import Scene

VECTORS = Path(__file__).parents[2] / "vectors"


def read_back(folder: Path) -> tuple[dict, list[np.ndarray], np.ndarray]:  # type: ignore[type-arg]
    """pmi.json, polylines and triangles, written from docs/formats/pmi.md alone."""
    document = json.loads((folder / "pmi.json").read_text(encoding="utf-8"))
    content = (folder / "pmi.bin").read_bytes()
    magic, version, polylines, points, triangles = struct.unpack_from("<4sIIII", content)
    assert (magic, version) == (b"HTPM", 1)
    starts = np.frombuffer(content, "<u4", polylines + 1, 20)
    at = 20 + 4 * (polylines + 1)
    pool = np.frombuffer(content, "<f4", 3 * points, at).reshape(-1, 3)
    at += 12 * points
    filled = np.frombuffer(content, "<f4", 9 * triangles, at).reshape(-1, 3, 3)
    assert at + 36 * triangles == len(content)
    return document, np.split(pool, starts[1:-1]), filled


def test_the_files_equal_the_vector_that_the_viewer_reads() -> None:
    stored = json.loads((VECTORS / "pmi.json").read_text(encoding="utf-8"))

    assert vector() == stored


def test_drawings_come_back_from_the_bytes_they_were_written_to(tmp_path: Path) -> None:
    scene = scene_of_the_vector()
    write_pmi(tmp_path, scene)

    document, polylines, triangles = read_back(tmp_path)

    for row, annotation in zip(document["annotations"], scene.annotations, strict=True):
        first, count = row.get("lines", (0, 0))
        drawn = polylines[first : first + count]
        assert [line.tolist() for line in drawn] == [line.tolist() for line in annotation.lines]
        first, count = row.get("triangles", (0, 0))
        filled = annotation.triangles
        expected = [] if filled is None else filled.tolist()
        assert triangles[first : first + count].tolist() == expected


def test_a_drawing_that_two_annotations_share_stands_once(tmp_path: Path) -> None:
    write_pmi(tmp_path, scene_of_the_vector())

    document, _, _ = read_back(tmp_path)

    first, second = document["annotations"][:2]
    assert first["lines"] == second["lines"]


def test_counts_for_the_manifest_are_the_files_and_ours(tmp_path: Path) -> None:
    assert write_pmi(tmp_path, scene_of_the_vector()) == {
        "dimensions": 2, "tolerances": 1, "datums": 3, "presentations": 2, "views": 2, "notes": 1,
    }  # fmt: skip


def test_a_scene_that_says_nothing_writes_nothing(tmp_path: Path) -> None:
    scene = replace(scene_of_the_vector(), annotations=(), views=(), pmi={})

    assert set(write_pmi(tmp_path, scene).values()) == {0}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("changed", [{"faces": (9,)}, {"value": 0.1}, {"views": ()}])
def test_an_id_stays_while_an_annotation_says_the_same(changed: dict[str, object]) -> None:
    scene = scene_of_the_vector()
    first = scene.annotations[0]
    later: Scene = replace(
        scene,
        annotations=(replace(first, **changed), *scene.annotations[1:]),  # type: ignore[arg-type]
    )

    assert annotation_ids(later) == annotation_ids(scene)
    renamed = replace(scene, annotations=(replace(first, text="⌀36"), *scene.annotations[1:]))
    assert annotation_ids(renamed)[0] != annotation_ids(scene)[0]


def test_equal_annotations_have_ids_of_their_own() -> None:
    scene = scene_of_the_vector()
    twice = replace(scene, annotations=(scene.annotations[0], *scene.annotations))

    assert len(set(annotation_ids(twice))) == len(twice.annotations)
