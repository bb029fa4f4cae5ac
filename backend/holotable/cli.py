"""The `holotable` command: one function adds a sub-command, one runs it, all imports are late.

`holotable convert` needs no server, `holotable serve` needs no reader: each imports its own.
"""

import argparse
import ctypes
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias
from uuid import UUID

from holotable.errors import HolotableError

Commands: TypeAlias = (
    "argparse._SubParsersAction[argparse.ArgumentParser]"  # argparse names no other
)


def command() -> NoReturn:
    """The process behind `holotable`: `main`, started and ended without what takes long.

    Open CASCADE's bindings are 10,000 Python types. The collector looks at all of them again and
    again while they are made (0.1 s of 0.55), and Python takes them apart one by one at the end
    (0.15 s); static destructors of native readers are not to be trusted anyway.
    """
    gc.set_threshold(100_000, 20, 100)
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    if "OCP" in sys.modules:
        os._exit(code)
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; returns the exit code. A problem is one line of JSON, and 1."""
    parser = argparse.ArgumentParser(prog="holotable", description="Self-hosted design review.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in COMMANDS:
        add(commands)
    chosen = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = chosen.run
    try:
        return run(chosen)
    except HolotableError as problem:
        print(
            json.dumps(
                {"code": problem.code, "detail": problem.detail, "remedy": problem.remedy},
                ensure_ascii=False,
            )
        )
        return 1


def add_convert(commands: Commands) -> None:
    """Add `holotable convert IN -o DIR`."""
    parser = commands.add_parser("convert", help="write the scene package of a file")
    parser.add_argument("source", type=Path, metavar="IN", help="STEP, IGES, BREP, IFC, STL, …")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--deflection-mm",
        type=float,
        metavar="MM",
        help="largest distance of triangles from a curved face; default: relative to the part",
    )
    parser.add_argument("--angle-rad", type=float, default=0.5, metavar="RAD")
    parser.add_argument(
        "--unit", choices=("um", "mm", "cm", "m", "km", "in", "ft"), help="overrides the file"
    )
    parser.add_argument("--up-axis", choices=("y", "z"), help="overrides the file")
    parser.set_defaults(run=run_convert)


def run_convert(chosen: argparse.Namespace) -> int:
    """Convert; progress goes to standard error, the summary is the last line of output."""
    from holotable.conversion.options import ConvertOptions
    from holotable.conversion.pipeline import convert
    from holotable.errors import NotFound

    if not chosen.source.is_file():
        raise NotFound(f"There is no file {str(chosen.source)!r}.")
    options = ConvertOptions(
        deflection_m=None if chosen.deflection_mm is None else chosen.deflection_mm / 1000,
        angle_rad=chosen.angle_rad,
        unit=chosen.unit,
        up_axis=chosen.up_axis,
    )
    with _output_kept_clean():
        manifest = convert(chosen.source, chosen.out, options, _Progress())
    print(json.dumps(summary(manifest), ensure_ascii=False))
    return 0


def summary(manifest: dict[str, Any]) -> dict[str, Any]:
    """What `convert` prints of a manifest. bytes: of all files of the package."""
    kept = ("format", "source", "counts", "bounds", "pmi", "levels", "headset", "warnings")
    total = sum(file["bytes"] for file in manifest["files"].values())
    return {**{key: manifest[key] for key in kept}, "bytes": total}


def add_export(commands: Commands) -> None:
    """Add `holotable export DIR|FILE -o OUT`."""
    parser = commands.add_parser("export", help="write a model as GLB, USDZ, STL, OBJ or 3MF")
    parser.add_argument("path", type=Path, metavar="DIR|FILE", help="scene package or source file")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT",
        help="its suffix names the format: .glb .usda .usdc .usdz .stl .3mf, .zip for OBJ with MTL",
    )  # fmt: skip
    parser.set_defaults(run=run_export)


def run_export(chosen: argparse.Namespace) -> int:
    """Write it; a source file is converted into a temporary folder first."""
    import numpy as np

    from holotable.errors import NotFound
    from holotable.exchange.formats import Asset, write_as

    with _package_of(chosen.path) as folder:
        model = folder / "model.glb"
        if not model.is_file():
            raise NotFound(f"{str(chosen.path)!r} has no model.glb: it was left out for its size.")
        asset = Asset(chosen.path.stem, chosen.path.stem, "")
        left_out = write_as(chosen.out, model.read_bytes(), np.eye(4), asset)
    said = {"file": chosen.out.name, "bytes": chosen.out.stat().st_size, "left_out": left_out}
    print(json.dumps(said, ensure_ascii=False))
    return 0


@contextmanager
def _package_of(path: Path) -> Iterator[Path]:
    """A scene package as it lies there, or a source file converted while the block lasts."""
    import tempfile

    from holotable.errors import NotFound

    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise NotFound(f"There is no file or folder {str(path)!r}.")
    from holotable.conversion.options import ConvertOptions
    from holotable.conversion.pipeline import convert

    with tempfile.TemporaryDirectory(prefix="holotable-") as folder:
        with _output_kept_clean():
            convert(path, Path(folder), ConvertOptions(), _Progress())
        yield Path(folder)


def add_inspect(commands: Commands) -> None:
    """Add `holotable inspect DIR|FILE`."""
    parser = commands.add_parser("inspect", help="say what a scene package or a source file holds")
    parser.add_argument("path", type=Path, metavar="DIR|FILE")
    parser.add_argument("--depth", type=int, default=3, help="levels of the tree to print")
    parser.set_defaults(run=run_inspect)


def run_inspect(chosen: argparse.Namespace) -> int:
    """Print a readable summary; a source file is converted into a temporary folder first."""
    from holotable.conversion.inspect import describe

    with _package_of(chosen.path) as folder:
        print(describe(folder, chosen.depth))
    return 0


def add_serve(commands: Commands) -> None:
    """Add `holotable serve`."""
    parser = commands.add_parser("serve", help="serve the product: page, API, live sessions")
    parser.add_argument("--host", help="address to listen on; default: HOLOTABLE_HOST, 127.0.0.1")
    parser.add_argument("--port", type=int, help="default: HOLOTABLE_PORT, 8080")
    parser.add_argument(
        "--https", action="store_true", help="also listen for other desks and headsets, on 8443"
    )
    parser.add_argument("--access-log", action="store_true", help="log every request")
    parser.set_defaults(run=run_serve)


def run_serve(chosen: argparse.Namespace) -> int:
    """Migrate and serve until SIGINT or SIGTERM."""
    from holotable.serve import serve, settings_with
    from holotable.settings import Settings

    serve(
        settings_with(Settings(), host=chosen.host, port=chosen.port),
        https=chosen.https,
        access_log=chosen.access_log,
        say=lambda line: print(line, flush=True),
    )
    return 0


def add_worker(commands: Commands) -> None:
    """Add `holotable worker`."""
    parser = commands.add_parser("worker", help="convert uploads; any number beside PostgreSQL")
    parser.add_argument("--slots", type=int, help="files at once; default: half the processors")
    parser.set_defaults(run=run_worker)


def run_worker(chosen: argparse.Namespace) -> int:
    """Migrate and convert until SIGINT or SIGTERM."""
    import asyncio

    from holotable.serve import configure_logging
    from holotable.settings import Settings
    from holotable.worker import run_worker as run

    configure_logging(access_log=False)
    asyncio.run(run(Settings(), slots=chosen.slots))
    return 0


def add_sample(commands: Commands) -> None:
    """Add `holotable sample all DIR` and `holotable sample rack FILE`."""
    parser = commands.add_parser("sample", help="generate the sample files or a stress rack")
    actions = parser.add_subparsers(required=True, metavar="WHAT")
    everything = actions.add_parser("all", help="write every sample file into a folder")
    everything.add_argument("out", type=Path, metavar="DIR")
    everything.set_defaults(run=run_sample, what="all")
    rack = actions.add_parser("rack", help="write a rack of many parts as one .glb")
    rack.add_argument("out", type=Path, metavar="FILE")
    rack.add_argument("--occurrences", type=int, default=100_000)
    rack.add_argument("--parts", type=int, default=500)
    rack.add_argument("--unique", action="store_true", help="no part occurs twice")
    rack.set_defaults(run=run_sample, what="rack")


def run_sample(chosen: argparse.Namespace) -> int:
    """Write what was asked for and say where it is."""
    if chosen.what == "all":
        from holotable.sample.__main__ import write_all

        chosen.out.mkdir(parents=True, exist_ok=True)
        with _output_kept_clean():
            write_all(chosen.out)
    else:
        from holotable.sample import rack

        rack.write(chosen.out, chosen.occurrences, chosen.parts, unique=chosen.unique)
    print(f"Written: {chosen.out}")
    return 0


def add_migrate(commands: Commands) -> None:
    """Add `holotable migrate`."""
    parser = commands.add_parser("migrate", help="bring the database to the newest schema")
    parser.set_defaults(run=run_migrate)


def run_migrate(_chosen: argparse.Namespace) -> int:
    """Migrate the database of the settings."""
    import asyncio

    from holotable.settings import Settings
    from holotable.store import migrate

    settings = Settings()
    settings.data_dir.mkdir(0o700, parents=True, exist_ok=True)
    asyncio.run(migrate.upgrade(settings.sqlalchemy_url))
    print("The database is up to date.")
    return 0


def add_user(commands: Commands) -> None:
    """Add `holotable user add|list|password|disable|enable`."""
    parser = commands.add_parser("user", help="add, list, disable users; set passwords")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, about in (
        ("add", "add a user"),
        ("password", "set a user's password"),
        ("disable", "sign a user out everywhere and keep him out"),
        ("enable", "let a disabled user in again"),
    ):
        action = actions.add_parser(name, help=about)
        action.add_argument("login")
        action.set_defaults(run=run_user, action=name)
        if name == "add":
            action.add_argument("--name", help="default: the login")
            action.add_argument("--admin", action="store_true", help="owner of the installation")
    actions.add_parser("list", help="every user").set_defaults(run=run_user, action="list")


def run_user(chosen: argparse.Namespace) -> int:
    """Manage users without a running server. Passwords are typed, or one line of input."""
    import asyncio
    import getpass

    from holotable import operator_commands as operator
    from holotable.settings import Settings

    password = None
    if chosen.action in ("add", "password"):
        typed = sys.stdin.isatty()
        password = getpass.getpass() if typed else sys.stdin.readline().rstrip("\n")
    lines = asyncio.run(
        operator.manage_users(
            Settings(),
            chosen.action,
            login=getattr(chosen, "login", ""),
            name=getattr(chosen, "name", None),
            is_admin=getattr(chosen, "admin", False),
            password=password,
        )
    )
    for line in lines:
        print(line)
    return 0


def add_token(commands: Commands) -> None:
    """Add `holotable token LOGIN`."""
    parser = commands.add_parser("token", help="make an API token for a user")
    parser.add_argument("login")
    parser.add_argument("--name", default="command line")
    parser.add_argument("--scopes", default="read,write", help="of read,write,admin")
    parser.add_argument("--days", type=int, help="how long it lasts; default: until revoked")
    parser.set_defaults(run=run_token)


def run_token(chosen: argparse.Namespace) -> int:
    """Print a new token, and nothing else."""
    import asyncio

    from holotable import operator_commands as operator
    from holotable.settings import Settings

    scopes = [scope.strip() for scope in chosen.scopes.split(",")]
    token = operator.make_token(
        Settings(), login=chosen.login, name=chosen.name, scopes=scopes, days=chosen.days
    )
    print(asyncio.run(token))
    return 0


def add_project(commands: Commands) -> None:
    """Add `holotable project export|import`."""
    parser = commands.add_parser("project", help="move a whole project to or from another server")
    actions = parser.add_subparsers(dest="action", required=True)
    out = actions.add_parser("export", help="write all of a project into one archive")
    out.add_argument("project_id", type=UUID, metavar="ID")
    out.add_argument("-o", "--out", type=Path, required=True, metavar="FILE")
    out.set_defaults(run=run_project_export)
    brought = actions.add_parser("import", help="make a project of an archive")
    brought.add_argument("path", type=Path, metavar="FILE")
    brought.add_argument("--owner", default="", metavar="LOGIN", help="who owns it here, too")
    brought.add_argument("--dry-run", action="store_true", help="check all of it, keep nothing")
    brought.set_defaults(run=run_project_import)


def run_project_export(chosen: argparse.Namespace) -> int:
    """Write it, and print what is in it as JSON."""
    import asyncio

    from holotable import operator_commands as operator
    from holotable.settings import Settings

    done = operator.export_project(Settings(), chosen.project_id, chosen.out)
    print(json.dumps(asyncio.run(done), ensure_ascii=False))
    return 0


def run_project_import(chosen: argparse.Namespace) -> int:
    """Bring it in, and print what came of it as JSON."""
    import asyncio

    from holotable import operator_commands as operator
    from holotable.settings import Settings

    done = operator.import_project(
        Settings(), chosen.path, owner=chosen.owner, dry_run=chosen.dry_run
    )
    print(json.dumps(asyncio.run(done), ensure_ascii=False))
    return 0


def add_verify(commands: Commands) -> None:
    """Add `holotable verify FILE`."""
    parser = commands.add_parser("verify", help="check a signed packet of a review")
    parser.add_argument("packet", type=Path, metavar="FILE", help="the zip")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        metavar="PUBLIC.pem",
        help="a key you trust, from the server's /api/v1/signing-keys; may be given several times",
    )
    parser.set_defaults(run=run_verify)


def run_verify(chosen: argparse.Namespace) -> int:
    """Say whether a packet is as it was signed: 0 or 1. Needs no server, database or settings."""
    from holotable.errors import Invalid, NotFound
    from holotable.exchange.packet_check import check_packet, describe
    from holotable.exchange.signing import read_public

    keys = []
    for file in (chosen.packet, *chosen.key):
        if not file.is_file():
            raise NotFound(f"There is no file {str(file)!r}.")
    for file in chosen.key:
        key = read_public(file.read_bytes())
        if key is None:
            raise Invalid(f"{str(file)!r} holds no public key of Ed25519 as PEM.")
        keys.append(key)
    verdict = check_packet(chosen.packet, keys)
    for line in describe(verdict):
        print(line)
    return 0 if verdict.holds else 1


def add_mail_test(commands: Commands) -> None:
    """Add `holotable mail-test ADDRESS`."""
    parser = commands.add_parser("mail-test", help="send a test mail through the mail server")
    parser.add_argument("address")
    parser.add_argument("--language", choices=("en", "de"), default="en")
    parser.set_defaults(run=run_mail_test)


def run_mail_test(chosen: argparse.Namespace) -> int:
    """Send it, and say what the mail server said."""
    from holotable import operator_commands as operator
    from holotable.settings import Settings

    print(operator.send_test_mail(Settings(), chosen.address, chosen.language))
    return 0


def add_openapi(commands: Commands) -> None:
    """Add `holotable openapi`."""
    parser = commands.add_parser("openapi", help="print the API's OpenAPI document")
    parser.set_defaults(run=run_openapi)


def run_openapi(_chosen: argparse.Namespace) -> int:
    """Print the document of this version; needs no database."""
    import tempfile

    from holotable.app import create_app, openapi_document
    from holotable.settings import Settings

    with tempfile.TemporaryDirectory(prefix="holotable-") as folder:
        app = create_app(Settings(data_dir=Path(folder), database_url=""))
        print(json.dumps(openapi_document(app), indent=2, ensure_ascii=False))
    return 0


def add_bench(commands: Commands) -> None:
    """Add `holotable bench live`."""
    parser = commands.add_parser("bench", help="measure what this machine carries")
    actions = parser.add_subparsers(required=True, metavar="WHAT")
    live = actions.add_parser(
        "live", help="people in live rooms, against a server of its own on loopback"
    )
    live.add_argument("--participants", type=int, default=50, metavar="N")
    live.add_argument("--rooms", type=int, default=1, metavar="R", help="spread evenly over these")
    live.add_argument("--hz", type=float, default=20.0, help="poses per second and participant")
    live.add_argument("--ops-hz", type=float, default=2.0, help="chat lines per second and room")
    live.add_argument("--stuck", type=int, default=0, metavar="N", help="who stop reading")
    live.add_argument("--seconds", type=float, default=10.0)
    live.add_argument("--json", action="store_true", help="one line of JSON and nothing else")
    live.set_defaults(run=run_bench_live)


def run_bench_live(chosen: argparse.Namespace) -> int:
    """Measure, and print what was found; JSON is the last line."""
    import dataclasses

    from holotable.bench.live import Load, measure
    from holotable.errors import Invalid

    load = Load(
        chosen.participants, chosen.hz, chosen.rooms, chosen.seconds, chosen.ops_hz, chosen.stuck
    )
    if not 1 <= load.rooms <= load.participants or not 0 <= load.stuck < load.participants:
        raise Invalid("There must be a participant for each room, and one who is not stuck.")
    if load.hz <= 0 or load.seconds <= 0 or load.ops_hz < 0:
        raise Invalid("Rates and seconds must be positive.")
    outcome = dataclasses.asdict(measure(load))
    if not chosen.json:
        for name, value in outcome.items():
            print(f"{name.replace('_', ' '):>24}  {value:,}")
    print(json.dumps(outcome))
    return 0


def add_bcf(commands: Commands) -> None:
    """Add `holotable bcf roundtrip IN -o OUT`."""
    parser = commands.add_parser("bcf", help="try BCF files")
    actions = parser.add_subparsers(required=True, metavar="WHAT")
    trip = actions.add_parser(
        "roundtrip", help="import a BCF file into an empty project and export it again"
    )
    trip.add_argument("source", type=Path, metavar="IN", help="BCF-XML 2.1 or 3.0")
    trip.add_argument("-o", "--out", type=Path, required=True, metavar="OUT")
    trip.set_defaults(run=run_bcf_roundtrip)


def run_bcf_roundtrip(chosen: argparse.Namespace) -> int:
    """Write the file, and print what went in and came out; JSON is the last line."""
    import asyncio

    from holotable.bcf_roundtrip import roundtrip
    from holotable.errors import NotFound

    if not chosen.source.is_file():
        raise NotFound(f"There is no file {str(chosen.source)!r}.")
    written, told = asyncio.run(roundtrip(chosen.source.read_bytes()))
    chosen.out.write_bytes(written)
    print(json.dumps(told, ensure_ascii=False))
    return 0 if told["equal"] else 1


COMMANDS: Final[tuple[Callable[[Commands], None], ...]] = (
    add_serve,
    add_worker,
    add_convert,
    add_export,
    add_inspect,
    add_verify,
    add_sample,
    add_migrate,
    add_user,
    add_token,
    add_project,
    add_mail_test,
    add_bench,
    add_bcf,
    add_openapi,
)


class _Progress:
    """Stages on standard error: one line each, rewritten on a terminal."""

    def __init__(self) -> None:
        self._stage = ""

    def __call__(self, stage: str, fraction: float) -> None:
        """Show a stage and how much of it is done."""
        if sys.stderr.isatty():
            print(f"\r{stage} {fraction:4.0%}   ", end="", file=sys.stderr, flush=True)
        elif stage != self._stage:
            print(stage, file=sys.stderr, flush=True)
        self._stage = stage


@contextmanager
def _output_kept_clean() -> Iterator[None]:
    """Send what native libraries print to standard error: Open CASCADE writes to its output.

    The C library has its own buffer, so it is emptied before the descriptor is put back.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        if sys.stderr.isatty():
            print(file=sys.stderr)


if __name__ == "__main__":
    command()
