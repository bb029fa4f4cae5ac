/** Who performs the commands of one's own place in a headset (`state/commands/seating.ts`). */

import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { ButtonLabels } from "./button_labels";
import type { SessionKind } from "./device_session";
import type { Locomotion } from "./locomotion";
import type { Passthrough } from "./passthrough";
import type { SafePlace } from "./safe_place";
import type { Seat } from "./seat";
import type { Standing } from "./standing";

export interface Performers {
  readonly seat: Seat;
  readonly standing: Standing;
  readonly locomotion: Locomotion;
  readonly safePlace: SafePlace;
  readonly labels: ButtonLabels;
  readonly passthrough: Passthrough;
  enter(kind: SessionKind): void;
  leave(): void;
}

/** Registers them; returns the ways to stop. */
export function performSeat(commands: Commands, performers: Performers): (() => void)[] {
  const { seat, standing, locomotion, safePlace, labels, passthrough } = performers;
  const { workspace } = seat.viewer;
  return [
    commands.register("xr.enter", ({ kind }) => performers.enter(kind ?? "vr")),
    commands.register("xr.leave", () => performers.leave()),
    commands.register("xr.scale", (args) =>
      "mode" in args ? seat.arrive(args.mode) : standing.rescale(args.ratio),
    ),
    commands.register("xr.exact", () => standing.exact()),
    commands.register("xr.recentre", () => standing.recentre()),
    commands.register("xr.seated", ({ on }) => standing.sit(on)),
    commands.register("xr.turn", ({ by }) => locomotion.turn(by)),
    commands.register("xr.step", ({ up }) => locomotion.step(up)),
    commands.register("xr.goTo", (destination) => {
      if (!standing.goTo(destination)) workspace.announce(t("seat.gone"), { assertive: true });
    }),
    commands.register("xr.safePlace", ({ on }) =>
      safePlace.set(on ?? !(seat.state?.safe ?? false)),
    ),
    commands.register("xr.showButtons", ({ on }) => labels.show(on)),
    commands.register("xr.breakSeen", () => seat.tell({ breakDue: false })),
    commands.register("xr.moveModel", (nudge) => {
      if (seat.state?.room?.locked) workspace.announce(t("seat.locked"), { assertive: true });
      else standing.nudge(nudge);
    }),
    commands.register("xr.place", () => passthrough.place()),
    commands.register("xr.lock", ({ on }) => passthrough.lock(on)),
    commands.register("xr.dim", ({ share }) => passthrough.dim(share)),
    commands.register("xr.align", ({ on }) => passthrough.align(on)),
  ];
}
