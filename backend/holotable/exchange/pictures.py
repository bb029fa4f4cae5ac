"""Pictures that strangers took, read carefully: three formats, a bound on their pixels."""

import io
import warnings
from typing import Final

from PIL import Image

from holotable.exchange.topics import Picture

MAX_PIXELS: Final = 40_000_000
_FORMATS: Final = ("PNG", "JPEG", "WEBP")


def size_of(picture: Picture) -> tuple[int, int] | None:
    """Width and height; None when it is no picture."""
    try:
        with Image.open(io.BytesIO(picture.content), formats=_FORMATS) as opened:
            return opened.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def as_png(picture: Picture, most: int | None = None) -> bytes | None:
    """The picture as PNG, at most `most` pixels wide and high; None when it cannot be read."""
    if picture.media_type == "image/png" and most is None:
        return picture.content
    return _written(picture, "PNG", most)


def as_jpeg(picture: Picture, most: int) -> bytes | None:
    """The picture as JPEG on white, at most `most` pixels wide and high; None when unreadable."""
    return _written(picture, "JPEG", most)


def _written(picture: Picture, kind: str, most: int | None) -> bytes | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(picture.content), formats=_FORMATS)
        with opened:
            if opened.width * opened.height > MAX_PIXELS:
                return None
            image = opened.convert("RGBA")
            if most is not None:
                image.thumbnail((most, most))
            if kind == "JPEG":
                flat = Image.new("RGB", image.size, "white")
                flat.paste(image, mask=image.getchannel("A"))
                image = flat
            target = io.BytesIO()
            image.save(target, kind, quality=85)
            return target.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
