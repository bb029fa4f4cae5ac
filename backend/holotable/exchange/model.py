"""model.glb of a scene package as others get it: with what its placement corrects, nothing else."""

import json
import struct
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

_JSON: Final = 0x4E4F534A


def placed(glb: bytes, correction: Floats) -> bytes:
    """The same model below one more node that carries the correction; as it is when there is none.

    correction: (4, 4), of `review.placement`: unit and up axis.
    raises: ValueError when this is no GLB of ours.
    """
    if np.array_equal(correction, np.eye(4)):
        return glb
    try:
        magic, version, _ = struct.unpack_from("<4sII", glb)
        length, kind = struct.unpack_from("<II", glb, 12)
        if magic != b"glTF" or version != 2 or kind != _JSON:
            raise ValueError("no GLB")
        document: dict[str, Any] = json.loads(glb[20 : 20 + length])
        scene = document["scenes"][document.get("scene", 0)]
        nodes: list[Any] = document.setdefault("nodes", [])
        roots = scene.get("nodes", [])
    except (struct.error, KeyError, IndexError, TypeError, AttributeError) as problem:
        raise ValueError("no GLB") from problem
    if not roots:
        return glb
    # glTF 2.0 §3.5.2: a matrix is column by column; one root more, so that rows keep their nodes.
    nodes.append(
        {"name": "placement", "matrix": correction.T.reshape(-1).tolist(), "children": roots}
    )
    scene["nodes"] = [len(nodes) - 1]
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    rest = glb[20 + length :]
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    return head + struct.pack("<II", len(text), _JSON) + text + rest
