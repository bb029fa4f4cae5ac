"""Every rule of SPEC.md has a test named after it, and no test names a rule that is gone."""

import re
from pathlib import Path

import holotable.rooms

SPEC = Path(holotable.rooms.__file__).parent / "SPEC.md"
TESTS = Path(__file__).parents[2]
PLACES = ("backend/rooms/test_*.py", "backend/web/test_live.py", "contracts/test_lane.py")


def test_rules_and_tests_name_each_other() -> None:
    rules = re.findall(r"^- \*\*([A-Z]+\d+)\*\*", SPEC.read_text(encoding="utf-8"), re.M)
    tests = {
        name.upper()
        for place in PLACES
        for path in TESTS.glob(place)
        for name in re.findall(r"def test_((?:rec|[a-z])\d+)_", path.read_text(encoding="utf-8"))
    }
    assert len(rules) == len(set(rules)), "a rule is written twice"
    assert set(rules) == tests
