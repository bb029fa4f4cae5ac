"""Pictures of a USD scene: each read once, and put together anew where channels stand elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from holotable.conversion.archive import shown
from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.textures import Picture, open_picture, open_texture, stacked
from holotable.conversion.readers.usd_guard import Guard

_WITHOUT: Final = "its surfaces are shown in plain colours"
_UDIM: Final = "<UDIM>"


@dataclass(slots=True)
class Pictures:
    """The pictures of a stage by a key of ours."""

    guard: Guard
    assembly: Assembly
    _content: dict[str, bytes] = field(default_factory=dict)
    _texels: dict[str, NDArray[np.uint8] | None] = field(default_factory=dict)

    def content(self, asset: Any) -> str | None:
        """The key of a picture, read once; None when it cannot be had."""
        named, found = str(asset.path), str(asset.resolvedPath)
        key = found or named
        if not named:
            return None
        if _UDIM in named:
            self.assembly.warn(
                "picture_unreadable", f"Pictures in UDIM tiles are not read; {_WITHOUT}."
            )
            return None
        if key not in self._content:
            self._content[key] = self.guard.side_file(asset, _WITHOUT) or b""
        return key if self._content[key] else None

    def texels(self, key: str) -> NDArray[np.uint8] | None:
        """(h, w, 4) of a picture, at most 1,024 pixels wide and high."""
        if key not in self._texels:
            self._texels[key] = found = open_texture(self._content[key])
            if found is None:
                self._warn_unreadable(key)
        return self._texels[key]

    def picture(self, key: str) -> Picture | None:
        """A picture as surfaces carry it."""
        found = open_picture(self._content[key], _name_of(key))
        if found is None and key not in self._texels:
            self._warn_unreadable(key)
        return found

    def joined(self, sources: Mapping[int, tuple[str, int]]) -> Picture | None:
        """A picture of other pictures' channels: channel here → key and channel there."""
        name = "+".join(f"{place}={key}:{there}" for place, (key, there) in sources.items())
        if name not in self._content:
            white = np.full((1, 1), 255, np.uint8)
            channels = [white] * (4 if 3 in sources else 3)
            for place, (key, there) in sources.items():
                texels = self.texels(key)
                if texels is None:
                    return None
                channels[place] = np.ascontiguousarray(texels[..., there])
            self._content[name] = stacked(channels)
        return open_picture(self._content[name], _name_of(next(iter(sources.values()))[0]))

    def _warn_unreadable(self, key: str) -> None:
        self.assembly.warn(
            "picture_unreadable", f"{shown(_name_of(key))} cannot be read; {_WITHOUT}."
        )


def _name_of(key: str) -> str:
    return key.replace("[", "/").rstrip("]").rpartition("/")[2]
