import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scene_builders import box_mesh, moved, part, scene_of, turned_y

from holotable.conversion.place import place
from holotable.conversion.structure import counts, write_json, write_properties, write_structure

BOXES = np.array([[[0.0, 0, 0], [1, 2, 3]]])


def test_columns_have_one_entry_per_row_and_transforms_are_column_major(tmp_path: Path) -> None:
    transform = moved(1, 2, 3, turned_y(0.5))
    scene = scene_of(
        [
            part(
                box_mesh((1.0, 2.0, 3.0)),
                "Block",
                closed=True,
                volume_m3=6.0,
                area_m2=22.0,
                density_kg_m3=2700.0,
            )
        ],
        [(0, transform), (0, np.eye(4))],
        colours=("#ff0000ff", None),
    )
    write_structure(tmp_path / "s.json", scene, BOXES)
    found = json.loads((tmp_path / "s.json").read_text())
    assert found["format"] == "holotable-structure/1"
    assert found["count"] == 3
    columns = ("id", "parent", "name", "kind", "part", "transform", "colour", "layer", "identity")
    assert all(len(found[name]) == 3 for name in (*columns, "hidden"))
    assert found["parent"] == [-1, 0, 0]
    assert found["part"] == [-1, 0, 0]
    assert found["colour"] == [None, "#ff0000ff", None]
    assert found["transform"][0] is None
    assert found["transform"][2] is None
    columns_of_second = np.array(found["transform"][1])
    assert columns_of_second == pytest.approx(transform.T.ravel())
    assert found["parts"] == [
        {
            "name": "Block",
            "triangles": 12,
            "closed": True,
            "mass_method": "mesh",
            "volume_m3": 6.0,
            "area_m2": 22.0,
            "centroid_m": [0.5, 1.0, 1.5],
            "inertia_m5": [6.5, 5.0, 2.5, 0.0, 0.0, 0.0],
            "open_edges": 0,
            "density_kg_m3": 2700.0,
            "mass_kg": 16_200.0,
            "bounds": {"min": [0, 0, 0], "max": [1, 2, 3]},
        }
    ]


def test_an_open_part_has_no_volume_but_says_how_open_it_is(tmp_path: Path) -> None:
    lidless = replace(box_mesh(), triangles=box_mesh().triangles[2:])

    write_structure(tmp_path / "s.json", scene_of([part(lidless)], [(0, moved(1))]), BOXES)

    row = json.loads((tmp_path / "s.json").read_text())["parts"][0]
    assert (row["mass_method"], row["open_edges"]) == ("open", 4)
    assert [row[name] for name in ("volume_m3", "centroid_m", "inertia_m5", "mass_kg")] == [
        None
    ] * 4


def test_only_rows_and_parts_with_properties_are_listed(tmp_path: Path) -> None:
    scene = scene_of(
        [part(box_mesh(), properties={"Product": {"Company": "ACME"}})], [(0, moved(1))]
    )
    nodes = (scene.nodes[0], replace(scene.nodes[1], properties={"Pset_Wall": {"Loaded": True}}))
    write_properties(tmp_path / "p.json", replace(scene, nodes=nodes))
    assert json.loads((tmp_path / "p.json").read_text()) == {
        "format": "holotable-properties/1",
        "nodes": {"1": {"Pset_Wall": {"Loaded": True}}},
        "parts": {"0": {"Product": {"Company": "ACME"}}},
    }


def test_counts_are_of_placements_and_of_colours_that_show() -> None:
    scene = scene_of(
        [part(box_mesh(materials=(0, 0, 1, 1, 2, 2))), part(box_mesh(materials=(1,) * 6))],
        [(0, moved(0)), (0, moved(1)), (1, moved(2))],
        palette=("#b8bec6ff", "#111111ff", "#222222ff", "#333333ff"),
        colours=("#aa0000ff", None, "#bb0000ff"),
    )
    assert counts(scene, place(scene)) == {
        "occurrences": 3,
        "assemblies": 1,
        "parts": 2,
        "materials": 4,
        "triangles": 36,
        "points": 0,
    }


def test_json_refuses_what_it_cannot_say_and_mends_half_characters(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"value": float("nan")})
    with pytest.raises(TypeError, match="object has no JSON form"):
        write_json(tmp_path / "a.json", {"value": object()})
    write_json(tmp_path / "a.json", {"name": "half \ud800", "n": np.int64(3)})
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {"name": "half ?", "n": 3}


def test_counts_leave_out_what_is_hidden_and_say_how_much_that_is() -> None:
    scene = scene_of(
        [part(box_mesh()), part(box_mesh(materials=(1,) * 6))],
        [(0, moved(0)), (0, moved(1)), (1, moved(2))],
        palette=("#b8bec6ff", "#111111ff"),
    )
    nodes = list(scene.nodes)
    nodes[2], nodes[3] = replace(nodes[2], hidden=True), replace(nodes[3], hidden=True)
    scene = replace(scene, nodes=tuple(nodes), source=replace(scene.source, kind="ifc"))

    found = counts(scene, place(scene))

    assert (found["occurrences"], found["hidden"]) == (1, 2)
    assert (found["parts"], found["materials"], found["triangles"]) == (1, 1, 12)
