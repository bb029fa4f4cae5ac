"""A point cloud: positions with what a scanner knew of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PointCloud:
    """Points of one part, in the part's frame (y up, metres).

    positions: (n, 3); float32, so a far cloud is moved near its own origin by its node's transform.
    colours: (n, 3) sRGB 0–255 or None.  intensities: (n,) 0–65,535 or None.
    classes: (n,) ASPRS classification codes (LAS 1.4 R15 table 17) or None.
    """

    positions: NDArray[np.float32]
    colours: NDArray[np.uint8] | None = None
    intensities: NDArray[np.uint16] | None = None
    classes: NDArray[np.uint8] | None = None
