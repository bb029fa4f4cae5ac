/**
 * Measurements in the room: the desk's list, its lines, the shapes it snapped to and the value on a card that faces the
 * user, in the model's own units whatever the scale. And what the caliper aims at. User space.
 */

import { Group } from "three";
import type { MeasurePoint, Measurement, SnapKind } from "../../state/areas/measuring";
import { outdatedBy } from "../../state/measure_owner";
import { outdatedText, valueText } from "../../state/measure_text";
import type { Vec3 } from "../../state/model";
import { cross, normalize, scale, subtract } from "../../scene/vector";
import { MeasureTool } from "../../tools/measure";
import { Snapping } from "../../tools/measure_snapping";
import { type Shapes } from "../../tools/reading_shapes";
import { snapWord } from "../../tools/snap_glyphs";
import { readingsOf } from "../../tools/readings";
import type { Seat } from "../seat";
import { glyphStrokes, linesOf } from "./measure_shapes";
import { Label } from "./label";
import { Strokes } from "./strokes";

/** A glyph's half size before the eye, radians. */
const GLYPH_RAD = (0.45 * Math.PI) / 180;
/** More cards nobody reads. */
const MOST_CARDS = 24;

export interface CardDebug {
  readonly text: string;
  readonly at: Vec3;
  readonly text_deg: number;
}

export class MeasuresView {
  readonly group = new Group();
  readonly snapping: Snapping;
  private readonly seat: Seat;
  private readonly lines = new Strokes("#d98324");
  private readonly glyphs = new Strokes("#6cb2ff");
  private readonly cards: Label[] = [];
  private readonly live = new Label();

  constructor(seat: Seat) {
    this.seat = seat;
    this.snapping = new Snapping(seat.viewer);
    this.group.add(this.lines.lines, this.glyphs.lines, this.live.board.mesh);
  }

  get shapes(): Shapes {
    return this.snapping.shapes;
  }

  /** tape: the ends of one between the hands, user space, and what it says. */
  update(tape: { readonly ends: readonly Vec3[]; readonly text: string } | null): void {
    const { viewer, head } = this.seat;
    const { workspace } = viewer;
    const theme = workspace.theme.get();
    this.lines.paint(theme === "dark" ? "#ffb454" : "#9a4a00");
    this.lines.begin();
    this.glyphs.begin();
    const style = workspace.style.get();
    const shown = workspace.measures.get().filter((measure) => measure.shown);
    shown.forEach((measure, i) => {
      const why = outdatedText(
        outdatedBy(measure, workspace.layers.get()),
        workspace.layerInfo.get(),
      );
      const text = valueText(measure, style) + (why === null ? "" : ` · ${why}`);
      this.draw(measure, text, i);
    });
    for (let i = shown.length; i < this.cards.length; i += 1)
      this.cards[i]?.show(null, head.position, head.position, theme);
    this.drawAim(tape !== null);
    if (tape) {
      this.lines.path(tape.ends);
      const [a = head.position, b = head.position] = tape.ends;
      const middle: Vec3 = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
      this.live.show(tape.text, middle, head.position, theme, 0.8);
    }
    this.lines.end();
    this.glyphs.end();
  }

  /** The cards as they stand, for tests. */
  get debug(): readonly CardDebug[] {
    const { position } = this.seat.head;
    return [...this.cards, this.live].flatMap((card) => {
      const { mesh } = card.board;
      if (card.text === null) return [];
      const at: Vec3 = [mesh.position.x, mesh.position.y, mesh.position.z];
      const far = Math.hypot(at[0] - position[0], at[1] - position[1], at[2] - position[2]);
      const text_deg = (2 * Math.atan(card.textHeight_m / 2 / far) * 180) / Math.PI;
      return [{ text: card.text, at, text_deg }];
    });
  }

  dispose(): void {
    for (const card of [...this.cards, this.live]) card.dispose();
    this.lines.dispose();
    this.glyphs.dispose();
    this.snapping.dispose();
    this.group.removeFromParent();
  }

  private draw(measure: Measurement, text: string, index: number): void {
    const { rig, head, viewer } = this.seat;
    const points = measure.points.map((mark) => rig.toUser(this.snapping.shownAt(mark)));
    const { lines, label } = linesOf(measure, points);
    for (const line of lines) this.lines.path(line);
    for (const anchor of measure.anchors)
      this.glyph(rig.toUser(this.snapping.shownAt(anchor)), anchor.snap);
    if (index >= MOST_CARDS) return;
    let card = this.cards[index];
    if (!card) {
      card = new Label();
      this.cards[index] = card;
      this.group.add(card.board.mesh);
    }
    card.show(
      label && text,
      label ?? head.position,
      head.position,
      viewer.workspace.theme.get(),
      0.8,
    );
  }

  private drawAim(taped: boolean): void {
    const { viewer, rig, head } = this.seat;
    const { workspace } = viewer;
    const theme = workspace.theme.get();
    const tool = viewer.pointerHandler;
    const aim = tool instanceof MeasureTool ? tool.aimed : null;
    const pending: readonly MeasurePoint[] = workspace.pendingMeasure.get() ?? [];
    const places = pending.map((anchor) => rig.toUser(this.snapping.shownAt(anchor)));
    places.forEach((place, i) => this.glyph(place, pending[i]?.snap ?? "none"));
    if (!aim || taped) {
      if (!taped) this.live.show(null, head.position, head.position, theme);
      return;
    }
    const at = rig.toUser(aim.point);
    for (const edge of aim.edges) this.glyphs.path(edge.map((point) => rig.toUser(point)));
    if (aim.axis) this.glyphs.path(aim.axis.map((point) => rig.toUser(point)));
    this.glyph(at, aim.kind);
    const last = pending.at(-1);
    if (!last) {
      this.live.show(snapWord(aim.kind), at, head.position, theme, 1.2);
      return;
    }
    this.lines.path([...places, at]);
    const anchors = [...pending, this.snapping.anchorOf(aim)];
    const [best] = readingsOf(workspace.measureTask.get(), anchors, this.shapes);
    const text = best ? valueText(best, workspace.style.get()) : snapWord(aim.kind);
    this.live.show(text, at, head.position, theme, 1.2);
  }

  /** The desk's own shapes, standing before the eye. */
  private glyph(at: Vec3, kind: SnapKind): void {
    const { head } = this.seat;
    const view = subtract(at, head.position);
    const far = Math.hypot(...view);
    if (far < 0.05 || kind === "none") return;
    const right = normalize(cross(view, [0, 1, 0]));
    const up = normalize(cross(right, scale(view, 1 / far)));
    const half = far * Math.tan(GLYPH_RAD);
    for (const stroke of glyphStrokes(kind))
      this.glyphs.path(
        stroke.map(([x, y]) => [
          at[0] + (right[0] * x + up[0] * y) * half,
          at[1] + (right[1] * x + up[1] * y) * half,
          at[2] + (right[2] * x + up[2] * y) * half,
        ]),
      );
  }
}
