"""Small scenes with known truth, as readers would yield them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from holotable.review.scene import (
    DEFAULT_COLOUR,
    EdgeLines,
    Floats,
    Mesh,
    Node,
    Part,
    Scene,
    Source,
    occurrence_id,
)

IDENTITY = np.eye(4)


def box_mesh(
    size: tuple[float, float, float] = (1.0, 1.0, 1.0),
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    materials: Sequence[int] = (0, 0, 0, 0, 0, 0),
) -> Mesh:
    """A box from `at` to `at + size` metres; 24 vertices, 12 triangles, a material per side.

    Sides in order: -x, +x, -y, +y, -z, +z.
    """
    positions, normals, triangles, entries = [], [], [], []
    for side in range(6):
        axis, far = side // 2, side % 2
        across, up = (axis + 1) % 3, (axis + 2) % 3
        first = len(positions)
        for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
            point = [0.0, 0.0, 0.0]
            point[axis], point[across], point[up] = float(far), float(u), float(v)
            positions.append([at[i] + size[i] * point[i] for i in range(3)])
            normals.append([(1.0 if far else -1.0) if i == axis else 0.0 for i in range(3)])
            entries.append(materials[side])
        for triangle in ((0, 1, 2), (0, 2, 3)):
            corners = triangle if far else triangle[::-1]
            triangles.append([first + corner for corner in corners])
    return Mesh(
        np.array(positions, np.float32),
        np.array(normals, np.float32),
        np.array(triangles, np.uint32),
        np.array(entries, np.uint16),
    )


def sphere_mesh(radius: float = 1.0, rings: int = 24, segments: int = 48) -> Mesh:
    """A sphere about the origin with smooth normals; 2 * segments * (rings - 1) triangles."""
    latitude = np.linspace(0, np.pi, rings + 1)
    longitude = np.linspace(0, 2 * np.pi, segments + 1)
    theta, phi = (values.ravel() for values in np.meshgrid(latitude, longitude, indexing="ij"))
    normals = np.stack([np.sin(theta) * np.cos(phi), np.cos(theta), np.sin(theta) * np.sin(phi)], 1)
    normals = np.round(normals, 12) + 0.0  # the seam and the poles meet exactly
    row = segments + 1
    ring, segment = (v.ravel() for v in np.meshgrid(range(rings), range(segments), indexing="ij"))
    a, b = ring * row + segment, (ring + 1) * row + segment
    upper = np.stack([a, a + 1, b], 1)[ring > 0]
    lower = np.stack([a + 1, b + 1, b], 1)[ring < rings - 1]
    return Mesh(
        (normals * radius).astype(np.float32),
        normals.astype(np.float32),
        np.concatenate([upper, lower]).astype(np.uint32),
        np.zeros(len(normals), np.uint16),
    )


def cylinder_mesh(radius: float, height: float, segments: int = 24) -> Mesh:
    """A capped cylinder along y from 0 to height; 4 * segments - 4 triangles."""
    angles = np.linspace(0, 2 * np.pi, segments + 1)
    circle = np.stack([np.cos(angles), np.zeros_like(angles), np.sin(angles)], axis=1)
    circle = np.round(circle, 12) + 0.0  # the seam meets exactly
    bottom, top = circle * radius, circle * radius + [0.0, height, 0.0]
    positions = np.concatenate([bottom, top, bottom, top])
    down = np.tile([0.0, -1.0, 0.0], (len(circle), 1))
    normals = np.concatenate([circle, circle, down, -down])
    row = segments + 1
    at = np.arange(segments)
    side = np.concatenate(
        [np.stack([at, at + row, at + 1], 1), np.stack([at + 1, at + row, at + row + 1], 1)]
    )
    fan = np.arange(1, segments - 1)
    low = np.stack([np.full_like(fan, 2 * row), 2 * row + fan, 2 * row + fan + 1], 1)
    high = np.stack([np.full_like(fan, 3 * row), 3 * row + fan + 1, 3 * row + fan], 1)
    return Mesh(
        positions.astype(np.float32),
        normals.astype(np.float32),
        np.concatenate([side, low, high]).astype(np.uint32),
        np.zeros(len(positions), np.uint16),
    )


def moved(
    x: float = 0.0, y: float = 0.0, z: float = 0.0, linear: ArrayLike | None = None
) -> Floats:
    """A transform: a translation after a linear map (3, 3)."""
    transform = np.eye(4)
    if linear is not None:
        transform[:3, :3] = linear
    transform[:3, 3] = (x, y, z)
    return transform


def turned_y(angle_rad: float) -> Floats:
    """A rotation about y; (3, 3)."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def part(mesh: Mesh, name: str = "Part", edges: EdgeLines | None = None, **facts: object) -> Part:
    """A part around a mesh."""
    return Part(name=name, mesh=mesh, edges=edges, **facts)  # type: ignore[arg-type]  # by name


def scene_of(
    parts: Sequence[Part],
    placements: Sequence[tuple[int, Floats]],
    palette: Sequence[str] = (DEFAULT_COLOUR,),
    colours: Sequence[str | None] = (),
) -> Scene:
    """A root assembly with one occurrence per (part, transform)."""
    nodes = [Node(id=occurrence_id(("root",)), parent=-1, name="Assembly", transform=IDENTITY)]
    for number, (which, transform) in enumerate(placements):
        nodes.append(
            Node(
                id=occurrence_id(("root", str(number))),
                parent=0,
                name=f"{parts[which].name}.{number + 1}",
                transform=transform,
                part=which,
                kind="part",
                colour=colours[number] if number < len(colours) else None,
            )
        )
    return Scene(
        source=Source("step", "mm", "z"),
        nodes=tuple(nodes),
        parts=tuple(parts),
        palette=tuple(palette),
    )


def rack_scene(occurrences: int = 10_000, unique: int = 500, seed: int = 2) -> Scene:
    """Shelves of turned and plain parts: boxes, cylinders, spheres of a few hundred triangles."""
    random = np.random.default_rng(seed)
    parts = []
    for number in range(unique):
        size = tuple(random.uniform(0.01, 0.08, 3))
        kind = number % 3
        if kind == 0:
            mesh = cylinder_mesh(float(size[0]), float(size[1]), 64 + number % 40)
        elif kind == 1:
            mesh = sphere_mesh(float(size[0]), 12 + number % 10, 24)
        else:
            mesh = pressed_plate(size, int(random.integers(8, 16)), random)
        parts.append(part(mesh, f"Part {number + 1}"))
    side = int(np.ceil(occurrences ** (1 / 3)))
    placements = []
    for index in range(occurrences):
        x, y, z = index % side, index // side % side, index // side**2
        linear = turned_y(float(random.uniform(0, 2 * np.pi))) if index % 4 == 0 else np.eye(3)
        placements.append((index % unique, moved(x * 0.2, y * 0.2, z * 0.2, linear)))
    colours = [f"#{int(c):06x}ff" for c in random.integers(0x303030, 0xE0E0E0, occurrences)]
    return scene_of(parts, placements, colours=colours)


def pressed_plate(size: tuple[float, ...], cells: int, random: np.random.Generator) -> Mesh:
    """A wavy sheet of 2 * cells² triangles with its normals."""
    steps = np.linspace(0, 1, cells + 1)
    u, v = (values.ravel() for values in np.meshgrid(steps, steps, indexing="ij"))
    a, b = random.uniform(2, 6, 2)
    positions = np.stack(
        [u * size[0], size[1] * 0.2 * np.sin(a * u) * np.cos(b * v), v * size[2]], 1
    )
    slope_u = size[1] * 0.2 * a * np.cos(a * u) * np.cos(b * v) / size[0]
    slope_v = -size[1] * 0.2 * b * np.sin(a * u) * np.sin(b * v) / size[2]
    normals = np.stack([-slope_u, np.ones_like(u), -slope_v], 1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    row = cells + 1
    i, j = (values.ravel() for values in np.meshgrid(range(cells), range(cells), indexing="ij"))
    at = i * row + j
    triangles = np.concatenate(
        [np.stack([at, at + 1, at + row], 1), np.stack([at + 1, at + row + 1, at + row], 1)]
    )
    return Mesh(
        positions.astype(np.float32),
        normals.astype(np.float32),
        triangles.astype(np.uint32),
        np.zeros(len(positions), np.uint16),
    )
