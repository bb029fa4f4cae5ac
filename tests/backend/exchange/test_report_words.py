"""Both languages say the same things; numbers, times and changes as each writes them."""

import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from result_builders import NOW, STOP

from holotable.exchange import report_words
from holotable.exchange.report_words import LANGUAGES, Words

ENGLISH, GERMAN = Words("en"), Words("de", ZoneInfo("Europe/Berlin"))


def test_german_has_every_text_with_the_same_holes() -> None:
    texts = report_words._TEXTS
    assert set(LANGUAGES) == {"en", "de"}
    assert set(texts["en"]) == set(texts["de"])
    holes = {
        language: {key: set(re.findall(r"\{\w+\}", text)) for key, text in texts[language].items()}
        for language in LANGUAGES
    }
    assert holes["en"] == holes["de"]


def test_times_are_utc_and_beside_it_the_zone_with_its_day() -> None:
    assert ENGLISH.moment(NOW) == "2026-11-23 23:30 UTC"
    assert GERMAN.moment(NOW) == "2026-11-23 23:30 UTC (2026-11-24 00:30 CET)"
    assert (ENGLISH.day(date(2026, 1, 2)), GERMAN.day(date(2026, 1, 2))) == (
        "2026-01-02", "02.01.2026"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("remark", "english", "german"),
    [
        (STOP["remarks"][0], "hole Ø 6.0 → Ø 6.5 (×8)", "Bohrung Ø 6,0 → Ø 6,5 (×8)"),
        ({"kind": "mass", "by": -0.032}, "mass −3.2 %", "Masse −3,2 %"),
        (
            {"kind": "centre_of_mass", "vector": [0.0018, 0, -0.002]},
            "centre of mass +1.8 mm X, −2.0 mm Z",
            "Schwerpunkt +1,8 mm X, −2,0 mm Z",
        ),
        ({"kind": "face_moved", "by": 0.002}, "face moved +2.0 mm", "Fläche um +2,0 mm verschoben"),
        ({"kind": "faces_added", "count": 3}, "3 faces added", "3 Flächen neu"),
        ({"kind": "from_later", "text": "as it says"}, "as it says", "as it says"),
        ({"kind": "size", "vector": [0, 0, 0], "approximate": True}, "≈ bounding box 0 mm",
         "≈ Hüllquader 0 mm"),
    ],
    ids=["hole", "mass", "centre", "face", "faces", "later", "size"],
)  # fmt: skip
def test_changes_are_said_in_an_engineers_words(
    remark: dict[str, object], english: str, german: str
) -> None:
    assert (ENGLISH.remark(remark), GERMAN.remark(remark)) == (english, german)


def test_what_moved_says_how_far_and_how_much_it_turned() -> None:
    move = {"distance_m": 0.0125, "angle_rad": 0.0}
    assert ENGLISH.stop({"move": move}) == "moved 12.5 mm"
    turned = {"distance_m": 0.0, "angle_rad": 1.5707963267948966}
    assert GERMAN.stop({"move": turned}) == "um 90,0° gedreht"
    assert ENGLISH.stop({}) == ""


def test_what_people_write_is_no_template() -> None:
    assert ENGLISH("signed", meaning="{names} {meaning}") == "signed: {names} {meaning}"
    assert ENGLISH.known("state", "of_a_later_server") == "of a later server"
