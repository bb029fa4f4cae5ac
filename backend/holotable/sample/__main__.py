"""`python -m holotable.sample DIR` writes the sample files and sample.json, which names them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from holotable.sample import gearbox, house, mesh, skid

NAME: Final = "Sample project"
DESCRIPTION: Final = (
    "Generated examples: look around, cut, measure, invite somebody. Delete it any time."
)

Entry = tuple[dict[str, str], Callable[[Path], None]]

# In the order of conversion: the first is what a new owner sees.
FILES: Final[tuple[Entry, ...]] = (
    (
        {
            "asset": "Planetary gearbox",
            "file": "gearbox-A.step",
            "part_number": "GB-2400",
            "description": "Ratio 4, sun 24, planets 24, ring 72 teeth of module 2; exact B-rep.",
            "note": "First issue.",
        },
        lambda path: gearbox.write(path, "A"),
    ),
    (
        {
            "asset": "Planetary gearbox",
            "file": "gearbox-B.step",
            "note": "The bearing retainer is steel now.",
        },
        lambda path: gearbox.write(path, "B"),
    ),
    (
        {
            "asset": "Planetary gearbox",
            "file": "gearbox-C.step",
            "note": "Sensor bracket added, one retainer screw removed, oil port moved 12.5 mm, "
            "grease hole 6.5 mm.",
        },
        lambda path: gearbox.write(path, "C"),
    ),
    (
        {
            "asset": "Pump skid P-101",
            "file": "pump-skid.step",
            "part_number": "P-101",
            "description": "Frame, pump, motor and piping, with flanges and bolts.",
        },
        skid.write,
    ),
    (
        {
            "asset": "House by the lake",
            "file": "house.ifc",
            "description": "IFC4, two storeys, with property sets.",
        },
        house.write,
    ),
    (
        {
            "asset": "Bracket without a unit",
            "file": "bracket.stl",
            "description": "An STL does not say its unit: the page asks once.",
        },
        mesh.write,
    ),
)


def write_all(folder: Path) -> None:
    """Write every sample file and the manifest into an existing folder."""
    for entry, write in FILES:
        write(folder / entry["file"])
    manifest = {
        "name": NAME,
        "description": DESCRIPTION,
        "files": [entry for entry, _ in FILES],
    }
    (folder / "sample.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
