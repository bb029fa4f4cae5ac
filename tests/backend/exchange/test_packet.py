"""What a packet holds, that it is the same each time, and that a stranger can verify it."""

import base64
import gzip
import io
import json
import re
import zipfile
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from result_builders import KEY, TEMPLATE, contents, packet, result, topic

from holotable.errors import PacketTooLarge
from holotable.exchange import container
from holotable.exchange import packet as packets
from holotable.exchange.canonical import canonical
from holotable.exchange.packet import compare_document, left_out_of, read_manifest, viewer_page
from holotable.exchange.topics import Attached


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_it_holds_what_the_format_names() -> None:
    found = files(packet())
    assert sorted(found) == [
        "README.txt", "compare.json", "decisions.json", "issues.bcfzip", "issues.json",
        "log.jsonl", "manifest.json", "model.glb", "public_key.pem", "report.html", "report.pdf",
        "signature", "viewer/index.html", "viewer/signature",
    ]  # fmt: skip
    manifest = json.loads(found["manifest.json"])
    assert manifest["format"] == "holotable-packet/1"
    assert manifest["key_id"] == KEY.public.id
    assert canonical(manifest) == found["manifest.json"]


def test_a_stranger_verifies_it_with_a_zip_reader_a_hash_and_ed25519_alone() -> None:
    """As docs/formats/packet.md says it, without a line of ours."""
    found = files(packet())
    key: Any = load_pem_public_key(found["public_key.pem"])
    key.verify(found["signature"], found["manifest.json"])  # raises when it is not so
    manifest = json.loads(found["manifest.json"])
    for name, said in manifest["files"].items():
        assert (sha256(found[name]).hexdigest(), len(found[name])) == (
            said["sha256"],
            said["bytes"],
        )
    outside = {"manifest.json", "signature", "public_key.pem"}
    outside |= {"viewer/index.html", "viewer/signature"}
    assert set(found) == set(manifest["files"]) | outside
    page = sha256(found["viewer/index.html"]).hexdigest()
    statement = f"holotable-packet-viewer/1\n{sha256(found['manifest.json']).hexdigest()}\n{page}\n"
    key.verify(found["viewer/signature"], statement.encode())
    previous = "0" * 64
    for at, line in enumerate(found["log.jsonl"].splitlines(), 1):
        entry = json.loads(line)
        assert (entry["number"], entry["previous"]) == (at, previous)
        previous = sha256(line).hexdigest()
    assert manifest["log"] == {"lines": 4, "head": previous}


def test_the_same_contents_are_the_same_bytes() -> None:
    assert packet() == packet()


def test_the_page_holds_the_packet_and_no_content_can_leave_its_script() -> None:
    hostile = result(title="</script><script>alert(1)</script><!--")
    page = files(packet(contents(result=hostile)))["viewer/index.html"].decode()
    assert "alert(1)" not in page
    block = re.search(r'<script type="application/json" id="packet">(.*?)</script>', page)
    assert block is not None
    said = json.loads(block[1])
    found = files(packet(contents(result=hostile)))
    assert base64.b64decode(said["manifest"]) == found["manifest.json"]
    assert set(said["files"]) == {
        "decisions.json", "compare.json", "log.jsonl", "issues.json", "model.glb"
    }  # fmt: skip
    for name, content in said["files"].items():
        assert gzip.decompress(base64.b64decode(content)) == found[name]


def test_what_is_left_out_is_said_in_the_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    without = contents(model=None, compare=None, viewer=None)
    found = files(packet(without))
    assert not {"model.glb", "compare.json", "viewer/index.html"} & set(found)
    assert [one["what"] for one in json.loads(found["manifest.json"])["left_out"]] == [
        "viewer/index.html"
    ]
    monkeypatch.setattr(packets, "MAX_INLINE_BYTES", 100)
    large = files(packet())
    assert "model.glb" in large
    assert left_out_of(contents())[-1].what == "model.glb in viewer/index.html"
    assert (
        base64.b64encode(gzip.compress(large["model.glb"], 6, mtime=0))
        not in (large["viewer/index.html"])
    )


def test_a_packet_beyond_a_zip_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_BYTES", 1_000)
    with pytest.raises(PacketTooLarge):
        packet()


def test_views_of_issues_carry_their_pictures_to_the_viewer() -> None:
    said = json.loads(files(packet())["issues.json"])
    seen = said["issues"][0]["views"][0]
    assert seen["snapshot"].startswith("data:image/png;base64,")
    assert seen["camera"]["position"] == [1.0, 2.0, 3.0]
    assert topic().views[0].snapshot is not None


def test_long_comparisons_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packets, "MAX_CHANGES", 2)
    said = compare_document({}, [{}] * 3, [{}] * 4, ("A", "B"))
    assert (len(said["stops"]), said["stops_total"]) == (2, 3)
    assert (len(said["changes"]), said["changes_total"]) == (2, 4)


def test_a_template_without_a_place_and_a_manifest_of_another_format_are_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        viewer_page(b"<html></html>", b"", b"", b"", {})
    with pytest.raises(ValueError, match="no place"):
        viewer_page(TEMPLATE * 2, b"", b"", b"", {})
    for other in (b"", b"[]", b"{}", b'{"format":"holotable-packet/2"}', b"[" * 100_000):
        assert read_manifest(other) is None


def attached(path: str = "attachments/ISSUE-00001/001-bore.png") -> Attached:
    return Attached(UUID(int=31), "bore.png", "image/png", 4, "0" * 64, path=path)


def test_files_beside_issues_are_signed_counted_and_in_the_page() -> None:
    path = attached().path
    made = contents(
        result=result(topics=(topic(files=(attached(),)),), drawings=(attached("drawings/a.pdf"),)),
        files={path: b"bore", "drawings/a.pdf": b"%PDF"},
    )
    found = files(packet(made))
    manifest = json.loads(found["manifest.json"])
    assert found[path] == b"bore"
    assert manifest["files"][path]["sha256"] == sha256(b"bore").hexdigest()
    assert manifest["attached"] == {"files": 2, "bytes": 8}
    issues = json.loads(found["issues.json"])
    assert [one["path"] for one in issues["issues"][0]["files"]] == [path]
    assert [one["path"] for one in issues["drawings"]] == ["drawings/a.pdf"]
    decided = json.loads(found["decisions.json"])
    assert [one["path"] for one in decided["issues"][0]["files"]] == [path]
    carried = json.loads(re.findall(rb'id="packet">(.*?)</script>', found[packets.VIEWER])[0])
    assert gzip.decompress(base64.b64decode(carried["files"][path])) == b"bore"


def test_the_page_carries_files_as_far_as_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packets, "MAX_INLINE_FILES_BYTES", 6)
    made = contents(files={"drawings/1": b"four", "drawings/2": b"four", "drawings/3": b"22"})
    found = files(packet(made))
    carried = json.loads(re.findall(rb'id="packet">(.*?)</script>', found[packets.VIEWER])[0])
    assert {name for name in carried["files"] if "/" in name} == {"drawings/1", "drawings/3"}
    assert found["drawings/2"] == b"four", "in the packet it is"
