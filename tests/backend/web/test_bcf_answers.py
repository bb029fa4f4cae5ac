"""Entities of the BCF API: bare JSON with an ETag of its content."""

import json

from starlette.requests import Request

from holotable.review.roles import Role
from holotable.web.bcf_answers import entity, topic_actions


def request(method: str = "GET", tag: str = "") -> Request:
    headers = [(b"if-none-match", tag.encode())] if tag else []
    return Request({"type": "http", "method": method, "headers": headers})


def test_the_tag_is_of_the_content_and_spares_sending_it_again() -> None:
    first = entity(request(), [{"a": "ü"}])
    assert json.loads(bytes(first.body)) == [{"a": "ü"}]
    tag = first.headers["etag"]
    assert entity(request(tag=f'"x", {tag}'), [{"a": "ü"}]).status_code == 304
    assert entity(request(tag=tag), [{"a": "u"}]).status_code == 200
    assert entity(request("PUT", tag), [{"a": "ü"}], 201).status_code == 201


def test_who_only_looks_has_no_actions() -> None:
    assert topic_actions(Role.VIEWER) == []
    assert "update" in topic_actions(Role.REVIEWER)
