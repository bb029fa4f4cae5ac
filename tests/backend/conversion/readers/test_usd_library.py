import subprocess
import sys
from pathlib import Path

BACKEND = Path(__file__).parents[4] / "backend"


def test_the_library_has_one_thread_and_takes_nothing_from_the_environment() -> None:
    script = (
        "import os\n"
        "from holotable.conversion.readers.usd import read_usd\n"
        "from pxr import Sdf, Usd, Work\n"
        "Usd.Stage.CreateInMemory().DefinePrim('/a')\n"
        "print(Work.GetConcurrencyLimit(), len(os.listdir('/proc/self/task')),"
        " 'PXR_AR_DEFAULT_SEARCH_PATH' in os.environ, 'PXR_PLUGINPATH_NAME' in os.environ)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={
            "PYTHONPATH": str(BACKEND),
            "OPENBLAS_NUM_THREADS": "1",  # numpy's, which the sandbox sets as well
            "PXR_AR_DEFAULT_SEARCH_PATH": "/",
            "PXR_PLUGINPATH_NAME": "/nowhere",
            "PXR_WORK_THREAD_LIMIT": "8",
        },
    )
    assert done.stdout.split() == ["1", "1", "False", "False"]
    assert done.stderr == ""
