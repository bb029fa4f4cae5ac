/** What the rack, the issue's card and the photo's card say, and where their buttons are: fractions from the upper left. */

import { HAND_TOOLS, PHRASES } from "../../state/areas/hand_tools";
import { SELECTION_LEVELS } from "../../state/areas/selecting";
import { t } from "../../state/messages";
import type { Workspace } from "../../state/workspace";
import { LONGEST_S, type Voice, clock } from "../../browser/voice_note";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PadButton extends Rectangle {
  readonly id: string;
  readonly label: string;
  /** It is what is in hand. */
  readonly on?: boolean;
  /** A slider, 0 to 1. */
  readonly fraction?: number;
}

export interface PadContent {
  readonly title: string;
  readonly lines: readonly string[];
  readonly buttons: readonly PadButton[];
  readonly pictureBox?: Rectangle;
}

export function buttonAt({ buttons }: PadContent, x: number, y: number): PadButton | null {
  return (
    buttons.find(
      (one) => x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.height,
    ) ?? null
  );
}

/** Rows of buttons of one size. top, high: fractions. */
function grid(
  ids: readonly { readonly id: string; readonly label: string; readonly on?: boolean }[],
  columns: number,
  top: number,
  high: number,
): PadButton[] {
  const [margin, gap] = [0.03, 0.015];
  const width = (1 - 2 * margin - (columns - 1) * gap) / columns;
  return ids.map((one, i) => ({
    ...one,
    x: margin + (i % columns) * (width + gap),
    y: top + Math.floor(i / columns) * (high + gap),
    width,
    height: high,
  }));
}

/** The tools beside the table. */
export function rackContent(workspace: Workspace): PadContent {
  const tool = workspace.handTool.get();
  const amount = workspace.explode.get();
  const level = workspace.selectionLevel.get();
  const more = [
    { id: "undo", label: t("vr.rack.undo") },
    { id: "level", label: t("vr.rack.level", { level: t(`level.${level}`) }) },
    { id: "view", label: t("vr.rack.nextView") },
    ...(workspace.sections.get().length > 0 || workspace.sectionBox.get()
      ? [{ id: "uncut", label: t("vr.rack.removeCut") }]
      : []),
    ...(workspace.activeMeasure.get() !== null
      ? [{ id: "unmeasure", label: t("vr.rack.delete") }]
      : []),
  ];
  const percent = `${Math.round(amount * 100)} %`;
  return {
    title: t("vr.tool.title"),
    lines: [t(`vr.tool.${tool}.how`)],
    buttons: [
      ...grid(
        HAND_TOOLS.map((id) => ({ id, label: t(`vr.tool.${id}`), on: id === tool })),
        4,
        0.2,
        0.11,
      ),
      ...[
        {
          ...{ id: "amount", label: t("vr.rack.explode", { percent }), fraction: amount },
          ...{ x: 0.03, y: 0.59, width: 0.94, height: 0.09 },
        },
      ],
      ...grid(more, 3, 0.71, 0.11),
    ],
  };
}

/** The level after this one; bodies and faces need more than a part's name. */
export function nextLevel(
  level: (typeof SELECTION_LEVELS)[number],
): (typeof SELECTION_LEVELS)[number] {
  const at = SELECTION_LEVELS.indexOf(level);
  return SELECTION_LEVELS[(at + 1) % SELECTION_LEVELS.length] ?? "part";
}

/** The card of the issue that is written; null: none is. */
export function issueContent(workspace: Workspace, voice: Voice): PadContent | null {
  const composing = workspace.composing.get();
  if (!composing) return null;
  const { title, voice_s, refused } = composing;
  const voiced = voice_s === null ? "" : t("vr.card.voiceIs", { time: clock(voice_s) });
  const problem = refused ?? (voice.state === "refused" ? t(`vr.card.refused.${voice.why}`) : null);
  const speak =
    voice.state === "recording"
      ? t("vr.card.stop", { time: clock(Math.min(LONGEST_S, voice.seconds)) })
      : t("vr.card.voice");
  return {
    title: title.trim() || t("vr.card.say"),
    lines: [problem ?? voiced],
    buttons: [
      ...grid(
        PHRASES.map((id) => {
          const label = t(`vr.phrase.${id}`);
          return { id: `phrase-${id}`, label, on: title.startsWith(`${label}:`) };
        }),
        3,
        0.2,
        0.105,
      ),
      ...grid(
        [
          { id: "voice", label: speak, on: voice.state === "recording" },
          { id: "pen", label: t("vr.card.pen"), on: workspace.handTool.get() === "pen" },
          { id: "later", label: t("vr.card.later") },
          { id: "post", label: t("vr.card.post") },
          { id: "close", label: t("vr.card.close") },
        ],
        3,
        0.7,
        0.12,
      ),
    ],
  };
}

/** The card of a photo that was taken. where: metres in the model. */
export function photoContent(fov_rad: number, where: readonly string[]): PadContent {
  const degrees = String(Math.round((fov_rad * 180) / Math.PI));
  const [x = "", y = "", z = ""] = where;
  return {
    title: t("vr.tool.photo"),
    lines: [`${t("vr.photo.taken", { x, y, z })} ${t("vr.photo.field", { degrees })}`],
    pictureBox: { x: 0.03, y: 0.22, width: 0.94, height: 0.58 },
    buttons: grid(
      [
        { id: "save", label: t("vr.photo.save") },
        { id: "issue", label: t("vr.photo.issue") },
        { id: "close", label: t("vr.card.close") },
      ],
      3,
      0.84,
      0.13,
    ),
  };
}
