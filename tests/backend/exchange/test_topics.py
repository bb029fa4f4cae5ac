"""Issues as they leave the house."""

from result_builders import topic


def test_an_issue_is_named_as_bcf_names_it() -> None:
    assert topic(7).server_id == "ISSUE-00007"
