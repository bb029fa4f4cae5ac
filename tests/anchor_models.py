"""Pairs of models with known differences, converted by the real converter, and pins on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trimesh
from builders import Asset, Clock, Revision, add_revision

from holotable import history
from holotable.anchoring import (
    Anchoring,
    FindPartners,
    Pointed,
    anchor_at,
    opened,
    partners_compared,
    partners_known,
)
from holotable.comparison import Comparisons
from holotable.conversion.options import ConvertOptions
from holotable.conversion.pipeline import convert
from holotable.delivery import Structures
from holotable.sample import solids
from holotable.sample.step_file import StepFile, translation
from holotable.store.blobs import Blobs
from holotable.store.database import Database, uuid7
from holotable.store.issue_tables import Anchor, Issue
from holotable.store.queries import anchors as rows
from holotable.store.queries import packages

Point = tuple[float, float]


@dataclass(frozen=True)
class Plate:
    """A plate of 100 × 60 × 10 mm with bores, an arm beside it and four equal pins. Millimetres."""

    bores: Sequence[tuple[Point, float]] = (((20, 20), 3.0), ((50, 20), 3.0), ((80, 20), 3.0))
    thickness: float = 10.0
    arm_at: tuple[float, float, float] | None = (120.0, 0.0, 0.0)
    pins: Sequence[float] = (0.0, 15.0, 30.0, 45.0)
    shifted: float = 0.0  # the plate's shape in its own frame, along x
    renamed: bool = False  # exported anew: other names, other order

    def write(self, path: Path) -> Path:
        file = StepFile()
        top = file.assembly("Top")
        low = (self.shifted, 0.0, 0.0)
        plate = solids.block(low, (100.0 + self.shifted, 60.0, self.thickness))
        tools = [
            solids.cylinder(radius, 40.0, (x + self.shifted, y, -10.0))
            for (x, y), radius in self.bores
        ]
        said = (lambda name: f"x{ord(name[0]):03d}{len(name)}") if self.renamed else str
        solid = solids.cut(plate, *tools) if tools else plate
        pins = tuple(reversed(self.pins)) if self.renamed else self.pins
        if not self.renamed:
            file.place(top, file.part(said("Plate"), solid), name=said("P"))
        if self.arm_at is not None:
            arm = file.part(said("Arm"), solids.block((0, 0, 0), (30, 10, 10)))
            file.place(top, arm, translation(*self.arm_at), said("A"))
        pin = file.part(said("Pin"), solids.cylinder(2.0, 20.0))
        for x in pins:
            file.place(top, pin, translation(x, -30, 0))
        if self.renamed:
            file.place(top, file.part(said("Plate"), solid), name=said("P"))
        file.write(path, "plate")
        return path


@dataclass(frozen=True)
class Drum:
    """A box and a drum as triangles. Metres, y up."""

    radius: float = 0.010
    sections: int = 64
    at: tuple[float, float, float] | None = (0.05, 0.0, 0.0)
    inside: tuple[float, float, float] = (0.0, 0.0, 0.0)  # its vertices moved, not its node

    def write(self, path: Path) -> Path:
        scene = trimesh.Scene()
        box = trimesh.creation.box((0.02, 0.02, 0.02))
        scene.add_geometry(box, node_name="Box", geom_name="Box")
        if self.at is not None:
            drum = trimesh.creation.cylinder(self.radius, 0.03, sections=self.sections)
            drum.apply_translation(self.inside)
            matrix = trimesh.transformations.translation_matrix(self.at)
            scene.add_geometry(drum, node_name="Drum", geom_name="Drum", transform=matrix)
        path.write_bytes(scene.export(file_type="glb"))
        return path


def world(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Millimetres, z up, as metres, y up."""
    return x / 1000, z / 1000, -y / 1000


@dataclass
class Bench:
    """An asset whose revisions are made by the real converter."""

    database: Database
    blobs: Blobs
    clock: Clock
    asset: Asset
    folder: Path

    def __post_init__(self) -> None:
        self.structures = Structures(self.blobs)
        self.comparisons = Comparisons(self.database, self.blobs)
        self.anchoring = self._anchoring(partners_known)

    def compare(self) -> None:
        """From here on find partners by comparing, as the worker does."""
        self.anchoring = self._anchoring(partners_compared(self.comparisons))

    def _anchoring(self, find_partners: FindPartners) -> Anchoring:
        return Anchoring(
            self.database, self.blobs, self.structures, lease_s=30.0, find_partners=find_partners
        )

    async def revision(self, model: Plate | Drum) -> Revision:
        """The asset's next revision, shown."""
        row = await add_revision(self.database, self.clock, self.asset)
        ending = "step" if isinstance(model, Plate) else "glb"
        out = self.folder / str(row.id)
        source = model.write(self.folder / f"{row.label}.{ending}")
        convert(source, out, ConvertOptions(), lambda _stage, _share: None)
        await self.publish(row, out)
        return row

    async def publish(self, row: Revision, out: Path) -> None:
        """Make a converted folder the revision's package, and let its anchors wait."""
        files = await history.store_output(self.blobs, history.inspect_output(out))
        async with self.database.transaction() as session:
            old = await packages.current(session, row.id)
            assert old is not None
            await packages.replace_current(
                session, revision_id=row.id, conversion_id=old.conversion_id,
                converter_version="1", options={}, files=files, now=self.clock(),
            )  # fmt: skip
            await rows.enqueue(session, await session.get_one(Revision, row.id))

    async def ids(self, revision: Revision, name: str) -> list[str]:
        """The ids of the rows of this name, or of occurrences of the part of this name."""
        async with opened(self.database, self.blobs, self.structures, revision.id) as one:
            named = [o.id for o in one.structure.search(name, 0, 100)[0] if o.name == name]
            parts = [id_ for id_, _how, part, _world in one.structure.standing() if part == name]
            return named or parts

    async def pin(
        self, issue: Issue, revision: Revision, occurrence: str, at: Sequence[float]
    ) -> Anchor:
        """Pin an issue to a point of the model."""
        async with opened(self.database, self.blobs, self.structures, revision.id) as one:
            content = anchor_at(one, Pointed(occurrence, world=at))
        row = Anchor(
            id=uuid7(), project_id=self.asset.project_id, asset_id=self.asset.id,
            revision_id=revision.id, issue_id=issue.id, occurrence_id=content.occurrence_id,
            content=content.model_dump(mode="json"), created_at=self.clock(),
            newest_revision_id=revision.id,
        )  # fmt: skip
        async with self.database.transaction() as session:
            session.add(row)
        return row

    async def outcome(self, anchor: Anchor, revision: Revision) -> dict[str, Any]:
        """What stands written of an anchor on a revision, with its state."""
        async with self.database.transaction() as session:
            found = await rows.outcomes(session, anchor.id)
        return next(
            {"state": row.state, **row.content}
            for row, _ in found
            if row.revision_id == revision.id
        )
