"""Why a room refuses; rules C24 and C25, and that the page has words for every reason."""

import re
from pathlib import Path

from live_builders import does, enter, hello_of, joiner, messages, reopened, room

from holotable.review.roles import Role
from holotable.rooms.conduct import REASONS
from holotable.rooms.reasons import SENTENCES, Reason

WORDS = Path(__file__).parents[3] / "frontend" / "src" / "state" / "messages"


def test_c25_every_reason_has_a_sentence_and_words_in_both_languages() -> None:
    assert set(SENTENCES) == set(Reason)
    assert set(REASONS.values()) < set(Reason)
    for language in ("en", "de"):
        text = (WORDS / language / "door.ts").read_text(encoding="utf-8")
        assert set(re.findall(r'"reason\.(\w+)"', text)) == {reason.value for reason in Reason}


def test_c24_guided_is_stored_told_to_newcomers_and_set_by_the_host_alone() -> None:
    live = room()
    anna, ben = enter(live), enter(live, "Ben", Role.REVIEWER)
    refused = does(live, ben, "session/rules", {"guided": True})
    assert messages(refused)[0]["reason"] == "hosts"  # type: ignore[typeddict-item]  # a Nak
    does(live, anna, "session/rules", {"guided": True})
    assert live.floor.rules.guided
    there = reopened(live)
    joined = there.join(joiner("Cleo"), 0.0)
    assert joined is not None
    assert hello_of(joined[1])["state"]["session/rules"]["value"] == {"guided": True}
