/**
 * The view cube: a box of buttons that turns with the camera. Made of HTML and CSS transforms, so that its 26
 * zones are real buttons for mouse, keyboard and screen reader, in the page's own type and colours.
 */

import type { Vec3 } from "../state/model";
import type { ViewName } from "../state/workspace";
import { axesOf, viewOf } from "./pose";
import { cross, dot, normalize } from "./vector";
import type { Viewer } from "./viewer";

type Face = Exclude<ViewName, "iso">;

/** Each face: its name, where it looks (toward the camera), and right and up on it. Model frame. */
const FACES: readonly { name: Face; normal: Vec3; right: Vec3; up: Vec3 }[] = [
  { name: "front", normal: [0, 0, 1], right: [1, 0, 0], up: [0, 1, 0] },
  { name: "back", normal: [0, 0, -1], right: [-1, 0, 0], up: [0, 1, 0] },
  { name: "right", normal: [1, 0, 0], right: [0, 0, -1], up: [0, 1, 0] },
  { name: "left", normal: [-1, 0, 0], right: [0, 0, 1], up: [0, 1, 0] },
  { name: "top", normal: [0, 1, 0], right: [1, 0, 0], up: [0, 0, -1] },
  { name: "bottom", normal: [0, -1, 0], right: [1, 0, 0], up: [0, 0, 1] },
];

const LABELS: Readonly<Record<Face, string>> = {
  front: "Front",
  back: "Back",
  left: "Left",
  right: "Right",
  top: "Top",
  bottom: "Bottom",
};

/** CSS pixels. */
const SIZE = 64;

/** Puts a cube and a home button into the viewer's overlay. Returns the way to remove it. */
export function createViewCube(viewer: Viewer): () => void {
  const box = document.createElement("div");
  box.className = "view-cube";
  box.dataset["testid"] = "view-cube";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "View cube");
  const turning = document.createElement("div");
  turning.className = "view-cube-turning";
  const stage = document.createElement("div");
  stage.className = "view-cube-stage";
  stage.append(turning);
  const home = button("view-cube-home", "Home view");
  home.dataset["testid"] = "view-cube-home";
  home.innerHTML =
    '<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M3 11 12 3l9 8"/><path d="M5 10v10h5v-6h4v6h5V10"/></svg>';
  home.addEventListener("click", () => viewer.commands.run("camera.view", { name: "iso" }));
  box.append(stage, home);

  const faceButtons = new Map<Face, HTMLButtonElement>();
  const seen = new Set<string>();
  for (const face of FACES) {
    const plate = document.createElement("div");
    plate.className = "view-cube-face";
    plate.style.transform = `${matrixOf(face.right, face.up, face.normal)} translateZ(${SIZE / 2}px)`;
    for (let row = 1; row >= -1; row -= 1)
      for (let column = -1; column <= 1; column += 1) {
        const direction: Vec3 = [0, 1, 2].map(
          (a) => (face.normal[a] ?? 0) + column * (face.right[a] ?? 0) + row * (face.up[a] ?? 0),
        ) as [number, number, number]; // three entries by construction
        const zone = button("view-cube-zone", labelOf(direction));
        if (row === 0 && column === 0) {
          zone.textContent = LABELS[face.name];
          zone.classList.add("view-cube-middle");
          zone.dataset["testid"] = `view-cube-${face.name}`;
          zone.setAttribute("aria-pressed", "false");
          faceButtons.set(face.name, zone);
          zone.addEventListener("click", () =>
            viewer.commands.run("camera.view", { name: face.name }),
          );
        } else {
          // The same edge or corner lies on two or three faces: one of its buttons is for keyboards.
          const key = direction.join();
          if (seen.has(key)) {
            zone.tabIndex = -1;
            zone.setAttribute("aria-hidden", "true");
          }
          seen.add(key);
          zone.addEventListener("click", () => viewer.lookFrom(direction, upFor(direction)));
        }
        plate.append(zone);
      }
    turning.append(plate);
  }
  viewer.overlay.element.append(box);

  const drag = dragToOrbit(stage, viewer);
  let drawn = "";
  const follow = (): void => {
    const pose = viewer.cameraPose();
    const { forward, right, up } = axesOf(pose);
    // Rows of the view rotation; CSS has y down and z toward the viewer.
    const transform = cssMatrix(
      [right[0], -up[0], -forward[0]],
      [right[1], -up[1], -forward[1]],
      [right[2], -up[2], -forward[2]],
    );
    if (transform === drawn) return;
    drawn = transform;
    turning.style.transform = transform;
    const view = viewOf(pose);
    for (const [name, zone] of faceButtons)
      zone.setAttribute("aria-pressed", String(view === name));
    box.classList.toggle("view-cube-aligned", view !== null && view !== "iso");
  };
  const stop = viewer.onFrame(follow);
  follow();
  return () => {
    stop();
    drag();
    box.remove();
  };
}

/** Drags on the cube orbit about the middle of the picture; returns the way to stop. */
function dragToOrbit(stage: HTMLElement, viewer: Viewer): () => void {
  const stop = new AbortController();
  let last: { x: number; y: number; moved: boolean } | null = null;
  stage.addEventListener(
    "pointerdown",
    (e) => (last = { x: e.clientX, y: e.clientY, moved: false }),
    {
      signal: stop.signal,
    },
  );
  window.addEventListener(
    "pointermove",
    (e) => {
      if (!last) return;
      const [dx, dy] = [e.clientX - last.x, e.clientY - last.y];
      if (!last.moved && Math.hypot(dx, dy) < 4) return;
      last = { x: e.clientX, y: e.clientY, moved: true };
      viewer.orbitBy((-dx * Math.PI) / 180, (dy * Math.PI) / 180);
    },
    { signal: stop.signal },
  );
  window.addEventListener(
    "pointerup",
    () => {
      const moved = last?.moved ?? false;
      last = null;
      // The click that follows a drag is none.
      if (moved)
        window.addEventListener("click", (e) => e.stopPropagation(), { capture: true, once: true });
    },
    { signal: stop.signal },
  );
  return () => stop.abort();
}

function button(className: string, label: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.setAttribute("aria-label", label);
  return made;
}

/** "Front, right" for an edge, "Front, right, top" for a corner. */
function labelOf(direction: Vec3): string {
  return FACES.filter(({ normal }) => dot(normal, direction) > 0)
    .map(({ name }) => LABELS[name])
    .join(", ");
}

/** Up for a view from a direction: the vertical, but on top and bottom the back and the front. */
function upFor(direction: Vec3): Vec3 {
  const d = normalize(direction);
  if (Math.abs(d[1]) < 0.999) return [0, 1, 0];
  return d[1] > 0 ? [0, 0, -1] : [0, 0, 1];
}

/** A face's own axes in the cube, CSS convention: its x right, its y down, its z outward; model frame values. */
function matrixOf(right: Vec3, up: Vec3, normal: Vec3): string {
  const down: Vec3 = [-up[0], -up[1], -up[2]];
  if (dot(cross(right, up), normal) < 0) throw new Error("A face of the cube is mirrored.");
  return cssMatrix(right, down, normal);
}

/** matrix3d from its first three columns. */
function cssMatrix(x: Vec3, y: Vec3, z: Vec3): string {
  const round = (v: Vec3): string => v.map((n) => n.toFixed(5)).join(",");
  return `matrix3d(${round(x)},0,${round(y)},0,${round(z)},0,0,0,0,1)`;
}
