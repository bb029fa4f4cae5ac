"""The README's REST example, run as it stands against a real server."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from served import MODELS, ROOT, serving

AS1 = MODELS / "as1-oc-214.stp"


def rest_example() -> str:
    found = re.search(
        r"<!-- this block is run by tests/test_readme.py -->\n```sh\n(.*?)```",
        (ROOT / "README.md").read_text(),
        re.DOTALL,
    )
    assert found, "the README has lost its REST example"
    return found.group(1)


@pytest.mark.models
@pytest.mark.skipif(not AS1.exists(), reason="needs ../shared/models")
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_alone_does_the_main_job(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        key = re.search(r"[?&]k=([^&\s]+)", server.setup_link())
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", rest_example()],
            cwd=tmp_path,
            env=os.environ | {"URL": server.url, "FILE": str(AS1), "KEY": key[1] if key else ""},
            capture_output=True,
            text=True,
            timeout=180,
        )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "'occurrences': 18" in done.stdout
    assert "'parts': 5" in done.stdout
    assert (tmp_path / "base.glb").read_bytes()[:4] == b"glTF"
