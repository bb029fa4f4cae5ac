import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from holotable.rooms.protocol import Malformed, ServerMessage, encode, parse

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "messages.json").read_text(encoding="utf-8")
)
SERVER: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)


def ids(vector: dict[str, Any]) -> str:
    return str(vector["name"])


@pytest.mark.parametrize("vector", VECTORS["client"], ids=ids)
def test_client_messages_of_the_vectors_are_told_apart(vector: dict[str, Any]) -> None:
    parsed = parse(json.dumps(vector["message"]))
    assert isinstance(parsed, Malformed) is not vector["valid"]
    if not isinstance(parsed, Malformed):
        again = json.loads(parsed.model_dump_json(exclude_unset=True))
        assert again == vector["message"]


@pytest.mark.parametrize("vector", VECTORS["server"], ids=ids)
def test_server_messages_of_the_vectors_are_what_the_types_say(vector: dict[str, Any]) -> None:
    message = SERVER.validate_python(vector["message"], strict=True)
    assert json.loads(encode(message)) == vector["message"]


def test_a_refusal_names_the_number_the_client_waits_for() -> None:
    parsed = parse('{"t":"op","cid":"client-one","cseq":7,"kind":"set","key":3}')
    assert isinstance(parsed, Malformed)
    assert parsed.cseq == 7
    assert "key" in parsed.detail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"op"',
        "[" * 60_000,
        '{"t":"ping","ts":NaN}',
        '{"t":"sig","to":1,"d":{"a":Infinity}}',
        '{"t":"sig","to":1,"d":"' + "x" * 17_000 + '"}',
        '{"t":"chat","cid":"client-one","cseq":1,"text":"\\u0000"}',
        '{"t":"chat","cid":"client-one","cseq":1,"text":"\\ud800"}',
        '{"t":"chat","cid":"client-one","cseq":1e400,"text":"x"}',
        '{"t":"chat","cid":"client-one","cseq":true,"text":"x"}',
        '{"t":"chat","cid":"client-one","cseq":1,"text":"' + "x" * 4_001 + '"}',
        '{"t":"op","cid":"client-one","cseq":1,"kind":"chat","key":"","value":{"text":"x"}}',
    ],
)
def test_what_is_no_message_is_malformed(text: str) -> None:
    assert isinstance(parse(text), Malformed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)
FIELDS = ["t", "cid", "cseq", "kind", "key", "value", "text", "ts", "to", "d", "base"]
WORDS = ["op", "chat", "preview", "status", "ping", "sig", "set", "clear", "explode", "section/a"]


@settings(deadline=None)  # the machine may be busy
@given(st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(WORDS) | JSON))
def test_parsing_never_raises_and_what_it_accepts_can_be_sent_on(message: dict[str, Any]) -> None:
    parsed = parse(json.dumps(message))
    if not isinstance(parsed, Malformed):
        assert parsed.model_dump_json()


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_parsing_any_text_never_raises(text: str) -> None:
    parse(text)
