"""One product's shape to a part: triangles, colours of faces and edges, exact shape, properties.

Colours: inside a part the finer shape wins (face over shell over solid over product), as in Open
CASCADE's own viewer; what differs from the part's main colour becomes a palette entry of those
faces' vertices. So an occurrence's colour shows on the faces that have none of their own.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.mass import mesh_body
from holotable.conversion.options import ConvertOptions, deflection_for
from holotable.conversion.readers import brep_exact, brep_measure, brep_mesh, xcaf, xcaf_look
from holotable.review.mass import Body
from holotable.review.scene import (
    DEFAULT_COLOUR,
    EdgeLines,
    Floats,
    Mesh,
    Part,
    PropertyValue,
)

_DEFAULT_NAMES: Final = {True: "Assembly", False: "Part"}
_MOST_COLOURS: Final = 4095  # of faces and edges, beside the occurrence's own
_FINEST_M: Final = 1e-7  # metres; finer than anything measured on triangles
# Two sewn borders become one, as coarse as the coarser: hammer.iges lost 13 % of its triangles.
_SEWN_FINER: Final = 0.85


@dataclass(frozen=True, slots=True)
class Frame:
    """From Open CASCADE's millimetres and axes to metres, y up. turn: (4, 4)."""

    metres: float
    turn: Floats

    def points(self, points: Floats) -> Floats:
        """Positions, (n, 3)."""
        turned: Floats = (points * self.metres) @ self.turn[:3, :3].T
        return turned

    def directions(self, directions: Floats) -> NDArray[np.float32]:
        """Directions, (n, 3)."""
        return np.ascontiguousarray(directions @ self.turn[:3, :3].T, np.float32)

    def transform(self, transform: Floats) -> Floats:
        """A placement, (4, 4)."""
        scaled = transform.copy()
        scaled[:3, 3] *= self.metres
        conjugated: Floats = self.turn @ scaled @ self.turn.T
        return conjugated + 0.0  # no negative zeros in the package


@dataclass(slots=True)
class Palette:
    """Colours of faces and edges in order of first use; 0 stands for the occurrence's colour."""

    entries: dict[str, int]

    def number(self, colour: str) -> int:
        """The entry of a colour, 0 when the palette is full."""
        if len(self.entries) >= _MOST_COLOURS and colour not in self.entries:
            return 0
        return self.entries.setdefault(colour, len(self.entries) + 1)

    def colours(self) -> tuple[str, ...]:
        """The palette as a scene has it."""
        return (DEFAULT_COLOUR, *self.entries)


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part and what its occurrences take from it.

    colour: the main one.  covered: every face has a colour of its own, so that no occurrence's
        colour shows.  hidden: the file hides all its faces.
    offset: (3,) metres, y up: where the part's frame lies in the product's.
    """

    part: Part
    colour: str | None
    covered: bool
    hidden: bool
    untriangulated: int
    repaired: int  # faces that have triangles only since they were repaired
    inexact: int  # faces and edges whose exact geometry could not be told
    hidden_faces: int  # of a part that is shown all the same
    offset: Floats


def read_part(
    product: xcaf.Product,
    frame: Frame,
    palette: Palette,
    options: ConvertOptions,
    *,
    sew: bool,
) -> ReadPart:
    """Tessellate and measure a product's shape. sew: join faces without neighbours (IGES)."""
    shape = xcaf.shape_of(product)
    diagonal = brep_measure.bounding_diagonal(shape)
    deflection = deflection_for(diagonal * frame.metres, options) / frame.metres
    # Colours before meshing: the mesh is taken out and the shape's triangulation removed.
    looks = xcaf_look.shape_looks(product.label, shape)
    joined = brep_measure.sew(shape, diagonal) if sew else None
    turned = None if joined is None else joined.turned
    if joined is not None and joined.closed:
        # Triangles without cracks, and caps in sections; else the file's own faces are meshed, of
        # which a sewn border would keep the coarser of two.
        shape, turned = joined.shape, None
        looks = looks.reordered(joined.faces, shape)
        deflection *= _SEWN_FINER
    covered = bool(len(looks.faces) and (looks.faces >= 0).all())
    main = _main_colour(product.look, looks, covered=covered)
    numbers = _used_numbers(looks, main, palette)
    mesh = brep_mesh.tessellate(shape, deflection, options.angle_rad, turned)
    positions = frame.points(mesh.positions)
    offset = _far_offset(positions)
    exact = brep_exact.exact_part(
        shape,
        mesh,
        brep_exact.Frame(frame.metres, frame.turn, offset),
        None if joined is None else joined.shape,
    )
    body = exact.body
    density = product.material.get("density_kg_m3")
    part = Part(
        product_name(product),
        Mesh(
            np.ascontiguousarray(positions - offset, np.float32),
            frame.directions(mesh.normals),
            mesh.triangles,
            numbers[looks.faces][mesh.faces]
            if len(mesh.faces)
            else np.zeros(len(mesh.positions), np.uint16),
            mesh.faces if len(mesh.faces) else None,
        ),
        _edge_lines(mesh, frame, offset, looks, numbers),
        mesh.closed,
        _volume(body, mesh, positions),
        float(exact.shape.face_areas.sum()) if len(mesh.triangles) else None,
        part_properties(product),
        None if body is None else body.centre,
        None if body is None else body.inertia,
        float(density) if isinstance(density, float | int) else None,
        exact=exact.shape,
    )
    hidden = bool(len(looks.hidden_faces) and looks.hidden_faces.all())
    hidden_faces = 0 if hidden else int(looks.hidden_faces.sum())
    return ReadPart(
        part,
        main,
        covered,
        hidden,
        mesh.untriangulated,
        mesh.repaired,
        exact.lost,
        hidden_faces,
        offset,
    )


def product_name(product: xcaf.Product) -> str:
    """The product's name, or what it is when the file gives none."""
    if not product.name or product.name.startswith("=>["):
        return _DEFAULT_NAMES[product.is_assembly]
    return product.name


def part_properties(product: xcaf.Product) -> dict[str, dict[str, PropertyValue]]:
    """What the file says of a product, in groups."""
    properties: dict[str, dict[str, PropertyValue]] = {}
    said: dict[str, PropertyValue] = {}
    if product.id and product.id != product.name:
        said["id"] = product.id
    if product.description:
        said["description"] = product.description
    for group, values in (
        ("Product", said),
        ("Metadata", product.metadata),
        ("Material", product.material),
    ):
        if values:
            properties[group] = values
    return properties


def _used_numbers(
    looks: xcaf_look.ShapeLooks, main: str | None, palette: Palette
) -> NDArray[np.uint16]:
    """Palette entries of the part's colours; the last one, 0, answers "no colour", −1.

    Entry 0 means the occurrence's colour on a face and the viewer's own on an edge, so an edge
    never stands for the main colour by 0.
    """
    numbers = np.zeros(len(looks.colours) + 1, np.uint16)
    of_edges = set(looks.edges.tolist())
    for at, colour in enumerate(looks.colours):
        if colour != main or at in of_edges:
            numbers[at] = palette.number(colour)
    return numbers


def _main_colour(
    product: xcaf_look.Look, looks: xcaf_look.ShapeLooks, *, covered: bool
) -> str | None:
    """The colour that the part's occurrences take: what most faces have, else the product's."""
    if covered:
        return looks.colours[int(np.bincount(looks.faces).argmax())]
    return product.surface or (product.curve if not len(looks.faces) else None)


def _edge_lines(
    mesh: brep_mesh.BrepMesh,
    frame: Frame,
    offset: Floats,
    looks: xcaf_look.ShapeLooks,
    numbers: NDArray[np.uint16],
) -> EdgeLines | None:
    """The polylines of the edges that the file does not hide, with their colours."""
    if not len(mesh.edge_numbers):
        return None
    points = np.ascontiguousarray(frame.points(mesh.edge_points) - offset, np.float32)
    starts, edges = mesh.edge_starts, mesh.edge_numbers
    hidden = looks.hidden_edges[edges]
    if hidden.any():
        ends = starts.astype(np.int64)
        lengths = ends[1:] - ends[:-1]
        points = points[np.repeat(~hidden, lengths)]
        edges = edges[~hidden]
        starts = np.cumsum([0, *lengths[~hidden]]).astype(np.uint32)
    colours = numbers[looks.edges[edges]]
    return EdgeLines(points, starts, edges, colours if colours.any() else None)


def _volume(body: Body | None, mesh: brep_mesh.BrepMesh, positions: Floats) -> float | None:
    """Cubic metres: of the solids, or of tessellated faces (AP242) that are closed."""
    if body is None and mesh.closed and not mesh.exact:
        body = mesh_body(positions, mesh.triangles)
    return None if body is None else body.amount


def _far_offset(positions: Floats) -> Floats:
    """The middle of a part so far from its own origin that float32 would blur it, else 0."""
    if not len(positions):
        return np.zeros(3)
    low, high = positions.min(axis=0), positions.max(axis=0)
    blur = float(np.abs([low, high]).max()) * 2.0**-24
    if blur <= max(1e-5 * float(np.linalg.norm(high - low)), _FINEST_M):
        return np.zeros(3)
    return np.asarray((low + high) / 2.0, np.float64)
