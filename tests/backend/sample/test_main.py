"""The sample as the first start loads it: every file is there, and the manifest says what it is."""

import json
from pathlib import Path

from holotable.sample_project import Sample


def test_the_generator_writes_every_file_its_manifest_names(sample_files: Path) -> None:
    sample = Sample.model_validate(json.loads((sample_files / "sample.json").read_text()))
    assert {entry.file for entry in sample.files} == {
        path.name for path in sample_files.iterdir() if path.name != "sample.json"
    }
    assert [e.asset for e in sample.files].count("Planetary gearbox") == 3
    assert sample.files[0].asset == "Planetary gearbox", "the first is what a new owner sees"
    size = sum(path.stat().st_size for path in sample_files.iterdir())
    assert size < 30_000_000
