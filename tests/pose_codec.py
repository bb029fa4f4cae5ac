"""The pose of `frontend/src/protocol/pose.ts`, written again from its description.

The server never reads a pose; this is how tests know that both ends mean the same bytes.
"""

import math
import struct
from dataclasses import dataclass

POINTER, LEFT, RIGHT, IN_XR, LASER, LENS = 1, 2, 4, 8, 16, 32
NO_OCCURRENCE = 0xFFFFFFFF

Placement = tuple[float, float, float, float, float, float, float]  # x y z, then quaternion x y z w


@dataclass(frozen=True, slots=True)
class Pose:
    time_ms: int
    head: Placement
    lens: tuple[float, float, float] | None = None  # target distance, fov, aspect
    scale: float | None = None  # in XR
    pointer: tuple[int, int, float, float, float] | None = None  # layer, occurrence, x y z
    left: Placement | None = None
    right: Placement | None = None
    laser: bool = False


def pack_quaternion(quaternion: tuple[float, ...]) -> int:
    """Smallest three: index of the largest in two bits, the other three in ten bits each."""
    largest = max(range(4), key=lambda index: (abs(quaternion[index]), -index))
    sign = -1 if quaternion[largest] < 0 else 1
    packed = largest
    for index in range(4):
        if index != largest:
            unit = (sign * quaternion[index] / math.sqrt(0.5) + 1) / 2
            packed = packed << 10 | math.floor(min(1.0, max(0.0, unit)) * 1023 + 0.5)
    return packed


def encode(pose: Pose) -> bytes:
    """The bytes of a pose."""
    flags = LASER if pose.laser else 0
    rest = b""
    if pose.lens is not None:
        flags |= LENS
        rest += struct.pack("<3f", *pose.lens)
    if pose.scale is not None:
        flags |= IN_XR
        rest += struct.pack("<f", pose.scale)
    if pose.pointer is not None:
        flags |= POINTER
        rest += struct.pack("<BI3f", *pose.pointer)
    for bit, hand in ((LEFT, pose.left), (RIGHT, pose.right)):
        if hand is not None:
            flags |= bit
            rest += _placement(hand)
    return struct.pack("<BBH", 1, flags, pose.time_ms & 0xFFFF) + _placement(pose.head) + rest


def _placement(placement: Placement) -> bytes:
    return struct.pack("<3fI", *placement[:3], pack_quaternion(placement[3:]))
