"""The viewer beside other viewers of the browser, in one headless Chromium with software graphics.

Online3DViewer, xeokit and Babylon read the same model as a plain glTF (our model.glb); That Open's fragments reads the
IFC that it converted itself; ours reads its own package. Conversion is outside the clock for all. Milliseconds are
medians on a shared machine and software graphics: read the ratios. Draw calls, triangles, bytes and heap are exact.
"""

import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT.parent / "shared" / "models"
PEERS = ROOT / "build" / "bench"
PAGES = Path(__file__).parent / "viewer_pages"
PACKAGES = (
    "three@0.187.0",
    "online-3d-viewer@0.18.0",
    "@xeokit/xeokit-sdk@2.6.114",
    "@babylonjs/core@9.28.0",
    "@babylonjs/loaders@9.28.0",
    "@thatopen/fragments@3.4.7",
    "web-ifc@0.0.78",
)
CHROMIUM = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--enable-precise-memory-info",
)
CANVAS = (640, 400)
FRAMES = 40
# Longer than a person waits; the table says who did not come back.
CEILING_S = float(os.environ.get("BENCH_CEILING_S", "180"))
HTML = """<!doctype html><html><head><meta charset="utf-8"><script src="/meter.js"></script></head>
<body style="margin:0"><div style="position:relative;width:{width}px;height:{height}px">
<canvas id="canvas" width="{width}" height="{height}" style="width:100%;height:100%;display:block"></canvas></div>
<script type="module" src="{script}"></script></body></html>"""


@dataclass(frozen=True, slots=True)
class Subject:
    """One model: as a package of ours, as plain glTF, and as fragments where it is a building."""

    name: str
    package: str
    model: str
    fragments: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one viewer did with one model; milliseconds, bytes, counts."""

    first_ms: float
    kilobytes: float
    draw_calls: int
    frame_ms: float
    pick_ms: float
    hide_ms: float
    heap_mb: float
    script_kb: float


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of the bench, with byte ranges: ours asks for parts of exact.bin."""

    def log_message(self, format: str, *args: Any) -> None:
        return

    def end_headers(self) -> None:
        # For clocks of 5 µs instead of 100.
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder over HTTP on loopback."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def install() -> None:
    """The peers, outside the product's own dependencies."""
    PEERS.mkdir(parents=True, exist_ok=True)
    missing = [
        package
        for package in PACKAGES
        if not (PEERS / "node_modules" / package.rpartition("@")[0]).exists()
    ]
    if missing:
        subprocess.run(
            ["npm", "install", "--prefix", str(PEERS), "--no-audit", "--no-fund", *missing],
            check=True,
            stdout=subprocess.DEVNULL,
        )


def build(out: Path) -> dict[str, str]:
    """Bundle each page with the product's own bundler: viewer → address of its script."""
    scripts = {}
    sources = PEERS / "pages"
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir(parents=True)
    for page in sorted(PAGES.iterdir()):
        if page.name == "meter.js":
            shutil.copy(page, out / page.name)
            continue
        # A peer's page stands beside the peers' packages, ours beside our sources.
        entry = page if page.stem == "ours" else sources / page.name
        if entry != page:
            shutil.copy(page, entry)
        config = sources / f"{page.stem}.config.mjs"
        config.write_text(
            f"""export default {{
  root: {json.dumps(str(entry.parent))}, base: "/{page.stem}/", logLevel: "error", worker: {{ format: "es" }},
  build: {{ outDir: {json.dumps(str(out / page.stem))}, emptyOutDir: true, target: "esnext", assetsInlineLimit: 0,
    rollupOptions: {{ input: {json.dumps(str(entry))}, output: {{ entryFileNames: "page.js" }} }} }},
}};
"""
        )
        subprocess.run(
            ["npx", "vite", "build", "--config", str(config)],
            check=True,
            cwd=ROOT / "frontend",
            stdout=subprocess.DEVNULL,
        )
        scripts[page.stem] = f"/{page.stem}/page.js"
        width, height = CANVAS
        (out / f"{page.stem}.html").write_text(
            HTML.format(width=width, height=height, script=scripts[page.stem])
        )
    return scripts


def subjects(out: Path) -> list[Subject]:
    """The models, converted."""
    from holotable.sample import gearbox, rack

    sources: list[tuple[str, Path]] = []
    gearbox.write(out / "gearbox.step")
    sources.append(("gearbox, 153 parts", out / "gearbox.step"))
    for count in (10_000, 100_000):
        rack.write(out / f"rack{count}.glb", occurrences=count)
        sources.append((f"rack, {count:,} parts", out / f"rack{count}.glb"))
    house = MODELS / "haus.ifc"
    if house.exists():
        sources.append(("haus.ifc", house))
    found = []
    for name, path in sources:
        package = out / f"package-{path.stem}"
        subprocess.run(
            [sys.executable, "-m", "holotable", "convert", str(path), "-o", str(package)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        fragments = None
        if path.suffix == ".ifc":
            target = out / f"{path.stem}.frag"
            converter = PEERS / "pages" / "to_fragments.mjs"
            converter.write_text(TO_FRAGMENTS)
            done = subprocess.run(["node", str(converter), str(path), str(target)], check=False)
            fragments = f"/{target.name}" if done.returncode == 0 else None
        found.append(Subject(name, f"/{package.name}", f"/{package.name}/model.glb", fragments))
    return found


TO_FRAGMENTS = """
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import * as FRAGS from "@thatopen/fragments";
const importer = new FRAGS.IfcImporter();
const require = createRequire(import.meta.url);
importer.wasm = { path: path.dirname(require.resolve("web-ifc")) + "/", absolute: true };
const bytes = await importer.process({ bytes: new Uint8Array(fs.readFileSync(process.argv[2])) });
fs.writeFileSync(process.argv[3], bytes);
process.exit(0);
"""


def watch(page: Page, address: str, viewer: str, subject: Subject) -> Outcome | str:
    """Let one viewer show one model; a sentence when it could not."""
    source = subject.fragments if viewer == "fragments" else subject.model
    if source is None:
        return "–"
    wire: dict[str, float] = {"script": 0.0, "model": 0.0}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    session.on(
        "Network.responseReceived",
        lambda event: kinds.update(
            {event["requestId"]: "script" if event["type"] == "Script" else "model"}
        ),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: wire.update(
            {
                kind: wire[kind] + event["encodedDataLength"]
                for kind in [kinds.get(event["requestId"], "model")]
            }
        ),
    )
    page.goto(f"{address}/{viewer}.html?package={subject.package}")
    page.wait_for_function("window.peer !== undefined", timeout=60_000)
    script_kb = wire["script"] / 1e3
    wire["model"] = 0.0
    try:
        first = page.evaluate(
            """async (source) => {
              const began = performance.now();
              const done = peer.load(source);
              const seen = meter.drawn(8).then(() => performance.now() - began);
              await done;
              return await seen;
            }""",
            source,
        )
        deadline = time.monotonic() + CEILING_S
        while not page.evaluate("peer.settled()") and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        page.wait_for_timeout(1_500)
        frames = page.evaluate(f"meter.orbit({FRAMES}, () => peer.step())")
        picks = page.evaluate("meter.picks((x, y) => peer.pick(x, y))")
        picks = page.evaluate("meter.picks((x, y) => peer.pick(x, y))")  # indexes are built now
        session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")
        hide = page.evaluate("meter.act(() => peer.hideOthers())")
    except Exception as problem:  # a peer's failure is a line of the table
        return str(problem).splitlines()[0][:60]
    assert frames, "nothing was drawn while the camera moved"
    return Outcome(
        first_ms=first,
        kilobytes=wire["model"] / 1e3,
        draw_calls=int(statistics.median(frame["draws"] for frame in frames)),
        frame_ms=statistics.median(frame["ms"] for frame in frames),
        pick_ms=statistics.median(picks["ms"]) if picks["met"] else float("nan"),
        hide_ms=hide,
        heap_mb=(heap["usedSize"] + heap.get("backingStorageSize", 0)) / 1e6,
        script_kb=script_kb,
    )


def _fresh(browser: Browser) -> Page:
    width, height = CANVAS
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.set_default_timeout(CEILING_S * 1000)
    return page


VIEWERS = ("ours", "o3dv", "babylon", "xeokit", "fragments")
NAMES = {
    "ours": "**ours**",
    "o3dv": "Online3DViewer",
    "babylon": "Babylon.js",
    "xeokit": "xeokit",
    "fragments": "That Open fragments",
}


def measure() -> str:
    """One markdown table."""
    install()
    lines = [
        "## Viewer",
        "",
        "640 × 400, headless Chromium, software graphics; medians over 40 frames of orbiting and the picks of a grid of 60 that met"
        " something (second round, indexes built). *first*: from asking until the model is drawn. *JS/frame*: JavaScript in the animation"
        " frame. *hide*: all but one part, until the next picture's JavaScript is over. *heap*: JavaScript and array"
        " buffers after a collection. Ours is our viewer without panels.",
        "",
        "| model | viewer | first ms | kB of model | draw calls | JS/frame ms | pick ms | hide ms | heap MB | script kB |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        build(out)
        models = subjects(out)
        with served(out) as address, sync_playwright() as playwright:
            for subject in models:
                for viewer in VIEWERS:
                    browser = playwright.chromium.launch(
                        executable_path="/usr/bin/chromium", args=list(CHROMIUM)
                    )
                    result = watch(_fresh(browser), address, viewer, subject)
                    browser.close()
                    if isinstance(result, str):
                        if result != "–":
                            lines.append(
                                f"| {subject.name} | {NAMES[viewer]} | {result} |  |  |  |  |  |  |  |"
                            )
                        continue
                    lines.append(
                        f"| {subject.name} | {NAMES[viewer]} | {result.first_ms:,.0f} | {result.kilobytes:,.0f} |"
                        f" {result.draw_calls:,} | {result.frame_ms:.2f} | {result.pick_ms:.2f} |"
                        f" {result.hide_ms:.1f} | {result.heap_mb:.0f} | {result.script_kb:,.0f} |"
                    )
                    print(lines[-1], flush=True)
    return "\n".join(lines)
