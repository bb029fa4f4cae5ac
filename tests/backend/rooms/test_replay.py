"""State folded from the log is the state that participants had, operation by operation."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from live_builders import AT, REVISION, SECTION, enter, room, set_

from holotable.review.viewpoint import Viewpoint
from holotable.rooms.effects import Append
from holotable.rooms.protocol import Op
from holotable.rooms.replay import state_after, viewpoint_of

KEYS = ["explode", "section/a", "section/b", f"visibility/{REVISION}"]
VALUES: dict[str, Any] = {
    "explode": {"amount": 0.5, "by": "parts", "along": "radial", "only": None},
    "section/a": SECTION, "section/b": SECTION | {"enabled": False},
    f"visibility/{REVISION}": {"hidden": [[1, 3]], "isolated": False},
}  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(KEYS), st.booleans()),
        st.tuples(st.just("clear"), st.just("section/"), st.just(False)),
    ),
    max_size=30,
)


@settings(deadline=None, max_examples=80)
@given(STEPS)
def test_the_fold_equals_the_room_after_every_operation(
    steps: list[tuple[str, str, bool]],
) -> None:
    live = room()
    anna = enter(live)
    log: list[Op] = []
    for number, (kind, key, holds) in enumerate(steps, 1):
        value = VALUES[key] if kind == "set" and holds else None
        effects = live.receive(anna, set_(key, value, number, kind=kind), float(number), AT)
        log += [effect.op for effect in effects if isinstance(effect, Append)]
        assert state_after(log) == live.log.state


def state(values: dict[str, Any]) -> dict[str, Any]:
    return {key: {"value": value, "seq": 1, "by": {}} for key, value in values.items()}


def test_a_moment_as_a_saved_view_says_what_everybody_saw() -> None:
    camera = {"position": [1.0, 0.0, 0.0], "target": [0.0, 0.0, 0.0], "up": [0.0, 1.0, 0.0],
              "fov_rad": 0.8}  # fmt: skip
    said = viewpoint_of(
        state(
            VALUES
            | {
                "explode": {"amount": 2.0},
                f"ghost/{REVISION}": {"ghosted": [[5, 5]]},
                f"uncut/{REVISION}": {"uncut": [[7, 7]]},
                f"colour/{REVISION}": {
                    "title": "By hand", "property": None,
                    "groups": [{"label": "a", "colour": "#ff0000", "ranges": [[0, 0]]}],
                },
                "section-box": {
                    "centre": [0, 0, 0], "half": [1, 1, 1], "rotation": [0, 0, 0, 1],
                    "enabled": True, "cap": True,
                },
                "visibility/01890000-0000-7000-8000-0000000000ff": {"hidden": [[9, 9]]},
            }
        ),
        REVISION,
        camera,
    )  # fmt: skip
    view = Viewpoint.model_validate(said)
    assert view.camera is not None
    assert view.visibility is not None
    assert (view.visibility.hidden, view.visibility.ghosted) == ([(1, 3)], [(5, 5)])
    assert view.explode is not None
    assert view.explode.amount == 1.0
    assert view.sections is not None
    assert [plane.id for plane in view.sections.planes] == ["a", "b"]
    assert view.sections.box is not None
    assert view.sections.uncut == [(7, 7)]
    assert view.colouring is not None
    assert view.colouring.groups[0].parts == [(0, 0)]


def test_of_many_planes_those_that_cut_are_kept() -> None:
    planes = {f"section/p{n}": SECTION | {"enabled": n > 3} for n in range(10)}
    view = Viewpoint.model_validate(viewpoint_of(state(planes), REVISION, None))
    assert view.camera is None
    assert view.sections is not None
    assert [plane.enabled for plane in view.sections.planes] == [True] * 6


def test_nothing_shared_is_a_view_of_nothing_but_the_revision() -> None:
    assert viewpoint_of({}, REVISION, None) == {
        "format": "holotable-viewpoint/1", "revision_id": REVISION,
    }  # fmt: skip
