"""`holotable verify`: every bit of a packet, every file of it, and who signed it."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from result_builders import KEY, OTHER_KEY, contents, packet

from holotable.exchange import container
from holotable.exchange import packet as packets
from holotable.exchange.packet_check import Finding, Verdict, check_packet, describe


def check(data: bytes, folder: Path, *trusted: object) -> Verdict:
    file = folder / "packet.zip"
    file.write_bytes(data)
    return check_packet(file, trusted)  # type: ignore[arg-type]  # keys, all of them


def rebuilt(data: bytes, **changed: bytes | None) -> bytes:
    """The packet with other members, in a container that is right: None takes one out."""
    source = io.BytesIO(data)
    target = io.BytesIO()
    members: list[tuple[str, bytes, bytes | None]] = []
    for one in container.read(source, len(data)):
        content = container.read_all(source, one, 1 << 30)
        new = changed.pop(one.name, content)
        if new is not None:
            deflated = container.packed(new) if one.method == container.DEFLATED else None
            members.append((one.name, new, deflated))
    members += [(name, new, None) for name, new in changed.items() if new is not None]
    container.write(target, members)
    return target.getvalue()


def wrong(verdict: Verdict) -> list[str]:
    return [one.file for one in verdict.findings]


def test_a_packet_holds_and_says_whose_key_it_is(tmp_path: Path) -> None:
    alone = check(packet(), tmp_path)
    assert (alone.findings, alone.holds, alone.trusted) == ((), True, None)
    assert alone.key_id == KEY.public.id
    trusted = check(packet(), tmp_path, OTHER_KEY.public, KEY.public)
    assert (trusted.holds, trusted.trusted) == (True, True)
    stranger = check(packet(), tmp_path, OTHER_KEY.public)
    assert (stranger.holds, stranger.trusted, stranger.findings) == (False, False, ())


def test_a_bit_flipped_anywhere_in_the_zip_is_found(tmp_path: Path) -> None:
    """Content, heads, table of contents: of every ninth byte one bit, which one by the place.

    All eight of the first and last 60 bytes; test_container.py tries every bit that is no content.
    """
    data = packet(contents(model=b"glTF" + bytes(300)))
    assert check(data, tmp_path).holds
    ends = {*range(60), *range(len(data) - 60, len(data))}
    missed = []
    for at in sorted({*range(0, len(data), 9), *ends}):
        for bit in range(8) if at in ends else (at * 5 % 8,):
            broken = bytearray(data)
            broken[at] ^= 1 << bit
            if check(bytes(broken), tmp_path).holds:
                missed.append((at, bit))
    assert missed == []


def test_the_bits_of_deflate_that_nobody_reads_are_signed_too(tmp_path: Path) -> None:
    data = packet()
    tried = 0
    for one in container.read(io.BytesIO(data), len(data)):
        if one.method == container.DEFLATED:
            for bit in range(8):
                broken = bytearray(data)
                broken[one.offset + one.packed - 1] ^= 1 << bit
                verdict = check(bytes(broken), tmp_path)
                assert one.name in wrong(verdict)
                tried += 1
    assert tried >= 8


def test_random_flips_in_each_member_name_that_member(tmp_path: Path) -> None:
    seed = 20261123
    chance = random.Random(seed)
    data = packet()
    for one in container.read(io.BytesIO(data), len(data)):
        for _ in range(12):
            broken = bytearray(data)
            at = one.offset + chance.randrange(one.packed)
            broken[at] ^= 1 << chance.randrange(8)
            verdict = check(bytes(broken), tmp_path)
            assert not verdict.holds, (seed, one.name, at)
            # A flipped manifest or key makes everything that hangs on it wrong as well.
            expected = packets.VIEWER if one.name == packets.VIEWER_SIGNATURE else one.name
            assert expected in wrong(verdict), (seed, one.name, at, verdict.findings)


@pytest.mark.parametrize(
    ("change", "files"),
    [
        ({"decisions.json": b"{}"}, ["decisions.json"]),
        ({"report.pdf": None}, ["report.pdf"]),
        ({"extra.txt": b"hello"}, ["extra.txt"]),
        ({"viewer/index.html": b"<p>Signature valid"}, ["viewer/index.html"]),
        ({"viewer/signature": None}, ["viewer/signature"]),
        ({"manifest.json": None}, ["manifest.json"]),
        ({"manifest.json": b"{}"}, ["manifest.json"]),
        ({"signature": bytes(64)}, ["signature"]),
        ({"public_key.pem": OTHER_KEY.public.pem},
         ["public_key.pem", "signature", "viewer/index.html"]),
        ({"public_key.pem": KEY.public.pem + b"\n"}, ["public_key.pem"]),
        ({"log.jsonl": b"{}\n"}, ["log.jsonl", "log.jsonl"]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_what_is_wrong_missing_or_extra_is_named(
    change: dict[str, bytes | None], files: list[str], tmp_path: Path
) -> None:
    verdict = check(rebuilt(packet(), **change), tmp_path)
    assert not verdict.holds
    assert wrong(verdict) == files


def test_a_broken_log_says_its_line_even_when_the_hash_is_wrong_anyway(tmp_path: Path) -> None:
    data = packet()
    source = io.BytesIO(data)
    members = container.names(container.read(source, len(data)))
    log = container.read_all(source, members["log.jsonl"], 1 << 20)
    broken = rebuilt(data, **{"log.jsonl": log.replace(b'"after":"approve"', b'"after":"reject!"')})
    said = check(broken, tmp_path).findings
    assert Finding("log.jsonl", "line 3: it does not follow the line before it") in said


def test_a_whole_new_packet_by_another_key_holds_but_is_not_trusted(tmp_path: Path) -> None:
    forged = packet(key=OTHER_KEY)
    assert check(forged, tmp_path).holds  # nothing was changed since *somebody* signed it
    assert not check(forged, tmp_path, KEY.public).holds
    said = "\n".join(describe(check(forged, tmp_path)))
    assert "nobody vouches for it" in said


def test_zips_that_are_none_of_ours_end_at_once(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("manifest.json", bytes(30 << 20))
        bomb.writestr("../../etc/passwd", b"x")
    for data in (target.getvalue(), b"", b"PK\x05\x06" + bytes(18), bytes(1 << 20)):
        assert not check(data, tmp_path).holds


def test_a_packet_cannot_steer_the_terminal(tmp_path: Path) -> None:
    from result_builders import result

    odd = packet(contents(result=result(asset="\x1b[2J\x1b]0;owned\x07Gear")))
    lines = describe(check(odd, tmp_path))
    assert all(line.isprintable() for line in lines)
    assert any("Gear" in line for line in lines)
