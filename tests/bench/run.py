"""Run the benchmarks and write what was measured into docs/BENCHMARKS.md, each between its own markers.

`make bench` runs all; `make bench ARGS=conversion` runs one. A peer and ours always run in the same
invocation, alternating, because machines are shared and noisy: read the ratio, not the seconds.
"""

import importlib
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "BENCHMARKS.md"
BENCHES = ("conversion", "size", "compare", "scale", "live", "viewer", "large_models", "headset")
PEERS = ("live_peers",)  # only when named: they fetch other projects' servers


def write_section(name: str, body: str) -> None:
    """Replace the section between `<!-- bench:name -->` markers, or append it."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    head = (
        f"Measured {stamp} at commit {commit}, Python {platform.python_version()}, "
        f"`make bench ARGS={name}`.\n\n"
    )
    section = f"<!-- bench:{name} -->\n{head}{body.strip()}\n<!-- /bench:{name} -->"
    text = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n"
    pattern = re.compile(rf"<!-- bench:{name} -->.*?<!-- /bench:{name} -->", re.DOTALL)
    text = (
        pattern.sub(lambda _: section, text)
        if pattern.search(text)
        else f"{text.rstrip()}\n\n{section}\n"
    )
    PAGE.write_text(text)


def main(names: list[str]) -> int:
    for name in names or BENCHES:
        if name not in BENCHES + PEERS:
            print(f"no bench {name!r}; there are: {', '.join(BENCHES + PEERS)}")
            return 2
        body = importlib.import_module(f"tests.bench.{name}").measure()
        print(body)
        write_section(name, body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
