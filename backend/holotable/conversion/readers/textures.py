"""Pictures, sampled at the vertices of the mesh they are wrapped around.

The scene package of this stage holds palette colours, no pictures; one colour at each vertex says
which part is which, and every reader that does it warns `textures_simplified`.
"""

import io
import struct
import warnings
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from holotable.conversion.normals import Numbers
from holotable.review.scene import Floats

_FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "TGA", "GIF")
_MAX_PIXELS: Final = 64 * 1024 * 1024  # an 8k texture; what it unpacks to is 256 MB
_SAMPLED_EDGE: Final = 1024  # pixels; smoother than single texels and small to hold
_INWARD: Final = 0.15  # of the way to the middle of the triangles: charts bleed at their border


def open_texture(content: bytes) -> NDArray[np.uint8] | None:
    """(h, w, 4) sRGB and alpha, at most 1024 pixels wide and high; None when unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata; size is checked here
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > _MAX_PIXELS:
                    return None
                picture.draft("RGB", (_SAMPLED_EDGE, _SAMPLED_EDGE))
                picture.thumbnail((_SAMPLED_EDGE, _SAMPLED_EDGE), Image.Resampling.BOX)
                return np.asarray(picture.convert("RGBA"), np.uint8)
    except (
        OSError,
        ValueError,
        SyntaxError,  # Pillow's word for a broken PNG
        EOFError,
        struct.error,
        zlib.error,
        OverflowError,
        Image.DecompressionBombError,
    ):
        return None


def sample_texture(
    texture: NDArray[np.uint8], uv: Floats, triangles: Numbers, *, v_up: bool
) -> NDArray[np.uint8]:
    """(n, 4) the picture's colour at each texture coordinate, repeating beyond 0 to 1.

    uv: (n, 2). triangles: (m, 3) indices into uv. v_up: v = 0 is the lower edge (OBJ, COLLADA),
        not the upper (glTF).
    """
    middle = uv[triangles].mean(axis=1)
    total = np.zeros_like(uv)
    uses = np.bincount(triangles.ravel(), minlength=len(uv))
    for axis in range(2):
        spread = np.repeat(middle[:, axis], 3)
        total[:, axis] = np.bincount(triangles.ravel(), weights=spread, minlength=len(uv))
    used = uses > 0
    inner = np.array(uv, np.float64)
    inner[used] += _INWARD * (total[used] / uses[used, None] - inner[used])
    inner = np.nan_to_num(inner, nan=0.0, posinf=0.0, neginf=0.0)
    height, width = texture.shape[:2]
    across = np.mod(inner[:, 0], 1.0)
    down = np.mod(1.0 - inner[:, 1] if v_up else inner[:, 1], 1.0)
    column = np.minimum((across * width).astype(np.int64), width - 1)
    line = np.minimum((down * height).astype(np.int64), height - 1)
    return np.asarray(texture[line, column], np.uint8)
