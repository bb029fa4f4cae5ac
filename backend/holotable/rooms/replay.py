"""What a room looked like at any moment, folded from its log: pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from holotable.review.viewpoint import FORMAT
from holotable.rooms.log import apply
from holotable.rooms.protocol import Held, Op

MAX_PLANES: Final = 6  # of a viewpoint


def state_after(operations: Iterable[Op]) -> dict[str, Held]:
    """Shared state as these operations left it; ascending, from the first one on.

    What was replaced later may be missing: of each key the last set suffices, and every clear.
    """
    state: dict[str, Held] = {}
    for operation in operations:
        apply(state, operation)
    return state


def viewpoint_of(
    state: Mapping[str, Held], revision_id: str, camera: Mapping[str, Any] | None
) -> dict[str, Any]:  # holotable-viewpoint/1
    """What everybody saw in that state, as a saved view of the session's revision.

    camera: of holotable-viewpoint/1, or None: views say nothing of it then.
    """
    said: dict[str, Any] = {"format": FORMAT, "revision_id": revision_id}
    if camera is not None:
        said["camera"] = dict(camera)
    value: dict[str, Any] = {key: held["value"] for key, held in state.items()}

    def of_revision(kind: str) -> dict[str, Any]:
        found = value.get(f"{kind}/{revision_id}")
        return found if isinstance(found, dict) else {}

    visibility, ghosts = of_revision("visibility"), of_revision("ghost")
    if visibility or ghosts:
        said["visibility"] = {
            "hidden": visibility.get("hidden", []),
            "isolated": visibility.get("isolated", False),
            "ghosted": ghosts.get("ghosted", []),
        }
    sections = _sections(value, of_revision("uncut"))
    if sections:
        said["sections"] = sections
    explode = value.get("explode")
    if isinstance(explode, dict):
        said["explode"] = {**explode, "amount": min(1.0, explode["amount"])}
    colour = of_revision("colour")
    if colour:
        groups = [
            {"label": one["label"], "colour": one["colour"], "parts": one["ranges"]}
            for one in colour["groups"]
        ]
        said["colouring"] = {
            "title": colour["title"],
            "property": colour.get("property"),
            "groups": groups,
        }
    return said


def _sections(value: Mapping[str, Any], uncut: Mapping[str, Any]) -> dict[str, Any]:
    planes = [
        {"id": key.removeprefix("section/"), **plane}
        for key, plane in value.items()
        if key.startswith("section/")
    ]
    planes.sort(key=lambda plane: not plane["enabled"])  # those that cut come first
    sections: dict[str, Any] = {}
    if planes:
        sections["planes"] = planes[:MAX_PLANES]
    if value.get("section-box") is not None:
        sections["box"] = value["section-box"]
    if uncut:
        sections["uncut"] = uncut.get("uncut", [])
    return sections
