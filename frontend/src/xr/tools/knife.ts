/**
 * The section knife and the box in a hand. The plate cuts live while a grip is held and leaves a plane of the desk's
 * list; one grab is one step to undo. The box's sides are pulled the same way, one by each hand.
 */

import {
  BufferGeometry,
  DoubleSide,
  Float32BufferAttribute,
  Group,
  Mesh,
  MeshBasicMaterial,
  Vector3,
} from "three";
import { BOX, type SectionBox } from "../../state/areas/sectioning";
import type { HandTool } from "../../state/areas/hand_tools";
import { mayShareScene } from "../../state/commands/define";
import { BOX_KEY, MAX_SECTIONS } from "../../state/perform/sections";
import { t } from "../../state/messages";
import { fileAxis, type Vec3 } from "../../state/model";
import { formatLength } from "../../state/units";
import { along, dot, scale } from "../../scene/vector";
import { planeAxes } from "../../scene/section/cutter";
import type { Side } from "../controls";
import type { Grabbable, Grip } from "../grabbing";
import type { Seat } from "../seat";
import { type BoxSide, pulledSide, sideUnder, sidesOf } from "./box_faces";
import type { HandPart } from "./hand_part";
import {
  AHEAD_M,
  type Cut,
  FACE_SNAP_M,
  cutOf,
  liesIn,
  plateCorners,
  type TouchedFace,
} from "./knife_plane";
import { Label } from "./label";
import { Strokes } from "./strokes";

/** A hand within this of a side of the box has it, metres of the user. */
const NEAR_SIDE_M = 0.06;

interface HeldSide {
  readonly side: BoxSide;
  /** Where the hand took hold, model frame. */
  readonly from: Vec3;
  /** By what the hand has pulled so far. */
  to: Vec3;
}

export class Knife implements HandPart, Grabbable {
  readonly tools = ["knife", "box"] as const;
  readonly group = new Group();
  readonly grabbable: Grabbable = this;
  private readonly seat: Seat;
  private readonly plate: Plate;
  private readonly outlines = new Strokes("#6cb2ff", 0.9);
  private readonly label = new Label();
  private tool: HandTool = "knife";
  /** The plane in hand. */
  private cutting: { readonly id: string; readonly side: Side; cut: Cut } | null = null;
  private readonly pulls = new Map<Side, HeldSide>();
  private boxBefore: SectionBox | null = null;

  constructor(seat: Seat) {
    this.seat = seat;
    this.plate = new Plate();
    this.group.add(this.plate.mesh, this.outlines.lines, this.label.board.mesh);
  }

  /** What the plate is snapped to now; null: nothing is cut. */
  get snap(): Cut["snap"] | null {
    return this.cutting?.cut.snap ?? null;
  }

  get reading(): string | null {
    return this.label.text;
  }

  taken(tool: HandTool): void {
    this.put();
    this.tool = tool;
    const { commands, workspace } = this.seat.viewer;
    if (tool === "box" && !workspace.sectionBox.get()) commands.run("section.around", {});
  }

  update(_tick: unknown, held: boolean): void {
    this.group.visible = held;
    if (!held) return;
    this.drawPlate();
    this.drawOutlines();
  }

  reach(grip: Grip): number | null {
    if (this.tool === "box") {
      const box = this.boxInModel();
      if (!box) return null;
      const { rig } = this.seat;
      const found = sideUnder(
        box,
        rig.toModel(grip.tip),
        rig.direction(grip.forward),
        NEAR_SIDE_M * rig.scale,
      );
      return found && found.apart / rig.scale;
    }
    // The plate is in the pointing hand already.
    return this.seat.pointing?.side === grip.side ? 0 : null;
  }

  grab(grip: Grip): void {
    const { commands, workspace } = this.seat.viewer;
    const allowed = mayShareScene(workspace);
    if (allowed !== true) {
      workspace.announce(allowed);
      return;
    }
    if (this.tool === "box") {
      this.grabSide(grip);
      return;
    }
    if (this.cutting) return;
    const cut = this.cutAt(grip);
    const { origin } = this.seat.viewer;
    const { centre, facing } = this.plateAt(grip);
    const near = workspace.sections
      .get()
      .find(
        ({ id, normal, offset_m, enabled }) =>
          enabled &&
          !workspace.holds.get().has(`section/${id}`) &&
          liesIn(
            centre,
            facing,
            { normal, offset: offset_m - dot(normal, origin) },
            this.seat.rig.scale,
          ),
      );
    if (near) {
      commands.run("section.activate", { id: near.id });
      this.cutting = { id: near.id, side: grip.side, cut };
      return;
    }
    if (workspace.sections.get().length >= MAX_SECTIONS) {
      workspace.announce(t("section.limit", { count: MAX_SECTIONS }));
      return;
    }
    const { normal } = cut;
    commands.run("section.add", { normal, offset_m: this.absolute(cut), preview: true });
    const id = workspace.sections.get().at(-1)?.id;
    if (id !== undefined) this.cutting = { id, side: grip.side, cut };
  }

  move(grip: Grip): void {
    if (this.tool === "box") {
      const held = this.pulls.get(grip.side);
      if (!held) return;
      held.to = this.seat.rig.toModel(grip.position);
      this.showBox(true);
      return;
    }
    if (this.cutting?.side !== grip.side) return;
    const cut = this.cutAt(grip);
    this.cutting.cut = cut;
    this.send(true);
  }

  let(grip: Grip): void {
    if (this.pulls.has(grip.side)) {
      if (this.pulls.size === 1) this.showBox(false);
      else this.boxBefore = this.pulledBox() ?? this.boxBefore;
      this.pulls.delete(grip.side);
    }
    if (this.cutting?.side !== grip.side) return;
    this.send(false);
    this.cutting = null;
  }

  put(): void {
    if (this.cutting) this.send(false);
    this.cutting = null;
    if (this.pulls.size > 0) this.showBox(false);
    this.pulls.clear();
  }

  dispose(): void {
    this.plate.dispose();
    this.outlines.dispose();
    this.label.dispose();
    this.group.removeFromParent();
  }

  // The plate

  /** centre, facing: model frame. */
  private plateAt({ tip, forward }: Pick<Grip, "tip" | "forward">): { centre: Vec3; facing: Vec3 } {
    const { rig } = this.seat;
    return { centre: rig.toModel(along(tip, forward, AHEAD_M)), facing: rig.direction(forward) };
  }

  private cutAt(grip: Pick<Grip, "tip" | "forward">): Cut {
    const { rig, viewer } = this.seat;
    const { centre, facing } = this.plateAt(grip);
    const source = viewer.workspace.manifest.get()?.source ?? null;
    const axes = (["x", "y", "z"] as const).map((axis) => fileAxis(axis, source));
    return cutOf(centre, facing, rig.scale, axes, this.faceAt(centre, facing));
  }

  /** The face that the plate touches: met from a little before it to a little behind it. */
  private faceAt(centre: Vec3, facing: Vec3): TouchedFace | null {
    const { rig, viewer } = this.seat;
    const model = viewer.model;
    if (!model) return null;
    const reach = FACE_SNAP_M * rig.scale;
    // The plate's own cut would hide the face that it touches: what is cut is looked through, not away.
    for (const sense of [1, -1]) {
      const from = along(centre, facing, -reach * sense);
      const hit = viewer.pickRay(from, scale(facing, sense));
      if (hit && hit.cap === null && hit.distance <= 2 * reach)
        return { point: hit.point, outward: hit.normal };
    }
    return null;
  }

  private absolute({ normal, offset }: Cut): number {
    return offset + dot(normal, this.seat.viewer.origin);
  }

  private send(preview: boolean): void {
    const { cutting } = this;
    if (!cutting) return;
    const { normal } = cutting.cut;
    const change = { normal, offset_m: this.absolute(cutting.cut) };
    this.seat.viewer.commands.run(
      "section.update",
      preview ? { id: cutting.id, change, preview } : { id: cutting.id, change },
    );
  }

  // The box

  private boxInModel(): SectionBox | null {
    const { viewer } = this.seat;
    const box = viewer.workspace.sectionBox.get();
    if (!box?.enabled || viewer.workspace.holds.get().has(BOX_KEY)) return null;
    return { ...box, centre: viewer.toModel(box.centre) };
  }

  private grabSide(grip: Grip): void {
    const { rig, viewer } = this.seat;
    const box = this.boxInModel();
    if (!box) return;
    const found = sideUnder(
      box,
      rig.toModel(grip.tip),
      rig.direction(grip.forward),
      NEAR_SIDE_M * rig.scale,
    );
    if (!found) return;
    if (this.pulls.size === 0) this.boxBefore = box;
    const at = rig.toModel(grip.position);
    this.pulls.set(grip.side, { side: found.side, from: at, to: at });
    viewer.commands.run("section.activate", { id: BOX });
  }

  private pulledBox(): SectionBox | null {
    let box = this.boxBefore;
    for (const { side, from, to } of this.pulls.values())
      if (box) box = pulledSide(box, side, from, to);
    return box;
  }

  private showBox(preview: boolean): void {
    const { viewer } = this.seat;
    const pulled = this.pulledBox();
    if (!pulled) return;
    const box = { ...pulled, centre: viewer.toAbsolute(pulled.centre) };
    viewer.commands.run("section.box", preview ? { box, preview } : { box });
  }

  // What is seen

  private drawPlate(): void {
    const hand = this.seat.pointing;
    const shown = this.tool === "knife" && hand?.tracked === true;
    this.plate.mesh.visible = shown;
    const { head, viewer } = this.seat;
    const theme = viewer.workspace.theme.get();
    if (!shown) {
      this.label.show(null, head.position, head.position, theme);
      return;
    }
    const { position, forward, quaternion } = hand;
    _up.set(0, 1, 0).applyQuaternion(quaternion);
    const centre = along(position, forward, AHEAD_M);
    const corners = plateCorners(centre, forward, [_up.x, _up.y, _up.z]);
    this.plate.lay(corners, this.cutting !== null);
    const { cutting } = this;
    const words = cutting ? this.words(cutting.cut) : null;
    this.label.show(words, [centre[0], centre[1] + 0.12, centre[2]], head.position, theme, 0.6);
  }

  private words(cut: Cut): string {
    const { style } = this.seat.viewer.workspace;
    const length = formatLength(this.absolute(cut), style.get());
    return cut.snap === "none" ? length : `${t(`snap.${cut.snap}`)} · ${length}`;
  }

  private drawOutlines(): void {
    const { viewer, rig } = this.seat;
    const { workspace } = viewer;
    const { outlines } = this;
    outlines.begin();
    const chosen = workspace.activeSection.get();
    const plane = workspace.sections.get().find(({ id, enabled }) => id === chosen && enabled);
    if (plane && this.tool === "knife") {
      const { normal } = plane;
      const offset = plane.offset_m - dot(normal, viewer.origin);
      const [right, up] = planeAxes(normal);
      const corners = viewer.cornersOfModel();
      const span = (axis: Vec3): readonly [number, number] => {
        const at = corners.map((corner) => dot(corner, axis));
        return [Math.min(...at), Math.max(...at)];
      };
      const [[u0, u1], [v0, v1]] = [span(right), span(up)];
      const margin = 0.04 * Math.max(u1 - u0, v1 - v0);
      const place = (u: number, v: number): Vec3 =>
        rig.toUser(along(along(scale(normal, offset), right, u), up, v));
      const [a, b, c, d] = [u0 - margin, u1 + margin, v0 - margin, v1 + margin];
      outlines.path([place(a, c), place(b, c), place(b, d), place(a, d)], true);
    }
    const box = this.tool === "box" ? this.boxInModel() : null;
    const held = new Set([...this.pulls.values()].map(({ side }) => side.side));
    for (const { side, corners, middle, outward } of box ? sidesOf(box) : []) {
      outlines.path(
        corners.map((corner) => rig.toUser(corner)),
        true,
      );
      // A held side has a cross on it, so that colour is not what tells.
      const [first, second, third, fourth] = corners.map((corner) => rig.toUser(corner));
      if (held.has(side) && first && second && third && fourth) {
        outlines.segment(first, third);
        outlines.segment(second, fourth);
      }
      outlines.segment(rig.toUser(middle), rig.toUser(along(middle, outward, 0.03 * rig.scale)));
    }
    outlines.end();
  }
}

/** The plate: a faint sheet with a rim, side PLATE_M. */
class Plate {
  readonly mesh: Group = new Group();
  private readonly position = new Float32BufferAttribute(new Float32Array(12), 3);
  private readonly material = new MeshBasicMaterial({
    color: "#6cb2ff",
    transparent: true,
    opacity: 0.22,
    side: DoubleSide,
    depthWrite: false,
    toneMapped: false,
  });
  private readonly sheet: Mesh;
  private readonly rim = new Strokes("#6cb2ff");

  constructor() {
    const geometry = new BufferGeometry()
      .setAttribute("position", this.position)
      .setIndex([0, 1, 2, 0, 2, 3]);
    this.sheet = new Mesh(geometry, this.material);
    this.sheet.frustumCulled = false;
    this.sheet.renderOrder = 10;
    this.mesh.add(this.sheet, this.rim.lines);
  }

  lay(corners: readonly Vec3[], cutting: boolean): void {
    corners.forEach((corner, i) => this.position.setXYZ(i, ...corner));
    this.position.needsUpdate = true;
    this.material.opacity = cutting ? 0.1 : 0.25;
    this.rim.begin();
    this.rim.path(corners, true);
    this.rim.end();
  }

  dispose(): void {
    this.sheet.geometry.dispose();
    this.material.dispose();
    this.rim.dispose();
  }
}

const _up = new Vector3();
