/** What became of a place on a revision, and how that was found out, in words. */

import type { AnchorEvidence, AnchorOutcome, NewAnchor } from "../../api/issues";
import { isMessageKey, t } from "../../state/messages";
import { type Style, formatArea, formatLength, writeNumber } from "../../state/units";

/** A finer tolerance than a hundredth of a millimetre reads as none at all. */
const SAID_M = 5e-6;
type Difference = AnchorEvidence["differences"][number];

/** `Moved 2.00 mm with its face` */
export function outcomeText(outcome: AnchorOutcome, style: Style): string {
  const reason = outcome.outcome?.evidence.reason;
  const distance = formatLength(outcome.distance_m, style);
  if (outcome.state === "moved")
    return t(reason === "part_moved" ? "evidence.partMoved" : "evidence.faceMoved", { distance });
  const key = `evidence.reason.${reason ?? ""}`;
  if (reason !== undefined && isMessageKey(key)) return t(key);
  return outcome.problem?.detail ?? t(`issue.anchor.${outcome.state}`);
}

/** `Radius 3.00 mm → 3.25 mm`, one line for each thing that is another now. */
export function differencesText(evidence: AnchorEvidence, style: Style): readonly string[] {
  return evidence.differences.flatMap((one) => differenceText(one, style) ?? []);
}

function differenceText({ what, before, after }: Difference, style: Style): string | null {
  const from = typeof before === "number" ? before : 0;
  const to = typeof after === "number" ? after : 0;
  switch (what) {
    case "radius":
      return t("evidence.radius", { from: formatLength(from, style), to: formatLength(to, style) });
    case "area":
      return t("evidence.area", { from: formatArea(from, style), to: formatArea(to, style) });
    case "distance":
      return t("evidence.distance", { distance: formatLength(to, style) });
    case "normal":
      return t("evidence.normal", { angle: writeNumber((to * 180) / Math.PI, 1) });
    case "flatness":
      return t("evidence.flatness");
    case "face": {
      const key = `evidence.face.${typeof before === "string" ? before : ""}`;
      return t("evidence.faceGone", { face: t(isMessageKey(key) ? key : "evidence.face.other") });
    }
    case "part":
      // Its name stands beside it; the id says nothing to anybody.
      return null;
  }
}

/** How it is known: by the exact shape or the triangles, and how certain. */
export function methodText(evidence: AnchorEvidence, style: Style): string {
  const parts: string[] = [];
  if (evidence.source !== "none") parts.push(t(`evidence.source.${evidence.source}`));
  if (evidence.approximate) parts.push(t("evidence.approximate"));
  if (evidence.source !== "none" && evidence.tolerance_m >= SAID_M)
    parts.push(t("evidence.tolerance", { tolerance: formatLength(evidence.tolerance_m, style) }));
  return parts.join(", ");
}

/** The place that was found on the new revision as an anchor of its own; null: there is none. */
export function anchorAgain({ revision_id, outcome }: AnchorOutcome, id: string): NewAnchor | null {
  if (!outcome?.occurrence_id || !outcome.point) return null;
  const { occurrence_id: occurrence, point, normal } = outcome;
  return {
    ...{ id, revision_id, occurrence, point: three(point) },
    ...(normal ? { normal: three(normal) } : {}),
  };
}

function three([x = 0, y = 0, z = 0]: readonly number[]): [number, number, number] {
  return [x, y, z];
}
