"""Meshes that a skeleton moves (UsdSkel), as their joints hold them at rest."""

from typing import Any, Final, TypeAlias

import numpy as np

from holotable.conversion.normals import Numbers
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.usd_geometry import array, read_primvar, value
from holotable.conversion.readers.usd_library import Usd, UsdGeom, UsdSkel
from holotable.errors import DamagedFile
from holotable.review.scene import Floats

Prim: TypeAlias = Any  # Usd.Prim: the library has no types

_MAX_JOINTS: Final = 65_536


def posed_points(prim: Prim, assembly: Assembly) -> Floats | None:
    """(n, 3) the points of a skinned mesh in its own frame; None when no skeleton moves it."""
    binding = UsdSkel.BindingAPI(prim)
    joints = read_primvar(prim, "skel:jointIndices", 1)
    weights = read_primvar(prim, "skel:jointWeights", 1)
    if joints is None or weights is None:
        return None
    skeleton = binding.GetInheritedSkeleton()
    points = array(UsdGeom.Mesh(prim).GetPointsAttr(), 3)
    if not skeleton or points is None:
        return None
    moved = _joint_matrices(skeleton)
    if moved is None:
        assembly.warn(
            "skins_simplified", "A skeleton contradicts itself; its mesh is shown unbent."
        )
        return None
    names = [str(name) for name in value(skeleton.GetJointsAttr()) or ()]
    order = value(binding.GetJointsAttr())
    if order is not None:
        places = {name: number for number, name in enumerate(names)}
        chosen = [places.get(str(name), -1) for name in order]
        if min(chosen, default=0) < 0:
            raise DamagedFile(f"{prim.GetName()} is bound to a joint that does not exist.")
        moved = moved[chosen]
    bind = value(binding.GetGeomBindTransformAttr())
    geometry = np.eye(4) if bind is None else np.array(bind).T
    indices = joints.values.astype(np.int64).ravel()
    amounts = weights.values.astype(np.float64).ravel()
    if len(indices) != len(amounts) or indices.min() < 0 or indices.max() >= len(moved):
        raise DamagedFile(f"{prim.GetName()} is bound to a joint that does not exist.")
    constant = joints.interpolation == "constant"
    if not constant and len(indices) % len(points):
        raise DamagedFile(f"{prim.GetName()} has weights for other points than its own.")
    rows = 1 if constant else len(points)
    skinned = _blend(points @ geometry[:3, :3].T + geometry[:3, 3], moved,
                     indices.reshape(rows, -1), amounts.reshape(rows, -1))  # fmt: skip
    to_world = UsdGeom.Xformable(skeleton.GetPrim()).ComputeLocalToWorldTransform(_rest())
    own = UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(_rest())
    return _between(skinned, np.array(to_world).T, np.array(own).T)


def _rest() -> Any:
    return Usd.TimeCode.Default()


def _joint_matrices(skeleton: Any) -> Floats | None:
    """(j, 4, 4) of each joint: rest pose × inverse bind pose, in the skeleton's frame."""
    names = value(skeleton.GetJointsAttr())
    rest = value(skeleton.GetRestTransformsAttr())
    bind = value(skeleton.GetBindTransformsAttr())
    if names is None or bind is None or len(bind) != len(names) or len(names) > _MAX_JOINTS:
        return None
    binds = np.array(bind).reshape(-1, 4, 4).transpose(0, 2, 1)
    if rest is None or len(rest) != len(names):
        return np.tile(np.eye(4), (len(names), 1, 1))  # nothing says otherwise than the bind pose
    locals_ = np.array(rest).reshape(-1, 4, 4).transpose(0, 2, 1)
    parents = np.array(UsdSkel.Topology(names).GetParentIndices())
    if (parents >= np.arange(len(parents))).any() or not np.isfinite(binds).all():
        return None
    worlds = locals_.copy()
    for joint, parent in enumerate(parents.tolist()):
        if parent >= 0:
            worlds[joint] = worlds[parent] @ locals_[joint]
    if (np.abs(np.linalg.det(binds)) < 1e-12).any() or not np.isfinite(worlds).all():
        return None
    return np.asarray(worlds @ np.linalg.inv(binds), np.float64)


def _blend(points: Floats, moved: Floats, joints: Numbers, weights: Floats) -> Floats:
    """Linear blend skinning. joints, weights: (n or 1, k)."""
    total = weights.sum(axis=1, keepdims=True)
    shares = weights / np.where(total > 0, total, 1.0)
    result = np.zeros_like(points, np.float64)
    for influence in range(joints.shape[1]):
        matrices = moved[joints[:, influence]]
        part = np.einsum(
            "nij,nj->ni", np.broadcast_to(matrices, (len(points), 4, 4))[:, :3, :3], points
        )
        result += shares[:, influence, None] * (part + matrices[:, :3, 3])
    loose = np.broadcast_to(total[:, 0] <= 0, len(points))
    result[loose] = points[loose]
    return result


def _between(points: Floats, source: Floats, target: Floats) -> Floats:
    """Points of one frame in another."""
    if abs(np.linalg.det(target[:3, :3])) < 1e-12:
        return points
    matrix = np.linalg.inv(target) @ source
    return points @ matrix[:3, :3].T + matrix[:3, 3]
