"""What a standalone headset draws of every shared model and of 100,000 parts, in an emulated Quest 3.

The product's own viewer in a headless browser whose headset is IWER and whose graphics are a processor: pictures take
seconds, so nothing here is a rate. Triangles, calls and sub-draws are of one eye and exact. JavaScript is the main
thread's in an XR frame without the time inside draw calls, which wait for the processor that draws. Fails over the limits.
"""

import statistics
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.large_models import ARGUMENTS, FRONTEND, build, package_of, served

ROOT = FRONTEND.parent
MODELS = ROOT.parent / "shared" / "models"
IWER = FRONTEND / "node_modules" / "iwer" / "build" / "iwer.min.js"
LIMITS = {"triangles": 600_000, "calls": 150, "subDraws": 500, "js": 4.0}
# Interactive at a headset's own pace: coarse triangles are here and a picture was drawn.
ENTER_S = 10.0
RACK = ("rack, 100,000 parts", 100_000)
# Companions that are read with another file.
BESIDE = {".mtl", ".jpg", ".bin", ".md"}
CEILING_S = 240
FRAMES = 24
HEADSET = """
{
  const device = new IWER.XRDevice(IWER.metaQuest3, { stereoEnabled: true });
  device.ipd = 0.063;
  device.installRuntime({ forceInstall: true });
  window.xrdev = device;
}
"""
# Milliseconds inside GL calls, to be taken off what a frame took.
METER = """
window.glMs = 0;
const wrap = (target, name) => {
  const own = target[name];
  if (typeof own !== 'function') return;
  target[name] = function (...args) {
    const began = performance.now();
    const value = own.apply(this, args);
    window.glMs += performance.now() - began;
    return value;
  };
};
const GL = WebGL2RenderingContext.prototype;
for (const name of ['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced', 'clear',
  'bufferSubData', 'bufferData', 'texSubImage2D', 'texImage2D', 'blitFramebuffer', 'readPixels', 'finish', 'flush'])
  wrap(GL, name);
const extension = GL.getExtension;
GL.getExtension = function (name) {
  const found = extension.call(this, name);
  if (found && /multi_draw/i.test(name) && !found.__timed) {
    found.__timed = true;
    for (const call of ['multiDrawElementsInstancedWEBGL', 'multiDrawArraysInstancedWEBGL']) wrap(found, call);
  }
  return found;
};
"""
FRAME_TIMES = """
async (count) => {
  const spent = [];
  const eye = { triangles: 0, calls: 0, subDraws: 0 };
  const until = performance.now() + 90_000;
  let last = headset.frames;
  let gl = window.glMs;
  let turn = 0;
  while (spent.length < count && performance.now() < until) {
    await new Promise((done) => setTimeout(done, 5));
    if (headset.frames === last) continue;
    const frames = headset.frames - last;
    last = headset.frames;
    const now = headset.debug().budget;
    const waited = (window.glMs - gl) / frames;
    gl = window.glMs;
    for (const name of Object.keys(eye)) eye[name] = Math.max(eye[name], now[name]);
    spent.push(Math.max(0, now.lastMs - waited));
    // Looks about, so that levels are chosen anew.
    turn += 0.05;
    xrdev.quaternion.set(0, Math.sin(turn / 2) * 0.4, 0, Math.sqrt(1 - (Math.sin(turn / 2) * 0.4) ** 2));
  }
  return { spent, ...eye };
}
"""


def sources() -> list[Path]:
    """Every model that the project shares for tests."""
    if not MODELS.is_dir():
        return []
    return sorted(
        path for path in MODELS.iterdir() if path.is_file() and path.suffix.lower() not in BESIDE
    )


def convert(source: Path, out: Path) -> Path | None:
    """The package of a file; None where it is not a model."""
    command = [sys.executable, "-m", "holotable", "convert", str(source), "-o", str(out)]
    done = subprocess.run(command, check=False, capture_output=True)
    return out if done.returncode == 0 and (out / "manifest.json").exists() else None


def wear(page: Page, address: str, package: Path) -> dict[str, Any]:
    """Open a package, enter VR, look about: what an eye was shown and what it took."""
    page.goto(f"{address}/viewer.html?package={urllib.parse.quote(str(package))}&headset")
    until(page, "!!(window.viewer && window.headset && viewer.debug().frames > 0)")
    until(page, "workspace.xr.get().kind === 'ready'")
    page.evaluate("window.enteredMs = performance.now(); commands.run('xr.enter')")
    until(page, "headset.frames > 1")
    entered = page.evaluate("performance.now() - window.enteredMs") / 1000
    found: dict[str, Any] = page.evaluate(FRAME_TIMES, FRAMES)
    spent = sorted(found.pop("spent"))
    assert spent, "no XR frame was drawn"
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")
    return found | {
        "js": statistics.median(spent),
        "js95": spent[int(len(spent) * 0.95)],
        "enter": entered,
        "memory": (heap["usedSize"] + heap.get("backingStorageSize", 0)) / 1e6,
        "card": page.evaluate("viewer.debug().gpuBytes") / 1e6,
    }


def until(page: Page, condition: str) -> None:
    """Poll until it holds."""
    for _ in range(CEILING_S * 4):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"never came true: {condition}")


def over(found: dict[str, Any]) -> list[str]:
    """Names of the limits that are not held."""
    return [name for name, most in LIMITS.items() if found[name] > most]


def row_of(name: str, found: dict[str, Any]) -> str:
    """One line of the table."""
    return (
        f"| {name} | {found['triangles']:,.0f} | {found['calls']:,.0f} | {found['subDraws']:,.0f} "
        f"| {found['js']:.1f} | {found['js95']:.1f} | {found['enter']:.1f} | {found['memory']:.0f} "
        f"| {found['card']:.0f} |"
    )


def measure(names: list[str] | None = None) -> str:
    """A markdown table. names: only models whose name holds one of these. Raises over the limits."""
    wanted = names or []
    rows: list[str] = []
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        page_folder = Path(folder) / "page"
        build(page_folder)
        subjects: list[tuple[str, Path | None]] = [
            (path.name, convert(path, Path(folder) / path.name))
            for path in sources()
            if not wanted or any(one in path.name for one in wanted)
        ]
        if not wanted or any(one in RACK[0] for one in wanted):
            subjects.append((RACK[0], package_of(RACK[1], unique=False)))
        with served(page_folder) as address, sync_playwright() as playwright:
            for name, package in subjects:
                if package is None:
                    continue
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=list(ARGUMENTS)
                )
                page = browser.new_page(viewport={"width": 480, "height": 300})
                page.add_init_script(path=IWER)
                page.add_init_script(HEADSET)
                page.add_init_script(METER)
                found = wear(page, address, package)
                browser.close()
                rows.append(row_of(name, found))
                print(rows[-1], flush=True)
                failures += [f"{name}: {limit} {found[limit]:,.1f}" for limit in over(found)]
    if failures:
        raise SystemExit("Over the headset's limits: " + "; ".join(failures))
    head = (
        "| model | triangles | calls | sub-draws | JS ms, median | p95 | enter s | heap and arrays MB | on the card MB |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    )
    limits = "≤ 600,000 triangles, 150 calls, 500 sub-draws, 4 ms of JavaScript (median)"
    return "\n".join(
        [
            "## Headset",
            "",
            f"Per eye, most of {FRAMES} frames of looking about in an emulated Quest 3 (IWER), software graphics. "
            "*JS*: of one XR frame without the time inside GL calls. *enter*: from *Enter VR* to the second picture, "
            "which a processor draws here. Not a headset's rate.",
            "",
            head,
            *rows,
            "",
            f"Limits per eye: {limits}.",
        ]
    )


if __name__ == "__main__":
    print(measure(sys.argv[1:]))
