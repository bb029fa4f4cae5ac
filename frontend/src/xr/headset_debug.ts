/** What a headset's seat shows right now, as numbers and words: for tests, which look and never act. */

import type { Bounds, Vec3 } from "../state/model";
import type { BudgetDebug } from "./budget_view";
import type { TourDebug } from "./change_tour";
import type { Side } from "./controls";
import type { MenuDebug } from "./menu/menu";
import type { Rig, ScaleMode } from "./rig";
import type { SeatCardDebug } from "./seat_card_view";
import type { CrowdDebug } from "./together/crowd";
import type { ScreensDebug } from "./together/screens";
import type { HandToolsDebug } from "./tools/hand_tools";
import type { WristDebug } from "./wrist_view";

/** User space and radians. */
export interface HeadsetDebug {
  readonly rig: {
    readonly position: Vec3;
    readonly yaw_rad: number;
    readonly scale: number;
    readonly mode: ScaleMode;
  };
  /** Middle of the model's box, user space. */
  readonly tableCentre: Vec3;
  readonly arc: Vec3 | null;
  /** The hand that points: whether its trigger is pulled, and the part that its ray is on. */
  readonly pointing: { readonly pressing: boolean; readonly part: number | null } | null;
  /** "1:20" while both hands scale. */
  readonly readout: string | null;
  readonly card: SeatCardDebug | null;
  readonly notice: string | null;
  /** How many hints stand beside each controller. */
  readonly hints: Readonly<Record<Side, number>>;
  /** Of the second that the gaze presses after; null: it does not point. */
  readonly gaze: number | null;
  readonly tour: TourDebug | null;
  readonly wrist: WristDebug | null;
  readonly menu: MenuDebug | null;
  readonly crowd: CrowdDebug | null;
  readonly screens: ScreensDebug | null;
  readonly tools: HandToolsDebug | null;
  readonly budget: BudgetDebug | null;
}

/** Whatever can say of itself what it shows. */
interface Says<T> {
  debug(): T | null;
}

/** The parts that are asked. */
export interface Shown {
  readonly locomotion: { readonly landing: Vec3 | null };
  readonly twoHands: { readonly readout: string | null };
  readonly notices: { readonly text: string | null };
  readonly labels: { shownOn(side: Side): { readonly length: number } };
  readonly gaze: { readonly share: number | null };
  readonly card: Says<SeatCardDebug>;
  readonly tour: Says<TourDebug>;
  readonly wrist: Says<WristDebug>;
  readonly menu: Says<MenuDebug>;
  readonly crowd: Says<CrowdDebug>;
  readonly screens: Says<ScreensDebug>;
  readonly tools: Says<HandToolsDebug>;
  readonly budget: Says<BudgetDebug>;
}

/** Of the hand that points. */
interface Pointing {
  readonly pressing: boolean;
  readonly hit: { readonly occurrence: number } | null;
}

/** inside: what stands in the room does so only while somebody is there. bounds: model frame. */
export function debugOf(
  shown: Shown,
  rig: Rig,
  bounds: Bounds,
  inside: boolean,
  hand: Pointing | null,
): HeadsetDebug {
  const { min, max } = bounds;
  const middle: Vec3 = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
  const said = <T>(part: Says<T>): T | null => (inside ? part.debug() : null);
  const { labels } = shown;
  return {
    rig: {
      ...{ position: [...rig.position], yaw_rad: rig.yaw, scale: rig.scale, mode: rig.mode },
    },
    tableCentre: rig.toUser(middle),
    arc: shown.locomotion.landing,
    pointing:
      inside && hand ? { pressing: hand.pressing, part: hand.hit?.occurrence ?? null } : null,
    readout: shown.twoHands.readout,
    notice: shown.notices.text,
    hints: { left: labels.shownOn("left").length, right: labels.shownOn("right").length },
    gaze: shown.gaze.share,
    card: said(shown.card),
    tour: said(shown.tour),
    wrist: said(shown.wrist),
    menu: said(shown.menu),
    crowd: said(shown.crowd),
    screens: said(shown.screens),
    tools: said(shown.tools),
    budget: said(shown.budget),
  };
}
