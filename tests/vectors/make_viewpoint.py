"""Write viewpoint.json: viewpoints that both languages read alike, and some that both refuse.

python tests/vectors/make_viewpoint.py
"""

import json
from pathlib import Path
from typing import Any

BASE: dict[str, Any] = {
    "format": "holotable-viewpoint/1",
    "revision_id": "0190b6d4-0000-7000-8000-000000000000",
}
CAMERA = {
    "position": [1.5, 2.0, -3.25],
    "target": [0.0, 0.5, 0.0],
    "up": [0.0, 1.0, 0.0],
    "fov_rad": 0.7853981633974483,
    "ortho_height_m": None,
}
PLANE = {
    "id": "p1",
    "name": "Section X",
    "normal": [0.6, 0.0, 0.8],
    "offset_m": 0.0254,
    "enabled": True,
    "cap": True,
}
BOX = {
    "centre": [0.0, 0.0, 0.0],
    "half": [1.0, 2.0, 3.0],
    "rotation": [0.0, 0.0, 0.0, 1.0],
    "enabled": True,
    "cap": False,
}
ENTITY = {"occurrence": 4, "kind": "face", "index": 17}
MARK = {"position": [0.1, 0.2, 0.3], "occurrence": 4, "local": [0.0, 0.0, 0.01]}
ANCHOR = {**MARK, "snap": "centre", "entity": ENTITY, "tolerance_m": 0.0}
MEASUREMENT = {
    "id": "m1",
    "name": "Distance 1",
    "kind": "distance",
    "mode": "points",
    "value": 0.0125,
    "components": [0.0125, 0.0, 0.0],
    "points": [MARK, {**MARK, "occurrence": None, "local": None}],
    "exact": False,
    "tolerance": 0.00005,
    "mesh": True,
    "anchors": [ANCHOR, {**ANCHOR, "entity": None, "snap": "none"}],
    "choices": [{"kind": "distance", "mode": "minimum"}],
    "locked": False,
    "shown": True,
    "label_offset": [12, -8.5],
}
STROKE = {
    "id": "k1",
    "kind": "arrow",
    "points": [[-0.25, 0], [0.1, 0.2]],
    "text": "",
    "colour": "#0072b2",
    "width": 2.5,
}
FULL = {
    **BASE,
    "structure": "a" * 64,
    "layers": [
        {
            "revision_id": "0190b6d4-0000-7000-8000-000000000001",
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.5, 0, 0, 1],
            "visible": False,
            "ghosted": True,
        }
    ],
    "camera": CAMERA,
    "visibility": {"hidden": [[0, 2], [5, 9]], "isolated": True, "ghosted": []},
    "sections": {"planes": [PLANE], "box": BOX, "uncut": [[3, 3]]},
    "colouring": {
        "title": "Material",
        "property": None,
        "groups": [{"label": "316L", "colour": "#2b7bd6", "parts": [[1, 1]]}],
    },
    "explode": {"amount": 0.5, "by": "assemblies", "along": "z", "only": [[1, 4]]},
    "selection": {"parts": [[4, 4]], "entities": [ENTITY]},
    "measurements": [MEASUREMENT],
    "markup": {
        "sheets": [{"id": "s1", "name": "Sheet 1", "camera": CAMERA, "marks": [STROKE]}],
        "open": "s1",
        "marks": [{"id": "k2", "kind": "pin", "points": [MARK], "text": "", "colour": "#d55e00"}],
    },
    "notes": {"shown": True, "without": ["datum"], "view": "Front", "chosen": None},
    "display": {
        "shading": "hiddenLine",
        "edges": False,
        "own_edges": True,
        "shadow": False,
        "grid": True,
        "occlusion": "on",
        "background": "white",
    },
    "points": {"size": "metres", "metres": 0.1, "colours": "class", "hidden_classes": [2, 9]},
    "units": {
        "unit": "in-frac",
        "numbers": {"decimals": None, "fraction": 16, "angle": "deg", "mass": None, "second": "mm"},
    },
}
# Every member of the format, none as it is when nobody says it: what gets lost shows.
ORTHOGRAPHIC = {
    "position": [1.5, 2.25, -3.25],
    "target": [0.125, 0.5, 0.25],
    "up": [0.0, 0.6, 0.8],
    "fov_rad": 0.9,
    "ortho_height_m": 0.4,
}
UNUSUAL = {
    **BASE,
    "structure": "a" * 64,
    "layers": [
        {
            "revision_id": "0190b6d4-0000-7000-8000-000000000001",
            "transform": [0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0.5, 0.25, 0, 1],
            "visible": False,
            "ghosted": True,
        }
    ],
    "camera": ORTHOGRAPHIC,
    "visibility": {"hidden": [[0, 2], [5, 6]], "isolated": True, "ghosted": [[3, 3]]},
    "sections": {
        "planes": [
            {**PLANE, "cap": False},
            {**PLANE, "id": "p2", "normal": [0.0, -1.0, 0.0], "offset_m": -0.5, "enabled": False},
        ],
        "box": {**BOX, "centre": [0.5, 0, 0.25], "rotation": [0, 0.6, 0, 0.8], "enabled": False},
        "uncut": [[3, 3]],
    },
    "colouring": {
        "title": "Material",
        "property": "material",
        "groups": [
            {"label": "316L", "colour": "#2b7bd6", "parts": [[1, 1]]},
            {"label": "PTFE", "colour": "#d55e00", "parts": [[3, 4], [7, 8]]},
        ],
    },
    "explode": {"amount": 0.5, "by": "assemblies", "along": "z", "only": [[1, 4]]},
    "selection": {
        "parts": [[3, 4]],
        "entities": [{"occurrence": 3, "kind": "edge", "index": 2}, ENTITY],
    },
    "measurements": [
        {
            **MEASUREMENT,
            "points": [MARK],
            "anchors": [{**ANCHOR, "tolerance_m": 0.0005}],
            "locked": True,
            "shown": False,
        },
        {
            **MEASUREMENT,
            "id": "m2",
            "name": "Bore",
            "kind": "radius",
            "mode": "diameter",
            "components": [],
            "exact": True,
            "mesh": False,
            "tolerance": 0,
            "label_offset": [-7, 40],
        },
    ],
    "markup": {
        "sheets": [
            {
                "id": "s1",
                "name": "Sheet 1",
                "camera": ORTHOGRAPHIC,
                "marks": [
                    STROKE,
                    {**STROKE, "id": "k3", "kind": "text", "points": [[0, 0.3]], "text": "M6?"},
                ],
            },
            {"id": "s2", "name": "Sheet 2", "camera": CAMERA, "marks": []},
        ],
        "open": "s1",
        "marks": [
            {
                "id": "k2",
                "kind": "arrow3d",
                "points": [MARK, {**MARK, "occurrence": None, "local": None}],
                "text": "burr",
                "colour": "#d55e00",
            }
        ],
    },
    "notes": {"shown": True, "without": ["datum"], "view": "Front", "chosen": "note-7"},
    "compare": {
        "revision_id": "0190b6d4-0000-7000-8000-0000000000b0",
        "mode": "side_by_side",
        "slider": 0.25,
        "camera": {**CAMERA, "ortho_height_m": 0.3},
        "kinds": ["shape", "moved"],
        "palette": "patterns",
        "heat": True,
        "tolerance_m": 0.0005,
        "stop": 3,
    },
    "display": {
        "shading": "hiddenLine",
        "edges": False,
        "own_edges": True,
        "shadow": False,
        "grid": True,
        "occlusion": "on",
        "background": "white",
    },
    "points": {
        "size": "metres",
        "pixels": 5.0,
        "metres": 0.125,
        "colours": "class",
        "hidden_classes": [2, 9],
        "relief": False,
    },
    "units": {
        "unit": "in-frac",
        "numbers": {
            "decimals": 3,
            "fraction": 64,
            "angle": "dms",
            "mass": "lb",
            "second": "mm",
        },
    },
}
BY_ID = {
    **BASE,
    "visibility": {"hidden": {"ids": ["f733b442-8373-5687-b1c6-c5d8b4a8db4a"], "all_but": True}},
    "selection": {"entities": [{"occurrence": "2b9$x", "kind": "body", "index": -1}]},
}

VALID = {
    "nothing but the revision": BASE,
    "everything": FULL,
    "every member, none as usual": UNUSUAL,
    "parts by stable ids": BY_ID,
    "orthographic": {**BASE, "camera": {**CAMERA, "ortho_height_m": 0.4}},
}
INVALID = {
    "another version": ({**BASE, "format": "holotable-viewpoint/2"}, "format"),
    "no revision": ({"format": BASE["format"]}, "revision_id"),
    "an unknown member": ({**BASE, "cameras": []}, "cameras"),
    "text for a number": ({**BASE, "camera": {**CAMERA, "fov_rad": "45"}}, "camera/fov_rad"),
    "truth for a number": ({**BASE, "explode": {"amount": True}}, "explode/amount"),
    "a field of view of nothing": ({**BASE, "camera": {**CAMERA, "fov_rad": 0}}, "camera/fov_rad"),
    "two coordinates": ({**BASE, "camera": {**CAMERA, "target": [0, 0]}}, "camera/target"),
    "too far away": ({**BASE, "camera": {**CAMERA, "target": [0, 2e9, 0]}}, "camera/target/1"),
    "a colour by its name": (
        {
            **BASE,
            "colouring": {
                "title": "x",
                "groups": [{"label": "a", "colour": "red", "parts": [[0, 0]]}],
            },
        },
        "colouring/groups/0/colour",
    ),
    "a negative part": ({**BASE, "visibility": {"hidden": [[-1, 2]]}}, "visibility/hidden"),
    "seven planes": ({**BASE, "sections": {"planes": [PLANE] * 7}}, "sections/planes"),
    "a box without extent": (
        {**BASE, "sections": {"box": {**BOX, "half": [1, 0, 1]}}},
        "sections/box/half/1",
    ),
    "a comparison in no known way": (
        {**BASE, "compare": {"revision_id": BASE["revision_id"], "mode": "xray"}},
        "compare/mode",
    ),
    "half a part": ({**BASE, "visibility": {"hidden": [[0.5, 2]]}}, "visibility/hidden"),
    "an unknown unit": ({**BASE, "units": {"unit": "furlong"}}, "units/unit"),
}


def main() -> None:
    """Write the file beside this one."""
    vectors = {
        "valid": [{"name": name, "viewpoint": said} for name, said in VALID.items()],
        "invalid": [
            {"name": name, "at": at, "viewpoint": said} for name, (said, at) in INVALID.items()
        ],
    }
    path = Path(__file__).with_name("viewpoint.json")
    path.write_text(json.dumps(vectors, indent=1) + "\n")


if __name__ == "__main__":
    main()
