"""The walls themselves, each put up in a process made for it."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from holotable.conversion import limits
from holotable.conversion.limits import Limits


def inside(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", dedent(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_walls_hold_or_say_that_they_are_not_there(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    command = [sys.executable, "-m", "holotable.conversion.limits", str(secret)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    verdict = json.loads(ran.stdout)
    assert verdict["landlock"] == (limits.landlock_abi() > 0)
    assert verdict["seccomp"] == limits.seccomp_known()


@pytest.mark.skipif(limits.landlock_abi() == 0, reason="this kernel has no Landlock")
def test_landlock_leaves_the_work_folder_writable_and_a_descriptor_readable(
    tmp_path: Path,
) -> None:
    work, other = tmp_path / "work", tmp_path / "other"
    work.mkdir()
    other.write_text("other")
    (tmp_path / "source").write_text("source")
    ran = inside(
        """
        import os, sys
        from pathlib import Path
        from holotable.conversion import limits
        root = Path(sys.argv[1])
        descriptor = os.open(root / "source", os.O_RDONLY)
        limits.apply_landlock([], [root / "work"], [descriptor])
        (root / "work" / "a").write_text("a")
        (root / "work" / "a").rename(root / "work" / "b")
        print(Path(f"/proc/self/fd/{descriptor}").read_text())
        for attempt in (
            (root / "other").read_text,
            lambda: (root / "new").write_text("new"),
            lambda: (root / "work" / "link").symlink_to("/etc/passwd"),
            lambda: Path(f"/proc/self/fd/{descriptor}").write_text("changed"),
            lambda: os.truncate(root / "other", 0),
        ):
            try:
                attempt()
                print("done")
            except PermissionError:
                print("refused")
        """,
        str(tmp_path),
    )
    assert ran.stderr == ""
    assert ran.stdout.split() == ["source", *["refused"] * 5]
    assert (tmp_path / "source").read_text() == "source"
    assert other.read_text() == "other"


@pytest.mark.skipif(not limits.seccomp_known(), reason="unknown processor")
def test_seccomp_lets_threads_run_and_refuses_processes_sockets_and_tracing() -> None:
    ran = inside(
        """
        import ctypes, mmap, os, signal, socket, threading
        from pathlib import Path
        from holotable.conversion import limits
        limits.apply_seccomp()
        thread = threading.Thread(target=lambda: print("thread"))
        thread.start(); thread.join()
        mmap.mmap(-1, 1 << 20).close()
        os.kill(os.getpid(), 0)
        libc = ctypes.CDLL(None, use_errno=True)
        def call(name, *arguments):
            if getattr(libc, name)(*arguments) < 0:
                raise OSError(ctypes.get_errno(), name)
        for attempt in (
            os.fork,
            lambda: os.posix_spawn("/bin/true", ["true"], {}),
            lambda: os.execv("/bin/true", ["true"]),
            socket.socket,
            socket.socketpair,
            lambda: os.kill(os.getppid(), 0),
            lambda: call("ptrace", 0, 0, 0, 0),
            lambda: call("unshare", 0x10000000),
            lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None),
            os.setsid,
        ):
            try:
                attempt()
                print("done")
            except PermissionError:
                print("refused")
        try:
            os.memfd_create("memory")
        except OSError as absent:
            print(absent.errno)
        os.abort()  # raises a signal at its own process, which stays allowed
        """
    )
    assert ran.stdout.split() == ["thread", *["refused"] * 10, "38"], ran.stderr
    assert ran.returncode == -6


def test_rlimits_bound_memory_files_and_descriptors_for_good(tmp_path: Path) -> None:
    ran = inside(
        """
        import resource, sys
        from holotable.conversion import limits
        limits.drop_capabilities()
        limits.apply_rlimits(limits.Limits(64 << 20, 5.0, 1 << 20))
        for attempt in (
            lambda: bytearray(128 << 20),
            lambda: open(sys.argv[1], "wb").write(bytes(2 << 20)),
            lambda: [open("/dev/null") for _ in range(2000)],
            lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
        ):
            try:
                attempt()
                print("done")
            except (MemoryError, OSError, ValueError) as refused:
                print(type(refused).__name__)
        print(resource.getrlimit(resource.RLIMIT_CORE)[0])
        """,
        str(tmp_path / "file"),
    )
    assert ran.stdout.split() == ["MemoryError", "OSError", "OSError", "ValueError", "0"]


def test_limits_are_plain_numbers() -> None:
    assert Limits(1, 2.0, 3) == Limits(memory_bytes=1, timeout_s=2.0, output_bytes=3)
