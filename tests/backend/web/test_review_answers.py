"""What requests say becomes rules and lines that are kept."""

from uuid import UUID, uuid4

from holotable.review.approval import Rule
from holotable.reviews import CheckItem
from holotable.web.review_answers import ChecklistItem, RuleModel, items_from, rule_from, rule_model


def test_a_rule_survives_the_request_and_the_answer() -> None:
    people = frozenset({uuid4(), uuid4()})
    rule = Rule(kind="count", count=2, must=people, signature=True, block_on_coverage=True)
    assert rule_from(rule_model(rule)) == rule
    assert rule_from(RuleModel()) == Rule()


def test_lines_of_a_checklist_keep_ids_that_are_known_and_no_others() -> None:
    before = (CheckItem("one", "Weight"),)
    said = [
        ChecklistItem(id="one", text=" Weight below 2 kg "),
        ChecklistItem(id="forged", text="Cost"),
        ChecklistItem(text="Noise"),
    ]
    made = items_from(said, before)
    assert made[0] == CheckItem("one", "Weight below 2 kg")
    assert [item.text for item in made[1:]] == ["Cost", "Noise"]
    assert all(UUID(item.id) for item in made[1:])
    assert len({item.id for item in made}) == 3
