/**
 * Side by side: the old revision in the left half of the picture, the new one in the right half, drawn by one renderer
 * and moved by one hand. Both are seen by one camera, until somebody unlocks them.
 */

import { Ray } from "three";
import type { Bounds, Vec3 } from "../state/model";
import type { CameraPose, Workspace } from "../state/workspace";
import { ViewCamera } from "./camera";
import type { OpenedModel } from "./opened_model";
import type { PicturePane } from "./picture";
import { type CanvasSize, projectToScreen, rayAt } from "./sight";

/** Whether two revisions are seen side by side. */
export function isSideBySide({ comparing, comparison }: Workspace): boolean {
  return comparing.get()?.mode === "side_by_side" && comparison.get()?.state === "ready";
}

/** What of a canvas tells where it was pressed. */
export type PressedOn = EventTarget & { getBoundingClientRect(): { readonly left: number } };

/** Which half of the picture is whose, in CSS pixels of the canvas. */
export class ComparePanes {
  private readonly canvas: CanvasSize;
  private readonly workspace: Workspace;
  private readonly view: ViewCamera;
  private readonly ownView: ViewCamera;
  /** A headset draws: it has one picture. */
  whole = false;
  /** The hand's last press or turn of the wheel was in the old one's half. */
  private inOld = false;

  /** view: the camera of the new revision, and of both while they are locked. */
  constructor(canvas: CanvasSize, workspace: Workspace, view: ViewCamera) {
    this.canvas = canvas;
    this.workspace = workspace;
    this.view = view;
    this.ownView = new ViewCamera(view.pose);
  }

  get split(): boolean {
    return !this.whole && isSideBySide(this.workspace);
  }

  /** Width by height of what one camera sees. */
  get aspect(): number {
    const { clientWidth, clientHeight } = this.canvas;
    return (this.split ? clientWidth / 2 : clientWidth) / Math.max(1, clientHeight);
  }

  /** Whether the old revision is seen there. */
  isOld(x: number): boolean {
    return this.split && x < this.canvas.clientWidth / 2;
  }

  /** The camera that the old one is seen by. */
  get oldView(): ViewCamera {
    const pose = this.workspace.comparing.get()?.oldCamera ?? null;
    if (!this.split || !pose) return this.view;
    this.ownView.set(pose);
    this.ownView.setAspect(this.aspect);
    return this.ownView;
  }

  /** Whether the old one is looked at from elsewhere. */
  get unlocked(): boolean {
    return this.oldView !== this.view;
  }

  /** Notes in whose half the hand begins something, before anybody acts on it. Returns the way to stop. */
  listen(canvas: PressedOn): () => void {
    const stop = new AbortController();
    const begin = (event: Event): void => {
      const { clientX } = event as MouseEvent; // both kinds are
      this.inOld = this.isOld(clientX - canvas.getBoundingClientRect().left);
    };
    for (const kind of ["pointerdown", "wheel"] as const)
      canvas.addEventListener(kind, begin, { capture: true, passive: true, signal: stop.signal });
    return () => stop.abort();
  }

  /** The camera that the hand moves. */
  get handled(): ViewCamera {
    return this.inOld ? this.oldView : this.view;
  }

  /** Moves the old one's own camera if that is what the hand is on. */
  take(pose: CameraPose): boolean {
    if (!this.inOld || !this.unlocked) return false;
    this.workspace.comparing.update((now) => now && { ...now, oldCamera: pose });
    return true;
  }

  /** The ray under a point, in whichever half it is; written into `ray`. */
  rayAt(x: number, y: number, ray = new Ray()): Ray {
    if (!this.split) return rayAt(this.view, this.canvas, x, y, ray);
    const old = this.isOld(x);
    const left = old ? 0 : this.canvas.clientWidth / 2;
    return rayAt(old ? this.oldView : this.view, this.half, x - left, y, ray);
  }

  /** Where a point of the model frame is seen of the new revision; null behind the eye. */
  project(point: Vec3): { readonly x: number; readonly y: number } | null {
    if (!this.split) return projectToScreen(this.view, this.canvas, point);
    const at = projectToScreen(this.view, this.half, point);
    return at && { x: at.x + this.canvas.clientWidth / 2, y: at.y };
  }

  /** The same of the old one, in its half; null behind the eye and outside of it. */
  projectOld(point: Vec3): { readonly x: number; readonly y: number } | null {
    const { clientWidth } = this.half;
    const at = projectToScreen(this.oldView, this.half, point);
    return at && at.x >= 0 && at.x <= clientWidth ? at : null;
  }

  /** What is drawn where, left first; null: one picture. beside: everything on the table but these two. */
  panesOf(
    now: OpenedModel | null,
    old: OpenedModel | null,
    beside: readonly OpenedModel[],
    bounds: Bounds,
  ): readonly PicturePane[] | null {
    if (!this.split || !now || !old) return null;
    const { oldView, view } = this;
    if (oldView !== view) oldView.apply(bounds);
    // Held back, the new one gives way to the old one where it stands.
    const right = this.workspace.blinking.get() ? old : now;
    return [
      { camera: oldView.active, models: [old] },
      { camera: view.active, models: [right, ...beside] },
    ];
  }

  private get half(): CanvasSize {
    const { clientWidth, clientHeight } = this.canvas;
    return { clientWidth: clientWidth / 2, clientHeight };
  }
}
