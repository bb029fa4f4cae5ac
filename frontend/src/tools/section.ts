/**
 * Sections in the picture: handles of the chosen plane or of the box, and planes made by clicking. A press on a handle
 * is never a camera's; Esc gives the drag up.
 */

import { BOX, type SectionBox } from "../state/areas/sectioning";
import { type Holder, holderOf } from "../state/holding";
import { t } from "../state/messages";
import { composed, movedSide, planeThrough, turn } from "../state/planes";
import { BOX_KEY } from "../state/perform/sections";
import { formatLength } from "../state/units";
import { formatAngle } from "../state/quantities";
import type { Section } from "../state/workspace";
import type { Vec3 } from "../state/model";
import type { Pointer, PointerHandler } from "../scene/pointer";
import { add, along, dot, scale, subtract } from "../scene/vector";
import { personColour } from "../scene/theme";
import type { Viewer } from "../scene/viewer";
import { SectionGizmo } from "./section_gizmo";
import { type Handle, boxHandles, handleUnder, planeHandles } from "./section_handles";
import { axisOfSnap, faceShape, offersOf, squareOf, tidy } from "./section_make";
import {
  type RingGrip,
  alongLine,
  gripRing,
  onPlane,
  snappedAngle,
  turnOf,
  turnedAbout,
} from "./section_math";
import type { Hover } from "./select";
import { SnapLayer } from "./snap_glyphs";
import { type Snap, Snapper } from "./snapping";

export { tidy } from "./section_make";

/** Something in hand: what it was before, and how a pointer changes it. */
interface Drag {
  readonly handle: Handle;
  readonly id: string;
  /** Where the number is shown, model frame. */
  at: Vec3;
  text: string;
  readonly to: (pointer: Pointer) => void;
  readonly finish: (kept: boolean) => void;
}

export class SectionTool implements PointerHandler {
  private readonly viewer: Viewer;
  private readonly pointing: Hover;
  private readonly gizmo: SectionGizmo;
  private readonly layer: SnapLayer;
  private readonly stops: (() => void)[];
  private handles: readonly Handle[] = [];
  private hovered: string | null = null;
  private dragged: Drag | null = null;
  private snapper: { readonly of: object; readonly snapper: Snapper } | null = null;
  private aim: Snap | null = null;
  /** Counts up with each click: a shape that arrives late makes no plane any more. */
  private clicks = 0;

  constructor(viewer: Viewer, pointing: Hover) {
    this.viewer = viewer;
    this.pointing = pointing;
    this.gizmo = new SectionGizmo(viewer);
    this.layer = new SnapLayer(viewer);
    const { workspace } = viewer;
    const again = (): void => viewer.invalidate();
    const escape = (event: KeyboardEvent): void => this.escape(event);
    window.addEventListener("keydown", escape, { capture: true });
    this.stops = [
      () => window.removeEventListener("keydown", escape, { capture: true }),
      viewer.onFrame(() => this.draw()),
      ...[
        workspace.sections,
        workspace.sectionBox,
        workspace.activeSection,
        workspace.holds,
        workspace.sectionPoints,
      ].map((store) => store.subscribe(again)),
      workspace.tool.subscribe((tool) => {
        if (tool !== "section") this.putAway();
        again();
      }),
    ];
  }

  hover(pointer: Pointer): void {
    const handle = handleUnder(this.handles, pointer);
    this.point(handle?.name ?? null);
    const hit = handle ? null : this.viewer.pickPointer(pointer);
    const snaps = this.viewer.workspace.sectionPick.get() !== "face";
    this.pointing.show(hit, !snaps);
    // The exact shape is asked for in passing, so that the next aim has its vertices and axes.
    if (snaps && hit) this.viewer.exact.want(hit.occurrence);
    this.aim = handle || !snaps ? null : (this.snapping()?.aim(pointer) ?? null);
    if (snaps) this.viewer.invalidate();
  }

  leave(): void {
    this.point(null);
    this.aim = null;
    this.pointing.clear();
  }

  press(pointer: Pointer): boolean {
    const handle = handleUnder(this.handles, pointer);
    if (!handle || this.holder() !== null) return false;
    const section = this.activePlane();
    const box = this.activeBox();
    this.dragged = section
      ? this.dragPlane(section, handle, pointer)
      : box && this.dragBox(box, handle, pointer);
    if (!this.dragged) return false;
    this.point(handle.name);
    this.pointing.clear();
    return true;
  }

  drag(pointer: Pointer): void {
    this.dragged?.to(pointer);
    this.viewer.invalidate();
  }

  release(): void {
    const { dragged } = this;
    this.dragged = null;
    dragged?.finish(true);
    this.viewer.invalidate();
  }

  cancel(): void {
    const { dragged } = this;
    this.dragged = null;
    dragged?.finish(false);
    this.viewer.invalidate();
  }

  click(pointer: Pointer): void {
    const { workspace } = this.viewer;
    this.clicks += 1;
    switch (workspace.sectionPick.get()) {
      case "points":
        this.addPoint(pointer);
        break;
      case "square":
        void this.cutSquare(pointer, this.clicks);
        break;
      case "face":
        void this.cutFace(pointer, this.clicks);
    }
  }

  /** Two quick clicks are two clicks, not a fit. */
  doubleClick(pointer: Pointer): void {
    if (this.viewer.workspace.sectionPick.get() === "points") this.click(pointer);
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.gizmo.dispose();
    this.layer.dispose();
  }

  /** A face becomes a plane that keeps what lies behind it; of a round one, a plane through its axis. */
  private async cutFace(pointer: Pointer, click: number): Promise<void> {
    const hit = this.viewer.pickPointer(pointer);
    if (!hit || hit.cap !== null) return;
    const shape = await faceShape(this.viewer, hit);
    if (click !== this.clicks) return;
    if (shape.kind === "round") {
      const offers = offersOf(shape, hit.point, pointer.direction).map((offer) => ({
        ...offer,
        offset_m: offer.offset_m + dot(offer.normal, this.viewer.origin),
      }));
      const first = offers[0];
      if (first) this.add(first.normal, first.offset_m);
      const id = this.viewer.workspace.sections.get().at(-1)?.id;
      if (id !== undefined) this.viewer.workspace.sectionOffers.set({ id, offers });
      return;
    }
    const inward = scale(shape.outward, -1);
    const normal = shape.exact ? inward : tidy(inward);
    this.add(normal, dot(normal, this.viewer.toAbsolute(shape.point)));
  }

  /** A plane square to the axis of a round face, or of the edge that is near. */
  private async cutSquare(pointer: Pointer, click: number): Promise<void> {
    const hit = this.viewer.pickPointer(pointer);
    const snap = this.snapping()?.aim(pointer) ?? null;
    let axis = snap ? axisOfSnap(snap) : null;
    let at = snap?.point ?? hit?.point ?? null;
    if (!axis && hit && hit.cap === null) {
      const shape = await faceShape(this.viewer, hit);
      if (click !== this.clicks) return;
      at = hit.point;
      // Square to a flat face is along its normal: parallel to it, through the point.
      axis = shape.kind === "round" ? shape.axis : shape.outward;
    }
    if (!axis || !at) {
      this.viewer.workspace.announce(t("section.least"));
      return;
    }
    const normal = squareOf(axis, pointer.direction);
    this.add(normal, dot(normal, this.viewer.toAbsolute(at)));
  }

  private addPoint(pointer: Pointer): void {
    const { workspace } = this.viewer;
    const snap = this.snapping()?.aim(pointer) ?? null;
    if (!snap) return;
    const points = [...workspace.sectionPoints.get(), this.viewer.toAbsolute(snap.point)];
    const [a, b, c] = points;
    if (!a || !b || !c) {
      workspace.sectionPoints.set(points);
      return;
    }
    const plane = planeThrough(a, b, c);
    if (!plane) {
      workspace.announce(t("section.colinear"));
      return;
    }
    workspace.sectionPoints.set([]);
    const keeps = dot(plane.normal, pointer.direction) >= 0 ? 1 : -1;
    this.add(tidy(scale(plane.normal, keeps)), plane.offset * keeps);
  }

  private add(normal: Vec3, offset_m: number): void {
    this.viewer.workspace.sectionOffers.set(null);
    this.viewer.commands.run("section.add", { normal, offset_m });
  }

  private dragPlane(section: Section, handle: Handle, pointer: Pointer): Drag | null {
    const { viewer } = this;
    const { id } = section;
    let change: Partial<Section> = {};
    const update = (wanted: Partial<Section>): void => {
      change = wanted;
      viewer.commands.run("section.update", { id, change, preview: true });
    };
    const finish = (kept: boolean): void => {
      const { normal, offset_m } = section;
      viewer.commands.run("section.update", { id, change: kept ? change : { normal, offset_m } });
    };
    if (handle.kind === "move") {
      const from = alongLine(pointer, handle.at, handle.axis);
      if (from === null) return null;
      const drag: Drag = {
        handle,
        id,
        at: handle.at,
        text: this.lengthText(section.offset_m),
        finish,
        to: (now) => {
          const by = alongLine(now, handle.at, handle.axis);
          if (by === null) return;
          // The arrow points at what is cut away, against the normal.
          const offset_m = section.offset_m - (by - from);
          update({ offset_m });
          drag.at = along(handle.at, handle.axis, by - from);
          drag.text = this.lengthText(offset_m);
        },
      };
      return drag;
    }
    const grip = this.grip(pointer, handle);
    const pivot = viewer.toAbsolute(handle.at);
    const drag: Drag = {
      handle,
      id,
      at: handle.at,
      text: this.angleText(0),
      finish,
      to: (now) => {
        const angle = snappedAngle(turnOf(now, grip), now.alt);
        const normal = tidy(turnedAbout(section.normal, handle.axis, angle));
        update({ normal, offset_m: dot(normal, pivot) });
        drag.text = this.angleText(angle);
      },
    };
    return drag;
  }

  private dragBox(box: SectionBox, handle: Handle, pointer: Pointer): Drag | null {
    const { viewer } = this;
    let last = box;
    const update = (wanted: SectionBox): void => {
      last = wanted;
      viewer.commands.run("section.box", { box: wanted, preview: true });
    };
    const finish = (kept: boolean): void =>
      void viewer.commands.run("section.box", { box: kept ? last : box });
    const drag = (text: string, to: (pointer: Pointer, own: Drag) => void): Drag => {
      const own: Drag = {
        handle,
        id: BOX,
        at: handle.at,
        text,
        finish,
        to: (now) => to(now, own),
      };
      return own;
    };
    if (handle.kind === "side") {
      const side = handle.side ?? 0;
      const length = (wanted: SectionBox): string =>
        formatLength(2 * (wanted.half[side >> 1] ?? 0), viewer.workspace.style.get());
      const from = alongLine(pointer, handle.at, handle.axis);
      if (from === null) return null;
      return drag(length(box), (now, own) => {
        const by = alongLine(now, handle.at, handle.axis);
        if (by === null) return;
        update(movedSide(box, side, by - from));
        own.at = along(handle.at, handle.axis, by - from);
        own.text = length(last);
      });
    }
    if (handle.kind === "centre") {
      const facing = scale(pointer.direction, -1);
      const from = onPlane(pointer, handle.at, facing);
      if (!from) return null;
      return drag(this.pointText(box.centre), (now, own) => {
        const to = onPlane(now, handle.at, facing);
        if (!to) return;
        const by = subtract(to, from);
        update({ ...box, centre: add(box.centre, by) });
        own.at = add(handle.at, by);
        own.text = this.pointText(last.centre);
      });
    }
    const grip = this.grip(pointer, handle);
    return drag(this.angleText(0), (now, own) => {
      const angle = snappedAngle(turnOf(now, grip), now.alt);
      update({ ...box, rotation: composed(turn(handle.axis, angle), box.rotation) });
      own.text = this.angleText(angle);
    });
  }

  private grip(pointer: Pointer, { at, axis, line }: Handle): RingGrip {
    const rim = line[0] ?? at;
    const arm = subtract(rim, at);
    return gripRing(pointer, at, axis, Math.max(Math.sqrt(dot(arm, arm)), 1e-9));
  }

  private lengthText(offset_m: number): string {
    return formatLength(offset_m, this.viewer.workspace.style.get());
  }

  private angleText(angle: number): string {
    return formatAngle(angle, this.viewer.workspace.style.get());
  }

  private pointText(point: Vec3): string {
    const style = this.viewer.workspace.style.get();
    return point.map((value) => formatLength(value, style)).join("  ");
  }

  /** Esc while something is in hand puts it back, and nothing else. */
  private escape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.dragged) return;
    event.stopPropagation();
    event.preventDefault();
    this.cancel();
  }

  private putAway(): void {
    const { workspace } = this.viewer;
    this.aim = null;
    this.clicks += 1;
    if (this.dragged) this.cancel();
    workspace.sectionPoints.set([]);
    workspace.sectionPick.set("face");
  }

  private point(name: string | null): void {
    if (name === this.hovered) return;
    this.hovered = name;
    this.viewer.canvas.style.cursor =
      name === null ? "crosshair" : this.dragged ? "grabbing" : "grab";
    this.viewer.invalidate();
  }

  private snapping(): Snapper | null {
    const { model } = this.viewer;
    if (!model) return null;
    if (this.snapper?.of !== model)
      this.snapper = { of: model, snapper: new Snapper(model, this.viewer.exact) };
    return this.snapper.snapper;
  }

  private activePlane(): Section | null {
    const { sections, activeSection } = this.viewer.workspace;
    return sections.get().find(({ id, enabled }) => id === activeSection.get() && enabled) ?? null;
  }

  private activeBox(): SectionBox | null {
    const { sectionBox, activeSection } = this.viewer.workspace;
    const box = sectionBox.get();
    return activeSection.get() === BOX && box?.enabled === true ? box : null;
  }

  private holder(): Holder | null {
    const { activeSection, holds, people } = this.viewer.workspace;
    const id = activeSection.get() ?? "";
    return holderOf(id === BOX ? BOX_KEY : `section/${id}`, holds.get(), people.get());
  }

  /** The middle of a plane's rectangle, model frame. */
  private middle({ normal, offset_m }: Section): Vec3 {
    const { point } = this.viewer.middleOfModel();
    const height = dot(normal, this.viewer.toAbsolute(point)) - offset_m;
    return along(point, normal, -height);
  }

  /** A box with its centre in the model frame. */
  private shown(box: SectionBox): SectionBox {
    return { ...box, centre: this.viewer.toModel(box.centre) };
  }

  private draw(): void {
    const { viewer, dragged } = this;
    const { workspace } = viewer;
    const showing = workspace.tool.get() === "section";
    const plane = showing ? this.activePlane() : null;
    const box = showing ? this.activeBox() : null;
    const reach = (point: Vec3, pixels: number): number => viewer.reach(point, pixels);
    this.handles = plane
      ? planeHandles(
          plane.normal,
          dragged?.handle.kind === "turn" ? dragged.at : this.middle(plane),
          reach,
        )
      : box
        ? boxHandles(this.shown(box), reach)
        : [];
    const sections = showing ? workspace.sections.get().filter(({ enabled }) => enabled) : [];
    const whole = workspace.sectionBox.get();
    const holder = this.holder();
    this.gizmo.draw({
      planes: sections.map(({ id, normal, offset_m }) => ({
        normal,
        offset: offset_m - dot(normal, viewer.origin),
        chosen: id === plane?.id,
      })),
      box: showing && whole?.enabled ? { box: this.shown(whole), chosen: box !== null } : null,
      handles: this.handles,
      hovered: this.hovered,
      held: dragged?.handle.name ?? null,
      foreign: holder && personColour(holder.colour),
    });
    this.layer.clear();
    if (!showing || viewer.presenting) return;
    for (const point of workspace.sectionPoints.get())
      this.layer.glyph(viewer.toModel(point), "vertex");
    if (this.aim) this.layer.glyph(this.aim.point, this.aim.kind);
    if (dragged) this.layer.label(dragged.at, dragged.text, { testId: "section-readout" });
    const [first] = this.handles;
    if (holder && first)
      this.layer.label(first.at, t("live.holding", { name: holder.name }), {
        testId: "section-holder",
      });
  }
}
