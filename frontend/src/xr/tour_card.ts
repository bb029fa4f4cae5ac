/**
 * The change tour in a headset, without its looks: what the card beside the table says and where its buttons lie.
 * The card is a rectangle in user space, metres; places on it are fractions of its width and height, from its upper
 * left corner.
 */

import { shownStops } from "../state/areas/comparing";
import { CHANGE_COLOURS, type ChangeStop, stateOf } from "../state/changes";
import { stopReasons } from "../state/compare_words";
import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import type { Workspace } from "../state/workspace";

/** Metres. At its distance of 1.3 m its letters are 0.8° high and more (UX.md §4.5). */
export const CARD = { width: 0.68, height: 0.44 } as const;
/** Where its middle stands: left of the table, turned to who arrived. User space. */
export const CARD_PLACE: { readonly position: Vec3; readonly yaw_rad: number } = {
  position: [-0.75, 1.4, -1.05],
  yaw_rad: 0.62,
};

export type CardButton = "previous" | "next" | "closer" | "old";

/** A button's rectangle: x, y of its upper left corner, width, height; fractions of the card. */
export interface ButtonPlace {
  readonly id: CardButton;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const MARGIN = 0.03;
const GAP = 0.02;
const BUTTON_TOP = 0.76;
const SHARES: readonly (readonly [CardButton, number])[] = [
  ["previous", 0.17],
  ["next", 0.17],
  ["closer", 0.33],
  ["old", 0.33],
];

/** Four in a row at the lower edge. */
export const BUTTONS: readonly ButtonPlace[] = placed();

function placed(): readonly ButtonPlace[] {
  const room = 1 - 2 * MARGIN - GAP * (SHARES.length - 1);
  let x = MARGIN;
  return SHARES.map(([id, share]) => {
    const button = { id, x, y: BUTTON_TOP, width: share * room, height: 0.2 };
    x += button.width + GAP;
    return button;
  });
}

/** Which button lies at a place of the card; null: none. */
export function buttonAt(x: number, y: number): CardButton | null {
  const found = BUTTONS.find(
    (button) =>
      x >= button.x &&
      x <= button.x + button.width &&
      y >= button.y &&
      y <= button.y + button.height,
  );
  return found?.id ?? null;
}

/** What the card says. */
export interface CardContent {
  /** Which change of how many, and its state. */
  readonly head: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** sRGB of the state's bar; null: no change is looked at. */
  readonly colour: string | null;
  /** What can be pressed. */
  readonly ready: boolean;
  readonly labels: Readonly<Record<CardButton, string>>;
}

/** The stop that is looked at; null: none. */
export function currentStop(workspace: Workspace): ChangeStop | null {
  const comparing = workspace.comparing.get();
  const comparison = workspace.comparison.get();
  if (comparison?.state !== "ready") return null;
  return comparison.stops.find(({ stop }) => stop === comparing?.stop) ?? null;
}

/** closer: whether the change is brought to the table. Null: nothing is compared. */
export function cardContent(workspace: Workspace, closer: boolean): CardContent | null {
  const comparing = workspace.comparing.get();
  if (!comparing) return null;
  const comparison = workspace.comparison.get();
  const names = { from: comparing.label, to: workspace.revision.get()?.label ?? "" };
  const labels = {
    previous: "‹",
    next: "›",
    closer: closer ? t("vr.tour.whole") : t("vr.tour.closer"),
    old: t("vr.tour.old", { label: comparing.label }),
  };
  const says = (title: string, lines: readonly string[] = []): CardContent => ({
    ...{ head: t("compare.title", names), title, lines, colour: null, ready: false, labels },
  });
  if (!comparison || comparison.state === "computing") return says(t("compare.computing", names));
  if (comparison.state === "failed") return says(t("compare.failed", names), [comparison.detail]);
  if (comparison.stopCount === 0) return says(t("compare.none"), [t("compare.noneText", names)]);
  const stops = shownStops(comparing, comparison);
  if (stops.length === 0) return says(t("compare.noStops"));
  const at = stops.findIndex(({ stop }) => stop === comparing.stop);
  const stop = stops[at];
  if (!stop)
    return {
      ...says(t("vr.tour.count", { count: stops.length }), [t("vr.tour.how")]),
      ready: true,
    };
  const state = stateOf(stop.kind);
  const position = t("compare.position", { number: at + 1, count: stops.length });
  const times = stop.count > 1 ? ` ${t("compare.times", { count: stop.count })}` : "";
  return {
    head: `${position} · ${t(`compare.state.${state}`)}`,
    title: `${stop.name}${times}`,
    lines: stopReasons(stop, workspace.unit.get(), workspace.manifest.get()?.source),
    colour: CHANGE_COLOURS[workspace.theme.get()][state],
    ready: true,
    labels,
  };
}

/** Breaks a text into lines of at most a width; a word that is longer is broken itself. width: of a text, any unit. */
export function wrapped(
  text: string,
  most: number,
  width: (text: string) => number,
): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (width(longer) <= most) {
      line = longer;
      continue;
    }
    if (line) lines.push(line);
    line = "";
    for (const letter of word) {
      if (line && width(line + letter) > most) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  return line ? [...lines, line] : lines;
}
