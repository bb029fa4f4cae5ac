"""What is made once in a run, by whichever worker of pytest-xdist asks first."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def folder_of_the_run(temporary: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run; pytest removes it with the others."""
    own = temporary.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"
    folder.mkdir(exist_ok=True)
    return folder


def once(run: Path, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of the run as `make` filled it; whoever comes meanwhile waits for it.

    Nobody may change what is in it. A `make` that fails leaves nothing: the next one tries again.
    """
    made = run / name
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_dir():
            making = run / f"{name}.making"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making)
            making.rename(made)
    return made
