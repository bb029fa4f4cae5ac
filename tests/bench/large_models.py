"""The viewer with 100,000 occurrences, and with 20,000 unique parts in less memory than they take.

Our scene in a headless browser that draws on the processor. JavaScript per picture is what runs in its
animation frame. Beside wall time, which doubles when something else runs, stands the processor time
of the page's thread. `python -m tests.bench.large_models PACKAGE [QUERY]` measures one package.
"""

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
FRONTEND = ROOT / "frontend"
# Packages are kept between runs: converting 10 million unique triangles takes minutes.
KEPT = Path(os.environ.get("HOLOTABLE_BENCH_CACHE", tempfile.gettempdir())) / "holotable-bench"
LIMITS = {
    "draw calls": 10,
    "JS ms/picture": 5.0,
    "pick ms": 2.0,
    "hide others ms": 100.0,
    "JS heap MB": 150.0,
}
# name, occurrences, unique, memory on the graphics card in MB
MODELS = (("100,000 of 500 parts", 100_000, False, None), ("20,000 unique parts", 20_000, True, 64))
ARGUMENTS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
SETTLED_S = 240

ORBIT = """
async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => done()));
  const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
  const pose = viewer.cameraPose();
  const { point } = viewer.middleOfModel();
  const nearer = (axis) => point[axis] + (pose.position[axis] - pose.target[axis]) * 0.04;
  viewer.setCameraPose({ ...pose, target: point, position: [nearer(0), nearer(1), nearer(2)] });
  for (let i = 0; i < 5; i += 1) await frame();
  await window.markSpent();
  const spent = [];
  const end = performance.now() + 25_000;
  while (spent.length < 120 && performance.now() < end) {
    viewer.orbitBy(0.02, 0);
    await frame();
    spent.push(viewer.debug().frameMs);
  }
  const { ScriptDuration } = await window.markSpent();
  const { drawCalls, subDraws, triangles, gpuBytes, finerBytes, short } = viewer.debug();
  return {
    pictures: spent.length, js: median(spent), cpu: (ScriptDuration * 1000) / spent.length,
    drawCalls, subDraws, triangles, gpuBytes, finerBytes, short,
  };
}
"""
PICK = """
() => {
  const { clientWidth, clientHeight } = viewer.canvas;
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const spent = [];
  for (let tries = 0; spent.length < 300 && tries < 6000; tries += 1) {
    const x = random() * clientWidth;
    const y = random() * clientHeight;
    const began = performance.now();
    const hit = viewer.pick(x, y);
    if (hit) spent.push(performance.now() - began);
  }
  spent.sort((a, b) => a - b);
  return {
    picks: spent.length,
    pick: spent[spent.length >> 1],
    pick95: spent[Math.floor(spent.length * 0.95)],
  };
}
"""
HIDE = """
async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => done()));
  const spent = [];
  for (let i = 0; i < 9; i += 1) {
    const began = performance.now();
    commands.run('visibility.isolate', { ranges: RangeSet.of(1234 + i * 100) });
    const asked = performance.now() - began;
    await frame();
    await frame();
    spent.push(asked + viewer.debug().frameMs);
    commands.undo();
    await frame();
    await frame();
  }
  return spent.sort((a, b) => a - b)[spent.length >> 1];
}
"""


class Files(http.server.SimpleHTTPRequestHandler):
    """The built page, and any package folder under /package/<file>?dir=<folder>."""

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def translate_path(self, path: str) -> str:
        address = urllib.parse.urlparse(path)
        if not address.path.startswith("/package/"):
            return super().translate_path(path)
        folder = urllib.parse.parse_qs(address.query).get("dir", [""])[0]
        return str(Path(folder) / Path(address.path).name)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(Files, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def build(out: Path) -> None:
    """The scene in a page of its own, as frontend/dev has it."""
    command = ["npx", "vite", "build", "--config", "dev/vite.config.ts"]
    subprocess.run(
        [*command, "--outDir", str(out), "--emptyOutDir", "--logLevel", "error"],
        cwd=FRONTEND,
        check=True,
    )


def package_of(occurrences: int, *, unique: bool) -> Path:
    """The scene package of a stress rack, converted once."""
    from holotable.sample import rack

    name = f"{'unique' if unique else 'rack'}-{occurrences}"
    out = KEPT / name
    if not (out / "manifest.json").exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        source = KEPT / f"{name}.glb"
        rack.write(source, occurrences, unique=unique)
        command = [sys.executable, "-m", "holotable", "convert", str(source), "-o", str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        source.unlink()
    return out


def look_at(address: str, package: Path, query: str = "") -> dict[str, Any]:
    """Open a package, turn it, pick, hide others: what each took."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(ARGUMENTS)
        )
        page = browser.new_page(viewport={"width": 800, "height": 500})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.expose_function("markSpent", partial(spent_since, session, {}))
        page.goto(f"{address}/viewer.html?package={urllib.parse.quote(str(package))}&{query}")
        for _ in range(SETTLED_S * 4):
            page.wait_for_timeout(250)
            if page.evaluate("!!(window.viewer && window.viewer.debug().settled)"):
                break
        found: dict[str, Any] = page.evaluate(ORBIT)
        found |= page.evaluate(PICK)
        found["hide"] = page.evaluate(HIDE)
        session.send("HeapProfiler.enable")
        session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")
        found["heap"] = heap["usedSize"] / 1e6
        found["arrays"] = heap.get("backingStorageSize", 0) / 1e6
        browser.close()
    return found


def spent_since(session: CDPSession, last: dict[str, float]) -> dict[str, float]:
    """Processor seconds of the page's thread since the last call."""
    rows = session.send("Performance.getMetrics")["metrics"]
    now = {row["name"]: row["value"] for row in rows}
    spent = {name: now[name] - last.get(name, 0.0) for name in ("ScriptDuration", "TaskDuration")}
    last.update(now)
    return spent


def measure() -> str:
    """A markdown table, with the limits beside it."""
    head = (
        "| model | draw calls | sub-draws | triangles | JS ms/picture, wall | CPU | pick ms, median "
        "| p95 | hide others ms | JS heap MB | arrays MB | on the card MB |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    limits = ", ".join(f"{name} ≤ {limit:g}" for name, limit in LIMITS.items())
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        with served(Path(folder)) as address:
            rows = [
                row_of(name, look_at(address, package_of(count, unique=unique), query_of(memory)))
                for name, count, unique, memory in MODELS
            ]
    return "\n".join(["## Large models", "", head, *rows, "", f"Limits: {limits}."])


def query_of(megabytes: int | None) -> str:
    return "" if megabytes is None else f"memory={megabytes}"


def row_of(name: str, found: dict[str, Any]) -> str:
    cells = [
        name,
        found["drawCalls"],
        found["subDraws"],
        f"{found['triangles']:,.0f}",
        f"{found['js']:.1f}",
        f"{found['cpu']:.1f}",
        f"{found['pick']:.2f}",
        f"{found['pick95']:.2f}",
        f"{found['hide']:.1f}",
        f"{found['heap']:.0f}",
        f"{found['arrays']:.0f}",
        f"{found['gpuBytes'] / 1e6:.0f}",
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(measure())
    else:
        with tempfile.TemporaryDirectory() as chosen:
            build(Path(chosen))
            with served(Path(chosen)) as at:
                print(json.dumps(look_at(at, Path(sys.argv[1]), "".join(sys.argv[2:3]))))
