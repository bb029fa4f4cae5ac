import pytest
from live_builders import REVISION, SECTION

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
    ],
)
def test_what_fits_is_accepted(key: str, value: object) -> None:
    assert check_value(key, value) is None  # type: ignore[arg-type]  # JSON


def test_no_key_falls_under_two_rules() -> None:
    keys = ["section/a", f"visibility/{REVISION}", f"ghost/{REVISION}", "explode", "layers"]
    keys += ["section-box", f"uncut/{REVISION}", f"colour/{REVISION}", "view"]
    for key in keys:
        assert sum(rule.pattern.fullmatch(key) is not None for rule in KEY_RULES) == 1
        assert rule_of(key) is not None
    assert rule_of("chat") is None
