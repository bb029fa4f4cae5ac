import pytest
from live_builders import MARK, MEASUREMENT, REVISION, SECTION

from holotable.rooms.keys import KEY_RULES, check_value, rule_of

BOX = {
    "centre": [0.0, 1.0, 0.0],
    "half": [1.0, 2.0, 0.5],
    "rotation": [0.0, 0.0, 0.0, 1.0],
    "enabled": True,
    "cap": False,
}
COLOURS = {
    "title": "Material",
    "property": None,
    "groups": [{"label": "316L", "colour": "#2b7bd6", "ranges": [[0, 4]]}],
}


SHEET = {
    "id": "s1",
    "name": "Front",
    "camera": {
        "position": [0.0, 1.0, 5.0],
        "target": [0.0, 0.0, 0.0],
        "up": [0.0, 1.0, 0.0],
        "fov_rad": 0.8,
    },
    "marks": [],
}
OWNED = {"owner": "anna", "revision_id": REVISION}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("section/a-B_9", SECTION),
        ("section/a", {key: SECTION[key] for key in SECTION if key != "cap"}),
        (f"visibility/{REVISION}", {"hidden": [[0, 0], [2, 4294967294]], "isolated": True}),
        (f"ghost/{REVISION}", {"ghosted": []}),
        ("explode", {"amount": 1}),
        (
            "layers",
            {"items": [{"revision_id": REVISION, "ghosted": True, "transform": [1.0] * 16}]},
        ),
        ("explode", None),
        ("explode", {"amount": 0.5, "by": "assemblies", "along": "x", "only": [[1, 4]]}),
        ("section-box", BOX),
        (f"uncut/{REVISION}", {"uncut": [[3, 3]]}),
        (f"colour/{REVISION}", COLOURS),
        ("view", {"id": REVISION, "name": "Valve access"}),
        ("view", {"name": "Link"}),
        ("compare", {"revision_ids": [REVISION, REVISION], "mode": "slider", "slider": 0.25}),
        (
            "compare",
            {
                "revision_ids": [REVISION, REVISION],
                "mode": "overlay",
                "slider": 0.5,
                "kinds": ["added", "shape"],
                "palette": "patterns",
                "heat": True,
                "tolerance_m": 0.001,
                "stop": 3,
                "blink": True,
            },
        ),
        ("measurement/m1", OWNED | {"measurement": MEASUREMENT}),
        ("markup/k1", OWNED | {"mark": MARK}),
        ("markup/s1", OWNED | {"sheet": SHEET}),
        ("session/presenter", {"principal_id": REVISION}),
        ("session/rules", {}),
        ("session/rules", {"scene": "hosts", "present": "hosts", "guided": True, "locked": True}),
        ("session/host", {"principal_id": REVISION}),
        (f"session/listener/{REVISION}", {"name": "Ben"}),
        (f"session/removed/{REVISION}", {"name": "Ben"}),
    ],
)
def test_what_fits_is_accepted(key: str, value: object) -> None:
    assert check_value(key, value) is None  # type: ignore[arg-type]  # JSON


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("compare", {"revision_ids": [REVISION], "mode": "slider"}),
        ("compare", {"revision_ids": [REVISION, REVISION], "mode": "slider", "stop": -1}),
        ("compare", {"revision_ids": [REVISION, REVISION], "mode": "slider", "kinds": ["x"]}),
        ("compare", {"revision_ids": [REVISION, REVISION], "mode": "blink"}),
        ("measurement/m1", {"revision_id": REVISION, "measurement": MEASUREMENT}),
        ("measurement/m1", OWNED | {"measurement": MEASUREMENT | {"value": 1e13}}),
        ("measurement/m1", OWNED | {"measurement": MEASUREMENT | {"name": "x" * 201}}),
        ("measurement/m1", OWNED | {"measurement": MEASUREMENT, "note": "x"}),
        ("measurement/" + "m" * 65, OWNED | {"measurement": MEASUREMENT}),
        ("markup/k1", OWNED),
        ("markup/k1", OWNED | {"mark": MARK, "sheet": SHEET}),
        ("markup/k1", OWNED | {"mark": MARK | {"colour": "red"}}),
        ("session/rules", {"scene": "nobody"}),
        ("session/rules", {"locked": 1}),
        ("session/presenter", {"principal_id": "../x"}),
        ("session/presenter", {}),
        ("session/removed/", {"name": "Ben"}),
        ("session/listener/Ben", {"name": "Ben"}),
        ("session/else", {}),
    ],
)
def test_what_does_not_fit_is_refused(key: str, value: object) -> None:
    assert check_value(key, value) is not None  # type: ignore[arg-type]  # JSON


def test_a_drawing_larger_than_its_key_may_hold_is_refused() -> None:
    stroke = {"position": [0.123456789, 0.123456789, 0.123456789]}
    large = OWNED | {"mark": MARK | {"points": [stroke] * 2_000}}
    assert check_value("markup/k1", large) == "value is larger than 32768 bytes"  # type: ignore[arg-type]  # JSON


def test_no_key_falls_under_two_rules() -> None:
    keys = ["section/a", f"visibility/{REVISION}", f"ghost/{REVISION}", "explode", "layers"]
    keys += ["section-box", f"uncut/{REVISION}", f"colour/{REVISION}", "view"]
    keys += ["compare", "measurement/a", "markup/a", "session/presenter", "session/rules"]
    keys += ["session/host", "session/listener/a", "session/removed/a"]
    for key in keys:
        assert sum(rule.pattern.fullmatch(key) is not None for rule in KEY_RULES) == 1
        assert rule_of(key) is not None
    assert rule_of("chat") is None
