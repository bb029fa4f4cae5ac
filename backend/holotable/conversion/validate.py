"""What a reader yielded, checked before anything is written: limits, numbers, references.

Readers parse hostile files; everything after this stage may trust the scene.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from holotable.conversion.options import ConvertOptions
from holotable.conversion.points import check_cloud, count_points
from holotable.errors import DamagedFile, NoGeometry, TooComplex
from holotable.review.scene import Mesh, Part, Scene, SceneWarning

# 1e8 m is beyond the Earth's diameter: no design, but what a damaged exponent makes.
FARTHEST_M: Final = 1e8
MAX_DEPTH: Final = 10_000  # nesting that a tree view and another tool's recursion can still walk


def checked(scene: Scene, options: ConvertOptions) -> Scene:
    """The same scene with sound normals. raises: NoGeometry, TooComplex, DamagedFile."""
    _check_tree(scene, options)
    parts: list[Part] = []
    mended = 0
    for part in scene.parts:
        _check_mesh(part)
        if part.points is not None:
            check_cloud(part.name, part.points, FARTHEST_M)
        normals, wrong = _unit_normals(part.mesh)
        mended += wrong
        if wrong:
            part = replace(part, mesh=replace(part.mesh, normals=normals))
        parts.append(part)
    _check_amount(scene, options)
    warnings = scene.warnings
    if mended:
        detail = "Normals that were not of unit length were made so."
        warnings = (*warnings, SceneWarning("normals_mended", mended, detail))
    return replace(scene, parts=tuple(parts), warnings=warnings)


def _check_tree(scene: Scene, options: ConvertOptions) -> None:
    if len(scene.nodes) > options.max_occurrences:
        raise TooComplex(
            f"The model has {len(scene.nodes):,} tree entries; this server accepts "
            f"{options.max_occurrences:,}.",
            occurrences=len(scene.nodes),
            limit=options.max_occurrences,
        )
    depths: list[int] = []
    for row, node in enumerate(scene.nodes):
        if not -1 <= node.parent < row:
            raise DamagedFile("The assembly tree contradicts itself.")
        if node.part is not None and not 0 <= node.part < len(scene.parts):
            raise DamagedFile("An occurrence names a part that does not exist.")
        if not np.isfinite(node.transform).all():
            raise DamagedFile(f"The placement of {node.name!r} is not a number.")
        if np.abs(node.transform).max() > FARTHEST_M:
            raise DamagedFile(f"The placement of {node.name!r} lies beyond 100,000 km.")
        depths.append(0 if node.parent < 0 else depths[node.parent] + 1)
    if max(depths, default=0) > MAX_DEPTH:
        raise TooComplex(
            f"The assembly is nested {max(depths):,} levels deep; {MAX_DEPTH:,} are accepted.",
            depth=max(depths),
            limit=MAX_DEPTH,
        )


def _check_mesh(part: Part) -> None:
    mesh = part.mesh
    if not np.isfinite(mesh.positions).all():
        raise DamagedFile(f"Coordinates of {part.name!r} are not numbers.")
    if len(mesh.positions) and np.abs(mesh.positions).max() > FARTHEST_M:
        raise DamagedFile(f"Coordinates of {part.name!r} lie beyond 100,000 km.")
    if len(mesh.triangles) and mesh.triangles.max() >= len(mesh.positions):
        raise DamagedFile(f"A triangle of {part.name!r} names a vertex that does not exist.")
    if not len(mesh.positions) == len(mesh.normals) == len(mesh.materials):
        raise DamagedFile(f"The vertices of {part.name!r} are incomplete.")


def _unit_normals(mesh: Mesh) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float32]], int]:
    """Normals of unit length and how many were not; what has no direction points up."""
    lengths = np.linalg.norm(mesh.normals, axis=1)
    wrong = ~(np.abs(lengths - 1.0) < 1e-3)  # a NaN is wrong too
    count = int(wrong.sum())
    if not count:
        return mesh.normals, 0
    normals = mesh.normals.copy()
    usable = wrong & np.isfinite(lengths) & (lengths > 0)
    normals[usable] /= lengths[usable, None]
    normals[wrong & ~usable] = (0.0, 1.0, 0.0)
    return normals, count


def _check_amount(scene: Scene, options: ConvertOptions) -> None:
    per_part = [len(part.mesh.triangles) for part in scene.parts]
    triangles = sum(per_part[node.part] for node in scene.nodes if node.part is not None)
    points = count_points(scene)
    lines = any(
        scene.parts[node.part].edges is not None for node in scene.nodes if node.part is not None
    )
    if not triangles and not points and not lines:
        raise NoGeometry()
    if points > options.max_points:
        raise TooComplex(
            f"The model shows {points:,} points; this server accepts {options.max_points:,}.",
            points=points,
            limit=options.max_points,
        )
    if triangles > options.max_triangles:
        raise TooComplex(
            f"The model shows {triangles:,} triangles; this server accepts "
            f"{options.max_triangles:,}.",
            triangles=triangles,
            limit=options.max_triangles,
        )
