"""Time samples of transforms, kept as animation data: a review shows the first state."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.moving import Moving
from holotable.conversion.readers.usd_library import Usd, UsdGeom
from holotable.review.scene import Floats

Prim: TypeAlias = Any  # Usd.Prim: the library has no types
Stage: TypeAlias = Any  # Usd.Stage
Path: TypeAlias = Literal["translation", "rotation", "scale"]

_MAX_SAMPLES: Final = 20_000  # of one prim
_MAX_NUMBERS: Final = 4_000_000  # of all together: about 40 MB of JSON
_MAX_TURN_DEGREES: Final = 60.0  # between two samples; quaternions take the shorter way round
_SHEAR: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Motion:
    """How a prim moves relative to its parent. times: (k,) time codes.

    curves: what changes, (k, 3) or (k, 4) quaternions x, y, z, w.
    """

    times: Floats
    curves: tuple[tuple[Path, Floats], ...]


def read_motion(prim: Prim) -> Motion | None:
    """The motion of a prim's transform; None when it stands still.

    raises: ValueError when it shears, which no translation, turn and scale can say.
    """
    xformable = UsdGeom.Xformable(prim)
    if not xformable.TransformMightBeTimeVarying():
        return None
    times = np.array(xformable.GetTimeSamples(), np.float64)
    if not 1 < len(times) <= _MAX_SAMPLES or not np.isfinite(times).all():
        return None
    times = _finer(xformable, times)
    matrices = np.array([xformable.GetLocalTransformation(Usd.TimeCode(t)) for t in times.tolist()])
    moves, turns, scales = _decomposed(matrices.reshape(-1, 4, 4).transpose(0, 2, 1))
    curves: list[tuple[Path, Floats]] = []
    for path, values in (("translation", moves), ("rotation", turns), ("scale", scales)):
        if np.ptp(values, axis=0).max() > 1e-9 * max(1.0, float(np.abs(values).max())):
            curves.append((path, values))  # type: ignore[arg-type]  # the three literals above
    return Motion(times, tuple(curves)) if curves else None


def _finer(xformable: Any, times: Floats) -> Floats:
    """Samples between those that lie further apart than a quaternion can tell."""
    furthest = np.zeros(len(times) - 1)
    for op in xformable.GetOrderedXformOps():
        if not op.GetOpName().startswith("xformOp:rotate") or not op.GetNumTimeSamples():
            continue
        angles = np.array([op.Get(Usd.TimeCode(t)) for t in times.tolist()], np.float64)
        steps = np.abs(np.diff(angles.reshape(len(times), -1), axis=0)).max(axis=1)
        furthest = np.maximum(furthest, np.nan_to_num(steps))
    pieces = np.ceil(furthest / _MAX_TURN_DEGREES).clip(1, 64).astype(int)
    if int(pieces.sum()) + 1 > _MAX_SAMPLES:
        return times
    between = [
        start + (stop - start) * np.arange(count) / count
        for start, stop, count in zip(times[:-1], times[1:], pieces.tolist(), strict=True)
    ]
    return np.concatenate([*between, times[-1:]])


def _decomposed(matrices: Floats) -> tuple[Floats, Floats, Floats]:
    """(k, 3) moves, (k, 4) quaternions, (k, 3) scales of (k, 4, 4)."""
    if not np.isfinite(matrices).all():
        raise ValueError("not finite")
    linear = matrices[:, :3, :3]
    scales = np.linalg.norm(linear, axis=1)
    scales[np.linalg.det(linear) < 0, 0] *= -1
    if (np.abs(scales) < 1e-12).any():
        raise ValueError("scaled to nothing")
    turns = linear / scales[:, None, :]
    skew = np.einsum("kij,kil->kjl", turns, turns) - np.eye(3)
    if np.abs(skew).max() > _SHEAR:
        raise ValueError("sheared")
    quaternions = np.array([_quaternion(turn) for turn in turns])
    # The sign of each nearest to the one before: the shorter way between them.
    signs = np.cumprod(
        np.where(np.einsum("ki,ki->k", quaternions[1:], quaternions[:-1]) < 0, -1.0, 1.0)
    )
    quaternions[1:] *= signs[:, None]
    return matrices[:, :3, 3].copy(), quaternions, scales


def _quaternion(turn: Floats) -> list[float]:
    """x, y, z, w of a rotation (Shepperd 1978)."""
    (a, b, c), (d, e, f), (g, h, i) = turn.tolist()
    choices = (a, e, i, a + e + i)
    largest = choices.index(max(choices))
    if largest == 3:
        raw = [h - f, c - g, d - b, 1 + a + e + i]
    elif largest == 0:
        raw = [1 + a - e - i, b + d, c + g, h - f]
    elif largest == 1:
        raw = [b + d, 1 + e - a - i, f + h, c - g]
    else:
        raw = [c + g, f + h, 1 + i - a - e, d - b]
    length = math.sqrt(sum(part * part for part in raw))
    return [part / length for part in raw]


def add_animation(
    stage: Stage, assembly: Assembly, motions: Sequence[tuple[int, Motion]], lost: int
) -> None:
    """Hand all motions to the assembly as one animation. motions: row and how it moves.

    lost: how many things move that no row can say.
    """
    if lost:
        assembly.warn_of_lost_channels(lost)
    if not motions:
        return
    if sum(len(m.times) * 5 * len(m.curves) for _, m in motions) > _MAX_NUMBERS:
        assembly.warn("animations_ignored", "The animation is longer than what is kept.")
        return
    each_s = 1.0 / max(float(stage.GetTimeCodesPerSecond()), 1e-6)
    first = min(float(motion.times[0]) for _, motion in motions)
    if stage.HasAuthoredTimeCodeRange():
        first = min(first, float(stage.GetStartTimeCode()))
    held = stage.GetInterpolationType() == Usd.InterpolationTypeHeld
    channels = [
        Moving(row, path, "STEP" if held else "LINEAR", (motion.times - first) * each_s, values)
        for row, motion in motions
        for path, values in motion.curves
    ]
    assembly.add_animation("Animation", channels)
