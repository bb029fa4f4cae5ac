"""docs/api/webhooks.md is true: its receiver runs, its types and codes are those of the code."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from holotable import errors
from holotable.exchange.webhook_signature import new_secret, signed_headers
from holotable.review.happening import What
from holotable.webhook_courier import BACK_OFF_S

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "api" / "webhooks.md").read_text()


def test_the_receiver_of_the_page_verifies_and_handles_each_event_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Flask is a stand-in here: the page's ten lines need its decorator and its request alone."""
    request = SimpleNamespace(headers={}, get_data=lambda: body.encode())
    routes: dict[str, Any] = {}

    class Flask:
        def __init__(self, _name: str) -> None:
            return

        def post(self, path: str) -> Any:
            return lambda handler: routes.setdefault(path, handler)

    module = ModuleType("flask")
    vars(module).update(Flask=Flask, request=request)
    monkeypatch.setitem(__import__("sys").modules, "flask", module)
    source = re.search(r"```python\n(.*?)```", PAGE, re.S)
    assert source is not None
    secret = new_secret()
    exec(source[1], {"SECRET": secret, "__name__": "receiver"})
    event = {"id": "e1", "type": "dev.holotable.issue.created.v1", "data": {"url": "https://x/"}}
    body = json.dumps(event)
    request.headers = signed_headers([secret], "e1", datetime.now(UTC), body)
    handler = routes["/holotable"]
    assert [handler(), handler()] == [("", 204)] * 2
    assert capsys.readouterr().out == "dev.holotable.issue.created.v1 https://x/\n"
    request.headers = signed_headers([new_secret()], "e1", datetime.now(UTC), body)
    with pytest.raises(Exception, match="No matching signature"):
        handler()


def test_the_page_names_every_type_and_no_other() -> None:
    table = PAGE[PAGE.index("| kind | types") :].split("\n\n")[0]
    named = set()
    for line in table.splitlines()[2:]:
        kind = line.split("|")[1].strip()
        words = re.findall(r"`([a-z_.]+)`", line)
        named |= {word if not word.startswith(".") else kind + word for word in words}
    assert named == {one.value for one in What} - {"webhook.test"}


def test_the_page_names_codes_and_pauses_as_they_are() -> None:
    known = {one.code for one in vars(errors).values() if hasattr(one, "code")}
    said = set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.M)) | {"cursor_expired", "cursor_unknown"}
    assert said <= known
    assert len(said) == 8
    assert (5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24))) == BACK_OFF_S
    assert "5 s, 5 min, 30 min, 2 h, 5 h,\n10 h, 14 h, 20 h and 24 h" in PAGE
