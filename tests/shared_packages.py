"""Packages of the shared models, each made once in a run by `holotable convert`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from model_facts import MODELS
from once import once
from package_reader import validator_errors

from holotable.cli import main

EXACT = ("--deflection-mm", "0.1", "--angle-rad", "0.5")  # what SOURCES.md counts with


@dataclass(frozen=True)
class SharedPackage:
    """folder: only to read. said: what the command printed last. errors: of gltf-validator."""

    folder: Path
    said: dict[str, Any]
    errors: dict[str, Any]


def shared_package(
    run: Path, capture: pytest.CaptureFixture[str], name: str, *options: str
) -> SharedPackage:
    """The package of a shared model, converted with these arguments of the command.

    capture: capfd, for what native libraries print must not come behind the summary.
    """

    def make(folder: Path) -> None:
        command = ["convert", str(MODELS / name), "-o", str(folder / "scene"), *options]
        assert main(command) == 0
        (folder / "said.json").write_text(capture.readouterr().out.splitlines()[-1])
        scratch = folder / "decoded"
        scratch.mkdir()
        found = validator_errors(folder / "scene", scratch)
        (folder / "errors.json").write_text(json.dumps(found))
        for path in scratch.iterdir():
            path.unlink()

    folder = once(run, "-".join(["shared", name, *(one.strip("-") for one in options)]), make)
    said, errors = (
        json.loads((folder / f"{each}.json").read_text()) for each in ("said", "errors")
    )
    return SharedPackage(folder / "scene", said, errors)
