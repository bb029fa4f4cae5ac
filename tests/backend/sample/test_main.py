"""The sample as the first start loads it: every file is there, and the manifest says what it is."""

import json
import subprocess
import sys
from pathlib import Path

from holotable.sample_project import Sample


def test_the_generator_writes_every_file_its_manifest_names(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "holotable.sample", str(tmp_path)], check=True, capture_output=True
    )
    sample = Sample.model_validate(json.loads((tmp_path / "sample.json").read_text()))
    assert {entry.file for entry in sample.files} == {
        path.name for path in tmp_path.iterdir() if path.name != "sample.json"
    }
    assert [e.asset for e in sample.files].count("Planetary gearbox") == 3
    assert sample.files[0].asset == "Planetary gearbox", "the first is what a new owner sees"
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert size < 30_000_000
