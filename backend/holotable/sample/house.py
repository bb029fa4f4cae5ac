"""A small IFC4 house: two storeys, walls with openings, windows, doors, stairs, roof, properties.

Metres, z up. Every dimension is a constant here, so that counts and bounds are known.
"""

from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import ifcopenshell
import ifcopenshell.api.aggregate
import ifcopenshell.api.context
import ifcopenshell.api.feature
import ifcopenshell.api.geometry
import ifcopenshell.api.project
import ifcopenshell.api.pset
import ifcopenshell.api.root
import ifcopenshell.api.spatial
import ifcopenshell.api.style
import ifcopenshell.api.unit
import ifcopenshell.guid
import numpy as np
from ifcopenshell.util.shape_builder import ShapeBuilder

LENGTH: Final = 12.0
WIDTH: Final = 9.0
STOREY: Final = 2.9
SLAB: Final = 0.25
WALL: Final = 0.36
PARTITION: Final = 0.12
RIDGE: Final = 3.2  # above the eaves
OVERHANG: Final = 0.5
STORIES: Final = ("Ground floor", "Upper floor")

_COLOURS: Final = {
    "plaster": (0.93, 0.91, 0.86),
    "partition": (0.97, 0.97, 0.96),
    "concrete": (0.66, 0.67, 0.68),
    "wood": (0.55, 0.36, 0.2),
    "frame": (0.24, 0.27, 0.3),
    "tile": (0.6, 0.26, 0.18),
    "steel": (0.45, 0.48, 0.52),
    "glass": (0.6, 0.78, 0.86),
    "terrain": (0.42, 0.55, 0.33),
}
# x of windows along the long walls, and which storeys have the door instead of the middle one.
_WINDOWS_X: Final = (1.6, 4.0, 6.4, 8.8)
_WINDOWS_Y: Final = (2.2, 5.6)


def write(path: Path) -> None:
    """Write the house to an .ifc file; the same bytes every time but for the header's date."""
    house = _House()
    house.build()
    house.number()
    house.file.write(str(path))


class _House:
    """The file under construction."""

    def __init__(self) -> None:
        self.file = ifcopenshell.api.project.create_file(version="IFC4")
        self.builder = ShapeBuilder(self.file)
        self.project = self._entity("IfcProject", "House by the lake")
        ifcopenshell.api.unit.assign_unit(self.file, length={"is_metric": True, "raw": "METERS"})
        model = ifcopenshell.api.context.add_context(self.file, context_type="Model")
        self.body = ifcopenshell.api.context.add_context(
            self.file,
            context_type="Model",
            context_identifier="Body",
            target_view="MODEL_VIEW",
            parent=model,
        )
        self.styles = {name: self._style(name, rgb) for name, rgb in _COLOURS.items()}
        self.site = self._entity("IfcSite", "Lake shore")
        self.building = self._entity("IfcBuilding", "House")
        self._under(self.project, self.site)
        self._under(self.site, self.building)
        self.storeys = []
        for level, name in enumerate(STORIES):
            storey = self._entity("IfcBuildingStorey", name)
            storey.Elevation = level * STOREY
            self._under(self.building, storey)
            self.storeys.append(storey)

    def build(self) -> None:
        """Everything, from the ground up."""
        ground = self._element("IfcSlab", "Terrain", "terrain", self.site)
        self._box(ground, (-6, -6, -0.9), (LENGTH + 12, WIDTH + 12, 0.6), "terrain")
        for level, storey in enumerate(self.storeys):
            self._floor(level, storey)
            self._outer_walls(level, storey)
            self._partitions(level, storey)
        self._stairs()
        self._roof()
        self._balcony()

    def number(self) -> None:
        """GlobalIds from the order of making, so that the sample is the same on every machine."""
        for rank, rooted in enumerate(self.file.by_type("IfcRoot")):
            own = uuid5(NAMESPACE_URL, f"https://holotable.dev/sample/house/{rank}")
            rooted.GlobalId = ifcopenshell.guid.compress(own.hex)

    def _floor(self, level: int, storey: Any) -> None:  # an IfcOpenShell entity
        slab = self._element("IfcSlab", f"Slab {level}", "concrete", storey)
        self._box(slab, (0, 0, level * STOREY - SLAB), (LENGTH, WIDTH, SLAB), "concrete")
        self._pset(slab, "Pset_SlabCommon", {"IsExternal": level == 0, "LoadBearing": True})

    def _outer_walls(self, level: int, storey: Any) -> None:
        z, height = level * STOREY, STOREY - SLAB
        sides = {
            "south": ((0.0, 0.0), (LENGTH, WALL)),
            "north": ((0.0, WIDTH - WALL), (LENGTH, WALL)),
            "west": ((0.0, WALL), (WALL, WIDTH - 2 * WALL)),
            "east": ((LENGTH - WALL, WALL), (WALL, WIDTH - 2 * WALL)),
        }
        for side, (at, size) in sides.items():
            wall = self._element("IfcWall", f"Wall {side} {level}", "plaster", storey)
            self._box(wall, (*at, z), (*size, height), "plaster")
            self._pset(
                wall,
                "Pset_WallCommon",
                {
                    "IsExternal": True,
                    "LoadBearing": True,
                    "FireRating": "F90",
                    "ThermalTransmittance": 0.21,
                },
            )
            along_x = side in ("south", "north")
            for number, offset in enumerate(_WINDOWS_X if along_x else _WINDOWS_Y):
                is_door = level == 0 and side == "south" and number == 2
                low, tall, wide = (0.0, 2.1, 1.1) if is_door else (0.9, 1.3, 1.4)
                corner = (offset, at[1], z + low) if along_x else (at[0], offset, z + low)
                extent = (wide, WALL, tall) if along_x else (WALL, wide, tall)
                kind = "IfcDoor" if is_door else "IfcWindow"
                name = "Front door" if is_door else f"Window {side} {level}-{number + 1}"
                self._fill(wall, storey, kind, name, corner, extent, along_x=along_x)

    def _partitions(self, level: int, storey: Any) -> None:
        z, height = level * STOREY, STOREY - SLAB
        inner = WIDTH - 2 * WALL
        for number, x in enumerate((4.4, 7.9)):
            wall = self._element("IfcWall", f"Partition {level}-{number + 1}", "partition", storey)
            self._box(wall, (x, WALL, z), (PARTITION, inner, height), "partition")
            self._pset(wall, "Pset_WallCommon", {"IsExternal": False, "LoadBearing": False})
            self._fill(
                wall, storey, "IfcDoor", f"Door {level}-{number + 1}",
                (x, 3.4, z), (PARTITION, 0.9, 2.05), along_x=False,
            )  # fmt: skip

    def _fill(
        self,
        wall: Any,
        storey: Any,
        kind: str,
        name: str,
        corner: tuple[float, float, float],
        extent: tuple[float, float, float],
        *,
        along_x: bool,
    ) -> None:
        """Cut an opening and put a window or a door into it."""
        opening = self._entity("IfcOpeningElement", f"Opening of {name}")
        margin = (0.0, 0.1, 0.0) if along_x else (0.1, 0.0, 0.0)
        through = tuple(c - m for c, m in zip(corner, margin, strict=True))
        deep = tuple(e + 2 * m for e, m in zip(extent, margin, strict=True))
        self._box(opening, through, deep, None)
        ifcopenshell.api.feature.add_feature(self.file, feature=opening, element=wall)
        filling = self._element(kind, name, "frame", storey)
        filling.OverallHeight, filling.OverallWidth = extent[2], max(extent[0], extent[1])
        ifcopenshell.api.feature.add_filling(self.file, opening=opening, element=filling)
        frame = 0.07
        depth = 0.08
        x, y, z = corner
        wide, tall = (extent[0], extent[2]) if along_x else (extent[1], extent[2])
        middle = (extent[1] if along_x else extent[0]) / 2 - depth / 2

        def bar(u: float, v: float, du: float, dv: float, thick: float = depth) -> tuple[Any, Any]:
            inset = middle + (depth - thick) / 2
            if along_x:
                return (x + u, y + inset, z + v), (du, thick, dv)
            return (x + inset, y + u, z + v), (thick, du, dv)

        bars = [
            bar(0, 0, frame, tall), bar(wide - frame, 0, frame, tall),
            bar(frame, tall - frame, wide - 2 * frame, frame),
        ]  # fmt: skip
        if kind == "IfcWindow":
            bars.append(bar(frame, 0, wide - 2 * frame, frame))
            pane = bar(frame, frame, wide - 2 * frame, tall - 2 * frame, 0.02)
            self._boxes(filling, bars, "frame", pane, "glass")
            self._pset(
                filling, "Pset_WindowCommon", {"IsExternal": True, "ThermalTransmittance": 0.9}
            )
        else:
            leaf = bar(frame, 0, wide - 2 * frame, tall - frame, 0.05)
            self._boxes(filling, bars, "frame", leaf, "wood")
            self._pset(filling, "Pset_DoorCommon", {"FireRating": "T30", "IsExternal": along_x})

    def _stairs(self) -> None:
        stair = self._element("IfcStair", "Stairs", "wood", self.storeys[0])
        steps = 16
        rise, going = STOREY / steps, 0.24
        for step in range(steps):
            flight = self._element("IfcStairFlight", f"Step {step + 1}", "wood", None)
            self._box(
                flight,
                (5.0, 1.2 + step * going, (step + 1) * rise - 0.05),
                (1.0, going + 0.03, 0.05),
                "wood",
            )
            self._under(stair, flight)
        for side in (0.0, 0.96):
            railing = self._element("IfcRailing", "Railing", "steel", None)
            posts = [
                ((5.0 + side, 1.3 + number * going * 2, (2 * number + 1) * rise), (0.04, 0.04, 0.9))
                for number in range(steps // 2)
            ]
            self._boxes(railing, posts, "steel", None, None)
            self._under(stair, railing)

    def _roof(self) -> None:
        roof = self._element("IfcRoof", "Roof", "tile", self.storeys[1])
        eaves = len(STORIES) * STOREY - SLAB
        half = WIDTH / 2
        slope = RIDGE / half
        thick = 0.22
        for side, name in ((1, "Roof south"), (-1, "Roof north")):
            outline = [
                (-OVERHANG, -OVERHANG * slope),
                (half, RIDGE),
                (half, RIDGE + thick),
                (-OVERHANG, -OVERHANG * slope + thick),
            ]
            points = [
                (y if side > 0 else WIDTH - y, eaves + z)
                for y, z in (outline if side > 0 else outline[::-1])
            ]
            slab = self._element("IfcSlab", name, "tile", None)
            self._prism_along_x(slab, points, -OVERHANG, LENGTH + 2 * OVERHANG, "tile")
            self._under(roof, slab)
        for gable_side, x in (("west", 0.0), ("east", LENGTH - WALL)):
            gable = self._element("IfcWall", f"Gable {gable_side}", "plaster", self.storeys[1])
            inset = 0.02
            points = [(inset, eaves), (WIDTH - inset, eaves), (half, eaves + RIDGE - inset * slope)]
            self._prism_along_x(gable, points, x, WALL, "plaster")
        chimney = self._element("IfcChimney", "Chimney", "concrete", self.storeys[1])
        self._box(chimney, (8.6, half + 0.6, eaves), (0.7, 0.7, RIDGE + 0.8), "concrete")

    def _balcony(self) -> None:
        slab = self._element("IfcSlab", "Balcony", "concrete", self.storeys[1])
        self._box(slab, (6.0, -1.6, STOREY - SLAB), (5.0, 1.6, 0.18), "concrete")
        for number, x in enumerate((6.2, 10.6)):
            column = self._element("IfcColumn", f"Column {number + 1}", "steel", self.storeys[0])
            self._box(column, (x, -1.45, -0.3), (0.16, 0.16, STOREY - SLAB + 0.3), "steel")
        bars = [((6.0 + 0.2 * n, -1.56, STOREY - 0.07), (0.03, 0.03, 1.0)) for n in range(25)]
        railing = self._element("IfcRailing", "Balcony railing", "steel", self.storeys[1])
        self._boxes(
            railing, bars, "steel", ((5.97, -1.58, STOREY + 0.9), (5.05, 0.07, 0.05)), "wood"
        )

    # Entities

    def _entity(self, kind: str, name: str) -> Any:
        return ifcopenshell.api.root.create_entity(self.file, ifc_class=kind, name=name)

    def _element(self, kind: str, name: str, _style: str, container: Any) -> Any:
        element = self._entity(kind, name)
        if container is not None:
            ifcopenshell.api.spatial.assign_container(
                self.file, products=[element], relating_structure=container
            )
        return element

    def _under(self, whole: Any, part: Any) -> None:
        ifcopenshell.api.aggregate.assign_object(self.file, products=[part], relating_object=whole)

    def _style(self, name: str, rgb: tuple[float, float, float]) -> Any:
        style = ifcopenshell.api.style.add_style(self.file, name=name)
        red, green, blue = rgb
        ifcopenshell.api.style.add_surface_style(
            self.file,
            style=style,
            ifc_class="IfcSurfaceStyleShading",
            attributes={
                "SurfaceColour": {"Name": None, "Red": red, "Green": green, "Blue": blue},
                "Transparency": 0.6 if name == "glass" else 0.0,
            },
        )
        return style

    def _pset(self, element: Any, name: str, values: dict[str, object]) -> None:
        pset = ifcopenshell.api.pset.add_pset(self.file, product=element, name=name)
        ifcopenshell.api.pset.edit_pset(self.file, pset=pset, properties=values)

    # Shapes

    def _solid(self, at: Any, size: Any) -> Any:
        outline = self.builder.rectangle(size=np.array(size[:2], float))
        return self.builder.extrude(outline, magnitude=float(size[2]), position=np.array(at, float))

    def _box(self, element: Any, at: Any, size: Any, style: str | None) -> None:
        self._assign(element, [self._solid(at, size)], [style])

    def _boxes(
        self, element: Any, boxes: list[Any], style: str, last: Any, last_style: str | None
    ) -> None:
        solids = [self._solid(at, size) for at, size in boxes]
        styles: list[str | None] = [style] * len(solids)
        if last is not None:
            solids.append(self._solid(*last))
            styles.append(last_style)
        self._assign(element, solids, styles)

    def _prism_along_x(
        self, element: Any, outline: list[tuple[float, float]], x: float, depth: float, style: str
    ) -> None:
        """outline: (y, z), counter-clockwise seen from the east."""
        curve = self.builder.polyline(np.array(outline, float), closed=True)
        solid = self.builder.extrude(
            curve,
            magnitude=depth,
            position=np.array([x, 0.0, 0.0]),
            position_x_axis=np.array([0.0, 1.0, 0.0]),
            position_z_axis=np.array([1.0, 0.0, 0.0]),
        )
        self._assign(element, [solid], [style])

    def _assign(self, element: Any, solids: list[Any], styles: list[str | None]) -> None:
        shape = self.builder.get_representation(self.body, solids)
        ifcopenshell.api.geometry.assign_representation(
            self.file, product=element, representation=shape
        )
        ifcopenshell.api.geometry.edit_object_placement(self.file, product=element)
        for solid, name in zip(solids, styles, strict=True):
            if name is not None:
                self.file.create_entity(
                    "IfcStyledItem", Item=solid, Styles=[self.styles[name]], Name=name
                )
