"""A real PostgreSQL server for one test run, in a temporary directory, not run by root."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

START_CEILING_S = 60


def binaries() -> Path | None:
    """The directory with initdb and pg_ctl: of the PATH, else Debian's newest."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_major)
    return debian[-1].parent if debian else None


def _major(initdb: Path) -> int:
    return int(initdb.parent.parent.name)


def _user() -> str | None:
    """Whom to run as: initdb refuses root, so postgres or nobody; None when we are nobody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@dataclass
class PostgresServer:
    """One running server; `stop` ends it and leaves nothing behind."""

    bin: Path
    home: Path
    port: int
    user: str | None
    databases: int = 0

    @classmethod
    def start(cls, bin: Path) -> "PostgresServer":
        home = Path(tempfile.mkdtemp(prefix="holotable-pg-"))
        user = _user()
        if user:
            entry = pwd.getpwnam(user)
            os.chown(home, entry.pw_uid, entry.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        server = cls(bin, home, port, user)
        try:
            server._run("initdb", "-D", str(home / "data"), "-U", "holotable", "-A", "trust",
                        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
            settings = (
                f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} "
                "-c fsync=off -c full_page_writes=off -c max_connections=200"
            )
            server._run("pg_ctl", "-D", str(home / "data"), "-l", str(home / "log"), "-w",
                        "-t", str(START_CEILING_S), "-o", settings, "start")  # fmt: skip
        except BaseException:
            server.stop()
            raise
        return server

    def _run(self, program: str, *arguments: str) -> None:
        as_user = {"user": self.user, "group": None, "extra_groups": []} if self.user else {}
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if program == "initdb" else subprocess.DEVNULL,
            cwd=self.home,
            check=False,
            **as_user,  # type: ignore[call-overload]  # optional keywords of Popen
        )
        if done.returncode:
            log = self.home / "log"
            said = (done.stdout or b"").decode() + (log.read_text() if log.exists() else "")
            raise RuntimeError(f"{program} failed:\n{said[-2000:]}")

    def stop(self) -> None:
        if (self.home / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, name: str) -> str:
        """The address as an operator writes it."""
        return f"postgresql://holotable@127.0.0.1:{self.port}/{name}"

    def create_database(self, template: str = "template0") -> str:
        """A new database; returns its name."""
        self.databases += 1
        name = f"test_{os.getpid()}_{self.databases}"
        self._execute([f'CREATE DATABASE "{name}" TEMPLATE "{template}"'])
        return name

    def drop_database(self, name: str) -> None:
        self._execute([f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'])

    def _execute(self, statements: Sequence[str]) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]  # made here, not typed in
