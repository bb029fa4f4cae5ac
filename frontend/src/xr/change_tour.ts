/**
 * The change tour in a headset: a card beside the table says what changed, a line leads to it, and its buttons go on.
 * The user stays where they are; *Closer* stands the change on the table in place of the model.
 */

import { stopBox } from "../state/perform/comparing";
import type { Bounds, Vec3 } from "../state/model";
import { CardView, cardPoint, meetCard } from "./card_view";
import { Push } from "./sticks";
import type { RayTarget } from "./ray_target";
import type { ScaleMode } from "./rig";
import type { Seat, SeatPart } from "./seat";
import { BUTTONS, type CardButton, buttonAt, cardContent, currentStop } from "./tour_card";

/** A change on the table has this much of its size around it: one sees what it belongs to. */
const AROUND = 1;

/** Numbers for tests; user space. */
export interface TourDebug {
  readonly head: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly closer: boolean;
  readonly buttons: Readonly<Record<string, Vec3>>;
  readonly pointsTo: Vec3 | null;
}

export class ChangeTour implements RayTarget, SeatPart {
  readonly target = this;
  private readonly host: Seat;
  private readonly view = new CardView();
  private readonly stops: (() => void)[] = [];
  private hovered: CardButton | null = null;
  private held: CardButton | null = null;
  private closer = false;
  /** Middle of the change, model frame and user space. */
  private middle: Vec3 | null = null;
  private place: Vec3 | null = null;
  private stale = true;
  private readonly pushed = new Push();

  constructor(host: Seat) {
    this.host = host;
    const { comparing, comparison, theme, unit } = host.viewer.workspace;
    const outdate = (): void => {
      this.stale = true;
    };
    for (const store of [comparing, comparison, theme, unit])
      this.stops.push(store.subscribe(outdate));
  }

  get group(): CardView["group"] {
    return this.view.group;
  }

  /** Before each picture. */
  update(): void {
    const { viewer, rig } = this.host;
    const { workspace } = viewer;
    this.readStick();
    if (this.stale) {
      this.stale = false;
      const content = cardContent(workspace, this.closer);
      this.view.show(content, workspace.theme.get(), this.hovered, this.inert(content?.ready));
      const box = this.box(0);
      this.middle = box && middleOf(box);
    }
    this.place = this.middle && rig.toUser(this.middle);
    this.view.pointTo(this.place);
  }

  aim(origin: Vec3, direction: Vec3): number | null {
    const hit = this.view.group.visible ? meetCard(origin, direction) : null;
    const over = hit && buttonAt(hit.x, hit.y);
    if (over !== this.hovered) {
      this.hovered = over;
      this.stale = true;
    }
    return hit?.distance ?? null;
  }

  press(): void {
    const { commands } = this.host.viewer;
    this.held = this.hovered;
    switch (this.held) {
      case "previous":
        return this.step(-1);
      case "next":
        return this.step(1);
      case "closer":
        return this.toggle();
      case "old":
        commands.run("compare.blink", { on: true });
        return;
      case null:
        return;
    }
  }

  release(): void {
    if (this.held === "old") this.host.viewer.commands.run("compare.blink", { on: false });
    this.held = null;
  }

  /** To the next or the previous change, by card or stick. */
  step(by: 1 | -1): void {
    this.host.viewer.commands.run("compare.step", { step: by });
    if (this.closer) this.host.arrive("table", this.standing());
  }

  left(): void {
    this.release();
    this.hovered = null;
    this.closer = false;
    this.stale = true;
  }

  /** The whole model may stand there again, by another button. */
  arrived(_mode: ScaleMode, bounds: Bounds | null): void {
    if (bounds || !this.closer) return;
    this.closer = false;
    this.stale = true;
  }

  debug(): TourDebug | null {
    const content = cardContent(this.host.viewer.workspace, this.closer);
    if (!content) return null;
    const { head, title, lines } = content;
    const buttons = BUTTONS.map(
      ({ id, x, y, width, height }) => [id, cardPoint(x + width / 2, y + height / 2)] as const,
    );
    return {
      ...{ head, title, lines, closer: this.closer, pointsTo: this.place },
      buttons: Object.fromEntries(buttons),
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.view.dispose();
  }

  /** The stick of the side that does not move goes from change to change while two revisions are compared. */
  private readStick(): void {
    const { controls, movingSide, viewer, comfort } = this.host;
    const side = movingSide === "right" ? "left" : "right";
    const push = this.pushed.read(controls.held(side, "stick") ? 0 : controls.stick(side).x);
    // Who glides with that stick steps with the card.
    if (push !== 0 && !comfort.smoothMove && viewer.workspace.comparing.get()) this.step(push);
  }

  private toggle(): void {
    if (!this.closer && !this.box(0)) return;
    const closer = !this.closer;
    this.host.arrive("table", closer ? this.standing() : null);
    this.closer = closer;
    this.stale = true;
  }

  /** Of the change that is looked at, model frame; around: how much of its size is added on each side. */
  private box(around: number): Bounds | null {
    const { workspace } = this.host.viewer;
    const stop = currentStop(workspace);
    return stop && stopBox(workspace, stop, around);
  }

  /** The same with room beside and above it; it stands on the table. */
  private standing(): Bounds | null {
    const [itself, around] = [this.box(0), this.box(AROUND)];
    if (!itself || !around) return null;
    return { min: [around.min[0], itself.min[1], around.min[2]], max: around.max };
  }

  /** What cannot be pressed now. */
  private inert(ready = false): ReadonlySet<CardButton> {
    if (!ready) return new Set(BUTTONS.map(({ id }) => id));
    return new Set(this.box(0) ? [] : ["closer"]);
  }
}

function middleOf({ min, max }: Bounds): Vec3 {
  return [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
}
