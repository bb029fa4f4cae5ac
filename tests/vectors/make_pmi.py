"""Write the vector of annotations, pmi.json: `python tests/vectors/make_pmi.py`.

Its `document` is a package's pmi.json, its `hex` the bytes of pmi.bin.

Values are powers of two where they must survive float32, so that both languages compare exactly.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from holotable.conversion.pmi import write_pmi
from holotable.review.annotations import Annotation, SavedView
from holotable.review.scene import DEFAULT_COLOUR, Mesh, Part, Scene, Source

HERE = Path(__file__).parent


def scene_of_the_vector() -> Scene:
    """A scene without shape and with one of each: the smallest that has every key."""
    empty = Mesh(
        np.empty((0, 3), np.float32),
        np.empty((0, 3), np.float32),
        np.empty((0, 3), np.uint32),
        np.empty(0, np.uint16),
    )
    strokes = (
        np.array([[0, 0, 0], [0.5, 0, 0], [0.5, 0.25, 0]], np.float32),
        np.array([[1, 0, 0], [1, 2, 0]], np.float32),
    )
    arrow = np.array([[[0, 0, 0], [0.125, 0, 0], [0, 0.125, 0]]], np.float32)
    return Scene(
        Source("step", "mm", "z"),
        (),
        (Part("Block", empty), Part("Pin", empty)),
        (DEFAULT_COLOUR,),
        pmi={"dimensions": 2, "tolerances": 1, "datums": 3, "presentations": 2},
        annotations=(
            Annotation(
                "dimension", "diameter", "Linear Size.1", "⌀35 +0.2/−0.1", 0.035, 0.0002, -0.0001,
                1, (3, 4), (), (), {"unit": "mm", "decimals": 1}, strokes, arrow, ("Front",),
                entries={"dimensions": 2},
            ),
            Annotation(
                "tolerance", "position", "Position.1", "⌖ ⌀0.75 Ⓜ | A | B", 0.00075, None, None,
                1, (3, 4), (7,), ("A", "B"), {"zone": "diameter"}, strokes, None, ("Front", "Cut"),
                ((0, (1,), (2, 5)),), {"tolerances": 1},
            ),
            Annotation(
                "datum", "datum", "Datum A", "A", part=0, faces=(0,), datums=("A",),
                entries={"datums": 3},
            ),
            Annotation("note", "note", "Text.1", "DEBURR", triangles=arrow + np.float32(1.0)),
        ),
        views=(
            SavedView("Front", (0.0, 0.5, 2.0), (0.0, 0.5, 0.0), (0.0, 1.0, 0.0), 0.75),
            SavedView("Cut", (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0), None,
                      (0.0, -1.0, 0.0, 0.25)),
        ),
    )  # fmt: skip


def vector() -> dict[str, Any]:
    """What the writer makes of the scene."""
    with TemporaryDirectory() as folder:
        write_pmi(Path(folder), scene_of_the_vector())
        document = json.loads((Path(folder) / "pmi.json").read_text(encoding="utf-8"))
        return {"document": document, "hex": (Path(folder) / "pmi.bin").read_bytes().hex()}


if __name__ == "__main__":
    text = json.dumps(vector(), indent=1, ensure_ascii=False)
    (HERE / "pmi.json").write_text(text + "\n", encoding="utf-8")
