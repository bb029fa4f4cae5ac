import io
from pathlib import Path

import numpy as np
import pytest
from mesh_files import OPTIONS
from PIL import Image

from holotable.conversion.readers.assembly import Assembly
from holotable.conversion.readers.usd_guard import Guard
from holotable.conversion.readers.usd_library import Sdf
from holotable.conversion.readers.usd_pictures import Pictures


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    assembly = Assembly("usd", OPTIONS)
    for name, colour, size in (("a", (1, 2, 3), 2), ("b", (4, 5, 6), 4)):
        stream = io.BytesIO()
        Image.new("RGB", (size, size), colour).save(stream, "PNG")
        (tmp_path / f"{name}.png").write_bytes(stream.getvalue())
    (tmp_path / "broken.png").write_text("no picture")
    return Pictures(Guard(tmp_path, tmp_path, assembly), assembly)


def key(pictures: Pictures, name: str) -> str:
    path = pictures.guard.folder / name
    found = pictures.content(Sdf.AssetPath(name, str(path) if path.is_file() else ""))
    assert found is not None
    return found


def test_channels_of_several_pictures_become_one_of_the_larger_size(pictures: Pictures) -> None:
    joined = pictures.joined({1: (key(pictures, "a.png"), 0), 3: (key(pictures, "b.png"), 2)})
    assert joined is not None
    with Image.open(io.BytesIO(joined.image.content)) as made:
        assert made.size == (4, 4)
        assert np.asarray(made)[0, 0].tolist() == [255, 1, 255, 6]


def test_what_cannot_be_read_is_said_once(pictures: Pictures) -> None:
    broken = key(pictures, "broken.png")
    assert pictures.texels(broken) is None
    assert pictures.picture(broken) is None
    assert pictures.joined({0: (broken, 0)}) is None
    assert list(pictures.assembly._warnings) == ["picture_unreadable"]
    assert list(pictures.assembly._warnings["picture_unreadable"].values()) == [1]


def test_nothing_is_no_picture(pictures: Pictures) -> None:
    assert pictures.content(Sdf.AssetPath("")) is None
    assert pictures.content(Sdf.AssetPath("gone.png")) is None
    assert list(pictures.assembly._warnings) == ["missing_file"]
