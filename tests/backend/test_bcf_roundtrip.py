"""Through a whole database and out again: nothing is lost."""

import json
from pathlib import Path

import pytest
from bcf_files import SHARED, files_2_1, files_3_0, invalid, zipped

from holotable.bcf_roundtrip import roundtrip
from holotable.cli import main

SAMPLES = sorted(SHARED.glob("v*/*.bcf")) if SHARED.is_dir() else []
NAMES = [one.stem[-40:] for one in SAMPLES]
COUNTED = {
    "topics": 2, "comments": 1, "viewpoints": 3, "snapshots": 2, "clipping_planes": 1,
    "documents": 1, "files": 4,
}  # fmt: skip


@pytest.mark.parametrize("files", [files_2_1(), files_3_0()], ids=["2.1", "3.0"])
async def test_own_files_come_out_as_they_went_in(
    files: dict[str, bytes | str], migrated_sqlite: Path
) -> None:
    written, told = await roundtrip(zipped(files), migrated_sqlite)
    assert told["equal"] is True
    assert invalid(written, str(told["version"])) == []
    if told["version"] == "3.0":
        assert {name: told[name] for name in COUNTED} == COUNTED
        assert told["written"] == COUNTED


@pytest.mark.models
@pytest.mark.parametrize("content", [one.read_bytes() for one in SAMPLES], ids=NAMES)
async def test_files_of_buildingsmart_come_out_as_they_went_in(
    content: bytes, migrated_sqlite: Path
) -> None:
    written, told = await roundtrip(content, migrated_sqlite)
    assert told["equal"] is True
    assert invalid(written, str(told["version"])) == []


def test_the_command_writes_the_file_and_counts_on_its_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.bcf", tmp_path / "out.bcf"
    source.write_bytes(zipped(files_3_0()))
    assert main(["bcf", "roundtrip", str(source), "-o", str(out)]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["topics"], told["equal"], told["unread"]) == (2, True, [])
    assert out.read_bytes().startswith(b"PK")
    source.write_bytes(b"no zip")
    assert main(["bcf", "roundtrip", str(source), "-o", str(out)]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["code"] == "bcf_not_zip"
    assert main(["bcf", "roundtrip", str(tmp_path / "none"), "-o", str(out)]) == 1
