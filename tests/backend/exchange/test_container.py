"""The zip that has one form: others open it, and what is not exactly so is refused."""

import io
import zipfile

import pytest

from holotable.exchange import container
from holotable.exchange.container import Malformed, content, packed, read, read_all, write

TEXT = b"words " * 500


def made() -> bytes:
    target = io.BytesIO()
    members = [("a.txt", TEXT, packed(TEXT)), ("b/c.bin", b"\0\1\2", None), ("empty", b"", None)]
    assert write(target, members) == len(target.getvalue())
    return target.getvalue()


def reading(data: bytes) -> dict[str, bytes]:
    source = io.BytesIO(data)
    return {one.name: read_all(source, one, 1 << 20) for one in read(source, len(data))}


def test_any_tool_opens_it_and_finds_the_same_bytes() -> None:
    with zipfile.ZipFile(io.BytesIO(made())) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == reading(made())
    assert reading(made()) == {"a.txt": TEXT, "b/c.bin": b"\0\1\2", "empty": b""}


def test_the_same_content_is_the_same_bytes() -> None:
    assert made() == made()


def test_every_bit_of_head_and_table_is_looked_at() -> None:
    data = made()
    source = io.BytesIO(data)
    bodies = [range(one.offset, one.offset + one.packed) for one in read(source, len(data))]
    for at in range(len(data)):
        if any(at in body for body in bodies):
            continue
        for bit in range(8):
            broken = bytearray(data)
            broken[at] ^= 1 << bit
            with pytest.raises(Malformed):
                reading(bytes(broken))


@pytest.mark.parametrize(
    "change",
    [lambda d: d[:-1], lambda d: d + b"\0", lambda d: b"\0" + d, lambda d: d[:40], lambda d: b""],
    ids=["cut", "longer", "before", "stump", "nothing"],
)
def test_more_or_less_than_it_is_no_zip_of_ours(change: object) -> None:
    with pytest.raises(Malformed):
        reading(change(made()))  # type: ignore[operator]  # a lambda above


def test_a_zip_of_another_program_is_refused_as_such() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as other:
        other.writestr("a.txt", TEXT)
        other.comment = b"hello"
    with pytest.raises(Malformed):
        reading(target.getvalue())


def test_a_bomb_is_stopped_at_the_size_it_says_and_at_the_size_allowed() -> None:
    body = packed(bytes(50 << 20))
    target = io.BytesIO()
    write(target, [("bomb", b"tiny", body)])  # says 4 bytes
    source = io.BytesIO(target.getvalue())
    (member,) = read(source, len(target.getvalue()))
    with pytest.raises(Malformed, match="larger than it says"):
        read_all(source, member, 1 << 30)
    honest = io.BytesIO()
    write(honest, [("bomb", bytes(2 << 20), packed(bytes(2 << 20)))])
    (member,) = read(honest, len(honest.getvalue()))
    with pytest.raises(Malformed, match="larger than any"):
        list(content(honest, member, 1 << 20))
    assert max(len(piece) for piece in content(honest, member, 2 << 20)) <= 1 << 20


def test_a_name_that_stands_twice_is_refused() -> None:
    target = io.BytesIO()
    write(target, [("a", b"1", None), ("a", b"2", None)])
    with pytest.raises(Malformed, match="twice"):
        reading(target.getvalue())


def test_what_is_beyond_32_bits_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_BYTES", 100)
    with pytest.raises(ValueError, match="too large"):
        write(io.BytesIO(), [("a", bytes(200), None)])
