"""Pictures: kept as they are for surfaces, and sampled at vertices for tools that know no picture.

One colour at each vertex says which part is which: coarse levels and model checkers show that.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from holotable.conversion.normals import Numbers
from holotable.review import surface
from holotable.review.scene import Floats

MAX_EDGE: Final = (
    4096  # pixels: what every WebGL 2 device of the last years takes (MAX_TEXTURE_SIZE)
)
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "TGA", "GIF")
_KEPT: Final[dict[str, Literal["image/png", "image/jpeg", "image/webp"]]] = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
}
_MAX_PIXELS: Final = 64 * 1024 * 1024  # an 8k texture; what it unpacks to is 256 MB
SAMPLED_EDGE: Final = 1024  # pixels; smoother than single texels and small to hold
_INWARD: Final = 0.15  # of the way to the middle of the triangles: charts bleed at their border
_CLEAR, _SOLID = 32, 224  # alpha below and above which a texel is a hole or none
_NORMAL_SHARE: Final = 0.9  # of texels that are blue enough to be directions
_CUT_SHARE: Final = 0.9  # of texels that are one or the other: a stencil, not glass
_BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,  # Pillow's word for a broken PNG
    EOFError,
    struct.error,
    zlib.error,
    OverflowError,
    Image.DecompressionBombError,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a surface can carry. shrunk: it was larger than MAX_EDGE."""

    image: surface.Image
    width: int
    height: int
    shrunk: bool = False


def open_picture(content: bytes, name: str = "") -> Picture | None:
    """The picture as png, jpeg or webp; None when it is none or too large to be looked at.

    Only its header is read: bytes pass through. What browsers do not know (BMP, TGA, GIF) and
    what is longer than MAX_EDGE pixels is decoded and written anew.
    """
    try:
        with _opened(content) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                return None
            kind = _KEPT.get(picture.format or "")
            longest = max(picture.size)
            if kind is not None and longest <= MAX_EDGE:
                return Picture(surface.Image(content, kind, name), *picture.size)
            written, kind = _rewritten(picture)
            return Picture(surface.Image(written, kind, name), *picture.size, longest > MAX_EDGE)
    except _BROKEN:
        return None


def open_texture(content: bytes, longest: int = SAMPLED_EDGE) -> NDArray[np.uint8] | None:
    """(h, w, 4) sRGB and alpha, at most `longest` pixels wide and high; None when unreadable."""
    try:
        with _opened(content) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                return None
            picture.draft("RGB", (longest, longest))
            picture.thumbnail((longest, longest), Image.Resampling.BOX)
            return np.asarray(picture.convert("RGBA"), np.uint8)
    except _BROKEN:
        return None


def stacked(channels: Sequence[NDArray[np.uint8]]) -> bytes:
    """A PNG whose red, green, blue and alpha are these pictures' (h, w), brought to one size."""
    height = max(channel.shape[0] for channel in channels)
    width = max(channel.shape[1] for channel in channels)
    layers = [
        np.asarray(Image.fromarray(channel).resize((width, height), Image.Resampling.BILINEAR))
        if channel.shape != (height, width)
        else channel
        for channel in channels
    ]
    return encode_png(np.ascontiguousarray(np.stack(layers, axis=-1)))


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata; size is checked here
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            yield picture


def _rewritten(picture: Image.Image) -> tuple[bytes, Literal["image/jpeg", "image/png"]]:
    """The picture within MAX_EDGE: JPEG stays JPEG, all else becomes PNG."""
    lossy = picture.format == "JPEG"
    if lossy:
        picture.draft("RGB", (MAX_EDGE, MAX_EDGE))
    picture.thumbnail((MAX_EDGE, MAX_EDGE), Image.Resampling.BOX)
    stream = io.BytesIO()
    if lossy:
        picture.convert("RGB").save(stream, "JPEG", quality=92)
        return stream.getvalue(), "image/jpeg"
    clear = "A" in picture.getbands() or "transparency" in picture.info
    picture.convert("RGBA" if clear else "RGB").save(stream, "PNG", compress_level=4)
    return stream.getvalue(), "image/png"


def encode_png(texels: NDArray[np.uint8]) -> bytes:
    """A PNG of (h, w, 3 or 4) texels."""
    stream = io.BytesIO()
    Image.fromarray(texels).save(stream, "PNG", compress_level=4)
    return stream.getvalue()


def as_png(image: surface.Image) -> surface.Image:
    """The same picture as PNG, for readers of plain glTF 2.0, which has no WebP."""
    with _opened(image.content) as picture:
        clear = "A" in picture.getbands()
        stream = io.BytesIO()
        picture.convert("RGBA" if clear else "RGB").save(stream, "PNG", compress_level=4)
    return surface.Image(stream.getvalue(), "image/png", image.name)


def alpha_mode(texels: NDArray[np.uint8]) -> Literal["OPAQUE", "MASK", "BLEND"]:
    """What the alpha of a picture is for, in formats that do not say: nothing, holes or glass."""
    alpha = texels[..., 3]
    if int(alpha.min(initial=255)) >= _SOLID:
        return "OPAQUE"
    decided = np.count_nonzero((alpha <= _CLEAR) | (alpha >= _SOLID)) / alpha.size
    return "MASK" if decided >= _CUT_SHARE else "BLEND"


def holds_normals(texels: NDArray[np.uint8]) -> bool:
    """Whether a picture said to be a bump is a map of normals, as many programs write it."""
    red, green, blue = (texels[..., i].astype(np.int64) for i in range(3))
    length = (2 * red - 255) ** 2 + (2 * green - 255) ** 2 + (2 * blue - 255) ** 2
    unit = np.abs(length - 255**2) < 0.4 * 255**2
    outward = (blue > 140) & (blue - np.minimum(red, green) > 20)  # a grey is a height
    return bool(np.count_nonzero(unit & outward) >= _NORMAL_SHARE * blue.size)


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
