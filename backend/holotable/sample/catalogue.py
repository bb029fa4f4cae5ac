"""Definitions of a sample by name, each made once, and the materials they are of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from holotable.sample.step_file import Definition, Material, Matrix, StepFile

S235: Final = Material("Steel S235JR", 7850.0)
P265: Final = Material("Steel P265GH", 7850.0)
CAST: Final = Material("Cast iron EN-GJS-400-15", 7100.0)
ZINC: Final = Material("Steel 8.8, zinc plated", 7850.0)
GRAPHITE: Final = Material("Graphite", 2200.0)
GLASS: Final = Material("Borosilicate glass", 2230.0)
ALUMINIUM: Final = Material("Aluminium EN AW-6060", 2700.0)


@dataclass(slots=True)
class Catalogue:
    """A STEP file under construction with every definition made so far."""

    file: StepFile
    parts: dict[str, Definition] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def part(
        self, name: str, make: Callable[[], Any], colour: str, material: Material
    ) -> Definition:
        """The part of this name; its shape is made at the first call."""
        if name not in self.parts:
            self.parts[name] = self.file.part(name, make(), colour, material)
        return self.parts[name]

    def place(
        self, group: Definition, name: str, child: Definition, matrix: Matrix, tag: str = ""
    ) -> None:
        """Place a definition; an occurrence without a tag is numbered, as CAD programs do."""
        self.counts[name] = self.counts.get(name, 0) + 1
        self.file.place(group, child, matrix, tag or f"{name}:{self.counts[name]}")
