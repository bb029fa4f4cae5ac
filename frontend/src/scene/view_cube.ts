/**
 * The view cube: a box of buttons that turns with the camera. Made of HTML and CSS transforms, so that its 26
 * zones are real buttons for mouse, keyboard and screen reader, in the page's own type and colours. One Tab stop;
 * arrows go from zone to zone.
 */

import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import { northOf } from "../state/north";
import type { CameraPose } from "../state/workspace";
import { axesOf } from "./pose";
import { cross, dot } from "./vector";
import "./view_cube.css";
import {
  FACES,
  type Zone,
  faceFrom,
  isFaceView,
  isFrom,
  labelOf,
  neighbour,
  upFor,
  zonesOfFace,
} from "./view_cube_zones";
import type { Viewer } from "./viewer";

/** CSS pixels. */
const SIZE = 72;
/** As `perspective` in the style. */
const SIGHT = 520;
/** From the middle of the ring, just outside of it. */
const NORTH_AT = 67;
/** Nobody turned, nobody pointed at it: it fades. */
const IDLE_MS = 2500;
const CLICK_PX = 4;

const HOME = '<path d="M3 11 12 3l9 8"/><path d="M5 10v10h5v-6h4v6h5V10"/>';
const ROLL_LEFT = '<path d="M3 12a9 9 0 0 1 15-6.7L21 8"/><path d="M21 3v5h-5"/>';
const SIDES = ["up", "down", "left", "right"] as const;
const TRIANGLES = {
  up: '<path d="m6 15 6-6 6 6z" fill="currentColor"/>',
  down: '<path d="m6 9 6 6 6-6z" fill="currentColor"/>',
  left: '<path d="m15 6-6 6 6 6z" fill="currentColor"/>',
  right: '<path d="m9 6 6 6-6 6z" fill="currentColor"/>',
};

/** A zone's button on one face; an edge has two, a corner three. */
interface ZoneButton {
  readonly zone: Zone;
  readonly element: HTMLButtonElement;
}

/** Puts a cube into the viewer's overlay. Returns the way to remove it. */
export function createViewCube(viewer: Viewer): () => void {
  const box = element("div", "view-cube");
  box.dataset["testid"] = "view-cube";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", t("cube.label"));
  const turning = element("div", "view-cube-turning");
  const stage = element("div", "view-cube-stage");
  const caption = element("div", "view-cube-caption");
  caption.setAttribute("aria-hidden", "true");
  stage.append(turning);
  box.append(stage, caption);

  const zones = addZones(viewer, turning, caption);
  const walkZones = rove(zones.filter(({ element: { ariaHidden } }) => ariaHidden !== "true"));
  const compass = ring();
  const northMark = element("span", "view-cube-north");
  northMark.textContent = t("cube.northLetter");
  northMark.setAttribute("aria-hidden", "true");
  stage.append(northMark);
  const faceButtons = addButtons(viewer, box);
  viewer.overlay.element.append(box);

  const awake = waker(box);
  const drag = dragToOrbit(stage, viewer);
  let drawn = "";
  let north: Vec3 | null = null;
  /** The letter stays upright beside the ring, so that N is no Z. */
  const placeNorth = (pose: CameraPose): void => {
    northMark.hidden = north === null;
    if (!north) return;
    const { forward, right, up } = axesOf(pose);
    const at: Vec3 = [north[0] * NORTH_AT, -SIZE / 2, north[2] * NORTH_AT];
    const nearness = SIGHT / (SIGHT + dot(at, forward));
    const [x, y] = [dot(at, right) * nearness, -dot(at, up) * nearness];
    northMark.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    northMark.style.zIndex = dot(at, forward) > 0 ? "-1" : "1";
  };
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
    awake.wake();
    placeNorth(pose);
    turning.style.transform = transform;
    let aligned = false;
    for (const { zone, element: zoneButton } of zones) {
      const pressed = isFrom(zone, pose);
      aligned ||= pressed;
      // Even to the same value: a set attribute is another look at the styles of all 50.
      const said = String(pressed);
      if (zoneButton.getAttribute("aria-pressed") !== said)
        zoneButton.setAttribute("aria-pressed", said);
    }
    box.classList.toggle("view-cube-aligned", aligned);
    const straight = isFaceView(pose);
    for (const { side, element: sideButton } of faceButtons) {
      sideButton.hidden = !straight;
      if (straight && side) {
        const name = t(`view.${faceFrom(neighbour(pose, side).from)}`);
        sideButton.setAttribute("aria-label", t("cube.neighbour", { name }));
        sideButton.title = name;
      }
    }
  };
  const stops = [
    viewer.onFrame(follow),
    viewer.workspace.manifest.subscribe((manifest) => {
      north = northOf(manifest);
      compass.remove();
      if (north) turning.append(compass);
      placeNorth(viewer.cameraPose());
    }),
    drag,
    awake.stop,
    walkZones,
  ];
  follow();
  return () => {
    for (const stop of stops) stop();
    box.remove();
  };
}

function addZones(viewer: Viewer, turning: HTMLElement, caption: HTMLElement): ZoneButton[] {
  const made: ZoneButton[] = [];
  const seen = new Set<string>();
  for (const face of FACES) {
    const plate = element("div", "view-cube-face");
    plate.style.transform = `${matrixOf(face.right, face.up, face.normal)} translateZ(${SIZE / 2}px)`;
    for (const zone of zonesOfFace(face)) {
      const zoneButton = button("view-cube-zone", labelOf(zone));
      if (zone.face) {
        const word = element("span", "");
        word.textContent = t(`view.${zone.face}`);
        zoneButton.append(word);
        zoneButton.classList.add("view-cube-middle");
      }
      zoneButton.setAttribute("aria-pressed", "false");
      // The same edge or corner lies on two or three faces: one of its buttons is for keyboards.
      if (seen.has(zone.id)) {
        zoneButton.setAttribute("aria-hidden", "true");
        zoneButton.tabIndex = -1;
      } else zoneButton.dataset["testid"] = `view-cube-${zone.id}`;
      seen.add(zone.id);
      zoneButton.addEventListener("click", () => {
        if (zone.face) viewer.commands.run("camera.view", { name: zone.face });
        else viewer.commands.run("camera.look", { from: zone.direction, up: upFor(zone) });
      });
      made.push({ zone, element: zoneButton });
      plate.append(zoneButton);
    }
    turning.append(plate);
  }
  // All buttons of a zone light up together, and its name is written: its face may be turned away.
  const light = (id: string | null): void => {
    const zone = made.find((one) => one.zone.id === id)?.zone;
    caption.textContent = zone && !zone.face ? labelOf(zone) : "";
    for (const one of made) one.element.classList.toggle("view-cube-same", one.zone.id === id);
  };
  for (const { zone, element: zoneButton } of made) {
    zoneButton.addEventListener("pointerenter", () => light(zone.id));
    zoneButton.addEventListener("pointerleave", () => light(null));
    zoneButton.addEventListener(
      "focus",
      () => zoneButton.matches(":focus-visible") && light(zone.id),
    );
    zoneButton.addEventListener("blur", () => light(null));
  }
  return made;
}

/** Home, and what only a face view has: roll arrows and triangles to the neighbours. */
function addButtons(
  viewer: Viewer,
  box: HTMLElement,
): readonly {
  readonly side: (typeof SIDES)[number] | null;
  readonly element: HTMLButtonElement;
}[] {
  const { commands } = viewer;
  const home = iconButton("home", t("cube.home"), HOME);
  home.title = `${t("cube.home")} (0)`;
  home.addEventListener("click", () => commands.run("camera.view", { name: "iso" }));
  box.append(home);
  const rolls = ([-1, 1] as const).map((way) => {
    const name = way < 0 ? "roll-left" : "roll-right";
    const label = t(way < 0 ? "cube.rollLeft" : "cube.rollRight");
    const roll = iconButton(name, label, ROLL_LEFT);
    roll.title = label;
    if (way < 0) roll.style.scale = "-1 1";
    roll.addEventListener("click", () =>
      commands.run("camera.roll", { angle_rad: (way * Math.PI) / 2 }),
    );
    return { side: null, element: roll };
  });
  const neighbours = SIDES.map((side) => {
    const to = iconButton(`to-${side}`, t(`view.top`), TRIANGLES[side]);
    to.addEventListener("click", () =>
      commands.run("camera.look", neighbour(viewer.view.destination, side)),
    );
    return { side, element: to };
  });
  const all = [...rolls, ...neighbours];
  box.append(...all.map((one) => one.element));
  return all;
}

/** One Tab stop for all zones; arrows, Home and End go through them. Returns the way to stop. */
function rove(zones: readonly ZoneButton[]): () => void {
  const stop = new AbortController();
  const buttons = zones.map((one) => one.element);
  buttons.forEach((one, index) => {
    one.tabIndex = index === 0 ? 0 : -1;
    one.addEventListener(
      "keydown",
      (event) => {
        const steps: Readonly<Record<string, number>> = {
          ArrowRight: index + 1,
          ArrowDown: index + 1,
          ArrowLeft: index - 1,
          ArrowUp: index - 1,
          Home: 0,
          End: buttons.length - 1,
        };
        const wanted = steps[event.key];
        if (wanted === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        const next = buttons[(wanted + buttons.length) % buttons.length];
        one.tabIndex = -1;
        if (next) next.tabIndex = 0;
        next?.focus();
      },
      { signal: stop.signal },
    );
  });
  return () => stop.abort();
}

/** Fades the cube while nothing happens. */
function waker(box: HTMLElement): { wake(): void; stop(): void } {
  let timer = 0;
  const wake = (): void => {
    box.classList.remove("view-cube-idle");
    clearTimeout(timer);
    timer = window.setTimeout(() => box.classList.add("view-cube-idle"), IDLE_MS);
  };
  return { wake, stop: () => clearTimeout(timer) };
}

/** The ring of the compass lies under the cube. */
function ring(): HTMLElement {
  const compass = element("div", "view-cube-compass");
  compass.dataset["testid"] = "view-cube-compass";
  compass.setAttribute("role", "img");
  compass.setAttribute("aria-label", t("cube.north"));
  compass.style.transform = `${matrixOf([1, 0, 0], [0, 0, -1], [0, 1, 0])} translateZ(${-SIZE / 2}px)`;
  return compass;
}

/** Drags on the cube orbit about the middle of the picture; returns the way to stop. */
function dragToOrbit(stage: HTMLElement, viewer: Viewer): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let last: { x: number; y: number; moved: boolean } | null = null;
  stage.addEventListener(
    "pointerdown",
    (e) => (last = { x: e.clientX, y: e.clientY, moved: false }),
    { signal },
  );
  window.addEventListener(
    "pointermove",
    (e) => {
      if (!last) return;
      const [dx, dy] = [e.clientX - last.x, e.clientY - last.y];
      if (!last.moved && Math.hypot(dx, dy) < CLICK_PX) return;
      last = { x: e.clientX, y: e.clientY, moved: true };
      viewer.orbitBy((-dx * Math.PI) / 180, (dy * Math.PI) / 180);
    },
    { signal },
  );
  const end = (): void => {
    const moved = last?.moved ?? false;
    last = null;
    if (!moved) return;
    // The click that follows a drag is none; where no click follows, the next one is.
    const swallow = (e: Event): void => e.stopPropagation();
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
  };
  window.addEventListener("pointerup", end, { signal });
  window.addEventListener("pointercancel", () => (last = null), { signal });
  return () => stop.abort();
}

function element(tag: "div" | "span", className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function button(className: string, label: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.setAttribute("aria-label", label);
  return made;
}

function iconButton(name: string, label: string, paths: string): HTMLButtonElement {
  const made = button(`view-cube-button view-cube-${name}`, label);
  made.dataset["testid"] = `view-cube-${name}`;
  made.innerHTML = `<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;
  return made;
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
