"""Every hostile file ends in its named error: soon, in little memory, reading nothing outside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from samples.hostile import CASES

ROOT = Path(__file__).parents[3]

# Runs all cases in one process under a memory limit, with an audit of every file and address that
# Python opens.
CHILD = """
import json, os, resource, sys, tempfile, time
sys.path[:0] = sys.argv[2:4]
from pathlib import Path
import lazrs, numpy, PIL.Image, scipy.sparse.csgraph, meshopt, lxml.etree
import encodings.idna, encodings.ascii
from holotable.conversion import archive, read, sniff
from holotable.conversion.readers import gltf, las, mesh, stl, threeds, threemf, usd, xyz
from holotable.conversion.options import ConvertOptions
from holotable.errors import HolotableError
PIL.Image.init()
folder = Path(sys.argv[1])
tempfile.tempdir = str(folder / "scratch")
os.mkdir(tempfile.tempdir)
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.abspath(os.fsdecode(arguments[0]))
        if sys._getframe(1).f_code.co_name == "_rmtree_safe_fd":
            return  # names below an open folder, which the event does not tell
        if not path.startswith((str(folder), sys.prefix, sys.base_prefix)):
            opened.append(path)
    elif event.startswith("socket.") and event != "socket.gethostname":
        opened.append(event)
sys.addaudithook(watch)
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
answers = {}
for source in sorted(folder.iterdir()):
    if source.is_dir():
        continue
    into = folder / ("unpacked-" + source.name)
    opened.clear()
    begun = time.monotonic()
    try:
        options = ConvertOptions()
        kind = sniff.sniff(source, source.name)
        main = source
        if kind == "archive":
            main = archive.unpack(source, into, options)
            kind = sniff.sniff(main, main.name)
        scene = read.read(main, kind, options, lambda stage, fraction: None)
        answer = [None, [warning.code for warning in scene.warnings], scene.nodes[-1].name]
    except HolotableError as problem:
        answer = [type(problem).__name__, problem.detail, ""]
    except BaseException as problem:
        answer = ["!" + type(problem).__name__, str(problem), ""]
    left = sorted(str(path) for path in into.rglob("*")) if into.is_dir() else []
    answers[source.name] = [*answer, time.monotonic() - begun, list(opened), left]
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    folder = tmp_path_factory.mktemp("hostile")
    for case in CASES:
        case.write(folder / case.name)
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHILD, folder, ROOT / "backend", ROOT / "tests"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found: dict[str, list[object]] = json.loads(run.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_ends_in_its_named_error(case, answers) -> None:
    problem, detail, _, seconds, opened, left = answers[case.name]
    expected = None if case.problem is None else case.problem.__name__
    assert problem == expected, detail
    assert seconds < 60  # of a bomb; a good reader takes none
    assert opened == [], "something outside the upload was opened"
    assert left == [], "files of a refused archive stay behind"


def test_what_lies_outside_the_upload_is_a_warning_where_only_colour_is_lost(answers) -> None:
    for name in ("library.obj", "absolute.obj", "picture.gltf"):
        assert answers[name][1] == ["external_reference"]


def test_an_endless_name_is_cut(answers) -> None:
    assert len(answers["endless.obj"][2]) == 200
