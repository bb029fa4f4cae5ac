"""Textured parts: the picture on the part is seen, and every state of the viewer holds for it."""

import io
from collections.abc import Callable
from pathlib import Path

from e2e.people import Person, add_asset
from mesh_files import data_uri, write_gltf
from PIL import Image
from playwright.sync_api import BrowserContext
from served import Api, Served

STRIPES = 8


def striped_panel(path: Path) -> Path:
    """A square metre of two triangles with a picture of eight stripes, red and green: no colour at its
    four corners could say that."""
    picture = Image.new("RGB", (64, 64))
    for x in range(64):
        colour = (220, 20, 20) if (x * STRIPES // 64) % 2 == 0 else (20, 200, 20)
        picture.paste(colour, (x, 0, x + 1, 64))
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    import numpy as np

    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], "<f4")
    uv = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], "<f4")
    indices = np.array([0, 1, 2, 0, 2, 3], "<u2")
    content = corners.tobytes() + uv.tobytes() + indices.tobytes()
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "Panel"}],
        "meshes": [
            {
                "name": "Panel",
                "primitives": [
                    {"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}
                ],
            }
        ],
        "materials": [
            {
                "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0},
                "doubleSided": True,
            }
        ],
        "textures": [{"source": 0}],
        "images": [
            {"uri": data_uri(encoded.getvalue()).replace("application/octet-stream", "image/png")}
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": 4, "type": "VEC2"},
            {"bufferView": 2, "componentType": 5123, "count": 6, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 48},
            {"buffer": 0, "byteOffset": 48, "byteLength": 32},
            {"buffer": 0, "byteOffset": 80, "byteLength": 12},
        ],
        "buffers": [{"byteLength": len(content), "uri": data_uri(content)}],
    }
    return write_gltf(path, document)


def stripes_seen(person: Person, tmp_path: Path) -> int:
    """Changes between red and green along the middle line of the viewport."""
    shot = Image.open(person.screenshot(tmp_path / "shot.png")).convert("RGB")
    box = person.viewport()
    y = int(box["y"] + box["height"] / 2)
    hues = []
    for x in range(int(box["x"]), int(box["x"] + box["width"])):
        red, green, blue = shot.getpixel((x, y))
        if max(red, green) - blue > 60 and abs(red - green) > 60:
            hue = "red" if red > green else "green"
            if not hues or hues[-1] != hue:
                hues.append(hue)
    return len(hues)


def test_a_picture_on_a_part_is_seen_and_goes_where_the_part_goes(
    shared_server: Served, owner: Api, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    made = add_asset(owner, striped_panel(tmp_path / "panel.gltf"), "Surfaces")
    mia = Person(open_context(), shared_server)
    mia.is_signed_in()
    mia.opens_viewer(made["asset"]["id"])
    mia.page.keyboard.press("1")
    mia.waits_for("ux.viewer.surfaces > 0")
    mia.page.evaluate("window.__ux.settled(90_000)")
    assert stripes_seen(mia, tmp_path) == STRIPES
    assert not mia.errors
    mia.screenshot(Path("build/e2e/surface.png"))
    mia.clicks_row("Panel")
    mia.see("viewport").focus()
    mia.page.keyboard.press("h")
    mia.waits_for("ux.viewer.surfaces === 0")
    assert stripes_seen(mia, tmp_path) == 0
    mia.page.keyboard.press("Control+z")
    mia.waits_for("ux.viewer.surfaces > 0")
    assert stripes_seen(mia, tmp_path) == STRIPES
