"""Write the wire vectors of the live room: `python tests/vectors/make_live.py`.

Values are powers of two where they must survive float32, so that both languages compare exactly.
"""

import json
import math
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pose_codec import NO_OCCURRENCE, Pose, encode

HERE = Path(__file__).parent
HALF = math.sqrt(0.5)
UPRIGHT = (0.0, 0.0, 0.0, 1.0)

POSES = {
    "head only": Pose(0, (0.0, 1.5, 0.0, *UPRIGHT)),
    "desktop with perspective lens and pointer on a part": Pose(
        12345, (1.0, 2.0, -3.5, 0.0, HALF, 0.0, HALF), lens=(4.25, 0.78125, 1.5),
        pointer=(0, 4711, 0.125, -0.25, 0.5),
    ),
    "orthographic, pointer on nothing": Pose(
        65535, (0.0, 10.0, 0.0, -HALF, 0.0, 0.0, HALF), lens=(8.0, -2.5, 0.5625),
        pointer=(0, NO_OCCURRENCE, 1.0, 0.0, -1.0),
    ),
    "headset with both hands and laser": Pose(
        500, (0.5, 1.75, 0.25, 0.5, 0.5, 0.5, 0.5), scale=16.0, laser=True,
        pointer=(2, 0, 0.0, 0.0, 0.0),
        left=(-0.25, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0), right=(0.25, 1.0, 0.0, 0.0, 0.0, -HALF, HALF),
    ),
}  # fmt: skip

FRAMES = [
    {"name": "nobody moved", "tick": 0, "full": False, "poses": []},
    {"name": "one of them", "tick": 7, "full": False, "poses": [[0, "0102"]]},
    {"name": "everybody", "tick": 4294967295, "full": True,
     "poses": [[3, ""], [258, "ff" * 256], [4095, "00"]]},
    {"name": "some of a crowd, in turn", "tick": 9, "full": False, "in_turn": True,
     "poses": [[6, "0102"]]},
]  # fmt: skip


def frame_hex(frame: dict) -> str:
    body = b"".join(
        slot.to_bytes(2, "little") + (len(hexed) // 2).to_bytes(2, "little") + bytes.fromhex(hexed)
        for slot, hexed in frame["poses"]
    )
    flags = (1 if frame["full"] else 0) | (2 if frame.get("in_turn") else 0)
    head = bytes((1, flags)) + frame["tick"].to_bytes(4, "little")
    return (head + len(frame["poses"]).to_bytes(2, "little") + body).hex()


def write(name: str, content: object) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(
        "pose.json",
        [{"name": name, **asdict(pose), "hex": encode(pose).hex()} for name, pose in POSES.items()],
    )
    write("presence.json", [frame | {"hex": frame_hex(frame)} for frame in FRAMES])
