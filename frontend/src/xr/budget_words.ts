/** What the headset's chip and its frame times say, without their looks. */

import { currentLocale, formatNumber, t } from "../state/messages";
import { STEPS } from "./governor";

/** What the chip depends on. */
export interface ChipState {
  /** Number of STEPS that are given up. */
  readonly given: number;
  readonly memoryRanOut: boolean;
  /** Something is selected: pressing the chip isolates it. */
  readonly selected: boolean;
}

/** What the chip says, and whether a ray can press it; null: it is not there. */
export function chipOf({ given, memoryRanOut, selected }: ChipState): {
  readonly text: string;
  readonly pressable: boolean;
} | null {
  if (given >= STEPS.length)
    return selected
      ? { text: t("vr.budget.isolateSelected"), pressable: true }
      : { text: t("vr.budget.isolate"), pressable: false };
  if (memoryRanOut) return { text: t("vr.budget.memory"), pressable: false };
  return given > 0 ? { text: t("vr.budget.reduced"), pressable: false } : null;
}

/** What the frame times are made of. */
export interface HudState {
  /** Hz. */
  readonly rate: number;
  readonly wanted: number;
  readonly jsMs: number;
  readonly triangles: number;
  readonly calls: number;
  readonly subDraws: number;
  /** Finest level that is here; null: none yet. */
  readonly level: number | null;
  readonly given: number;
}

/** Three lines. */
export function hudLines(state: HudState): readonly string[] {
  const { rate, wanted, jsMs, triangles, calls, subDraws, level, given } = state;
  const js = new Intl.NumberFormat(currentLocale(), {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(jsMs);
  const gone = STEPS.slice(0, given).flatMap((step) =>
    step === "isolate" ? [] : [t(`vr.budget.${step}`)],
  );
  return [
    t("vr.budget.rate", { rate: Math.round(rate), wanted: Math.round(wanted), js }),
    t("vr.budget.drawn", {
      triangles: formatNumber(triangles),
      calls: formatNumber(calls),
      subDraws: formatNumber(subDraws),
    }),
    t("vr.budget.level", {
      level: level === null ? "–" : String(level),
      given: gone.length > 0 ? gone.join(", ") : t("vr.budget.none"),
    }),
  ];
}
