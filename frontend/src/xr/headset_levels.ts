/**
 * What a standalone headset draws, held within UX.md §4.12's budget: one choice of levels for both eyes, made beside the
 * pictures at most four times a second, and less of everything when the headset cannot keep its rate.
 */

import { Quaternion, Vector3 } from "three";
import { isSoftware } from "../scene/graphics";
import type { Viewer } from "../scene/viewer";
import type { Vec3 } from "../state/model";
import { Governor, meansOf, type Means, type Thrift } from "./governor";
import type { SeatPart, Seat, Tick } from "./seat";
import { eyeAngles, unionFrustum, unionOf } from "./union_frustum";

/** Per eye, UX.md §4.12 and VIEWER.md §4. */
export const BUDGET = { triangles: 600_000, calls: 150, subDraws: 500 } as const;
/** Calls that panels, hands, people and the room may take; without multi-draw the model has the rest. */
const OTHER_CALLS = 50;
const LEVELS_EVERY_MS = 250;
/** Pixels of a Quest 3's eye, from top to bottom: levels are the same however small or shrunk the picture is. */
const EYE_PX = 1760;
/** Radians that a head turns before the next choice. */
const MARGIN = (10 * Math.PI) / 180;
/** Behind the back a quarter of the pixels is enough until one has turned there. */
const AROUND = 0.25;
/** A finer level is taken when a part a fifth smaller deserved it, too. */
const STEADY = 1.25;

/** The numbers of one picture, per eye. */
export interface EyeNumbers {
  readonly triangles: number;
  readonly calls: number;
  readonly subDraws: number;
}

/** Chooses levels for the headset and follows the governor. */
export class HeadsetLevels implements SeatPart {
  readonly viewer: Viewer;
  /** Whether the governor may give anything up. A processor that draws is no headset: there it must be asked for. */
  auto: boolean;
  private readonly seat: Seat;
  private readonly multiDraw: boolean;
  private governor = new Governor();
  private session: XRSession | null = null;
  private thrift: Thrift = this.governor.thrift;
  private levelsAtMs = -Infinity;
  private lastMs = -Infinity;
  private timer = 0;
  private askedRate = 0;
  private readonly offRate: () => void = () => {
    this.governor.runsAt(this.session?.frameRate ?? 0);
  };

  constructor(seat: Seat) {
    this.seat = seat;
    this.viewer = seat.viewer;
    this.auto = !isSoftware(seat.viewer.renderer);
    this.multiDraw = seat.viewer.renderer.getContext().getExtension("WEBGL_multi_draw") !== null;
  }

  /** What is drawn with now. */
  get means(): Means {
    return meansOf(this.auto ? this.thrift.given : 0);
  }

  get given(): number {
    return this.auto ? this.thrift.given : 0;
  }

  get dimmed(): boolean {
    return this.auto && this.thrift.dimmed;
  }

  /** Hz that the headset was asked for. */
  get rate(): number {
    return this.thrift.rate;
  }

  /** Of the last picture, per eye. */
  get numbers(): EyeNumbers {
    const { viewer } = this;
    const { calls, triangles, points } = viewer.renderer.info.render;
    const eyes = Math.max(1, viewer.renderer.xr.getCamera().cameras.length);
    return {
      triangles: Math.round((triangles + points) / eyes),
      calls: Math.ceil(calls / eyes),
      subDraws: viewer.models.reduce((sum, { batch }) => sum + batch.subDraws, 0),
    };
  }

  entered(session: XRSession): void {
    this.session = session;
    this.governor = new Governor([...(session.supportedFrameRates ?? [])]);
    this.thrift = this.governor.thrift;
    this.askedRate = 0;
    this.lastMs = -Infinity;
    session.addEventListener("frameratechange", this.offRate);
    this.follow();
  }

  arrived(): void {
    this.levelsAtMs = -Infinity;
  }

  update({ nowMs, frame, space }: Tick): void {
    if (this.governor.picture(nowMs - this.lastMs)) this.follow();
    this.lastMs = nowMs;
    const scale = this.means.viewportScale;
    if (scale < 1) {
      // Where a headset can: from its next picture on; where it cannot, the next entry makes a smaller framebuffer.
      for (const view of frame.getViewerPose(space)?.views ?? [])
        if ("requestViewportScale" in view) view.requestViewportScale(scale);
    }
    if (nowMs - this.levelsAtMs < LEVELS_EVERY_MS || this.timer !== 0) return;
    this.levelsAtMs = nowMs;
    // Behind the picture, not in it.
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      if (this.session) this.choose();
    }, 0);
  }

  left(): void {
    this.session?.removeEventListener("frameratechange", this.offRate);
    this.session = null;
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.levelsAtMs = -Infinity;
  }

  dispose(): void {
    this.left();
  }

  /** on: the governor gives up and takes back by itself; off: everything is drawn, however slow. */
  setAuto(on: boolean): void {
    this.auto = on;
    this.follow();
  }

  private follow(): void {
    this.thrift = this.governor.thrift;
    const { renderer } = this.viewer;
    const { foveation, viewportScale } = this.means;
    renderer.xr.setFoveation(foveation);
    // Only a session that begins later can have another framebuffer; three warns of it in this one.
    if (!renderer.xr.isPresenting) renderer.xr.setFramebufferScaleFactor(viewportScale);
    this.levelsAtMs = -Infinity;
    this.askForRate();
  }

  private askForRate(): void {
    const { session, thrift } = this;
    if (!session?.supportedFrameRates || this.askedRate === thrift.rate) return;
    this.askedRate = thrift.rate;
    // Refused when the headset has other plans, say a low battery: what it runs at then counts.
    session.updateTargetFrameRate(thrift.rate).catch(() => this.offRate());
  }

  private choose(): void {
    const { viewer, seat } = this;
    const { cameras } = viewer.renderer.xr.getCamera();
    const [eye] = cameras;
    if (!eye) return;
    const { rig, head } = seat;
    for (const { batch } of viewer.models) batch.materials.setViewportHeight(eye.viewport.w);
    const middle = rig.toModel(head.position);
    const angles = unionOf(
      cameras.map(({ projectionMatrix }) => eyeAngles(projectionMatrix.elements)),
    );
    const { triangles, leastPixels, edges } = this.means;
    const { shading, edges: wanted } = viewer.workspace.display.get();
    const wires = shading === "wireframe"; // nothing else is seen of it
    _turned.setFromAxisAngle(_up, rig.yaw).multiply(head.quaternion);
    viewer.chooseWithin(
      {
        eye: middle,
        // Element 5 is the cotangent of half the vertical angle.
        pixelsPerMetre:
          (Math.max(eye.viewport.w, EYE_PX) / 2) * (eye.projectionMatrix.elements[5] ?? 1),
        orthographic: false,
        frustum: unionFrustum(middle, _turned, angles, apart(cameras), MARGIN),
        around: AROUND,
        leastPixels,
        steady: STEADY,
        thin: true,
      },
      {
        triangles: BUDGET.triangles * triangles,
        subDraws: this.multiDraw ? BUDGET.subDraws : BUDGET.calls - OTHER_CALLS,
        edges: wires || (edges && wanted),
      },
    );
  }
}

/** Metres of the model frame between the first and the last eye. */
function apart(
  cameras: readonly { readonly matrixWorld: { elements: readonly number[] } }[],
): number {
  const [first, last] = [cameras[0], cameras.at(-1)];
  if (!first || !last) return 0;
  const place = ({ matrixWorld: { elements: e } }: typeof first): Vec3 => [
    e[12] ?? 0,
    e[13] ?? 0,
    e[14] ?? 0,
  ];
  const [a, b] = [place(first), place(last)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

const _up = new Vector3(0, 1, 0);
const _turned = new Quaternion();
