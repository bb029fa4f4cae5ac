/** Changes in an engineer's words, in the language and unit of the page. */

import type { ChangeRemark, ChangeStop } from "./changes";
import { formatNumber, isMessageKey, t } from "./messages";
import { type Manifest, toFileAxes } from "./model";
import { type DisplayUnit, METRES_PER, formatLength, unitSymbol, writeNumber } from "./units";

/** As many decimals of a length as say something: at least one, at most three. */
const LEAST_DECIMALS = 1;
const MOST_DECIMALS = 3;
type Source = Manifest["source"];
const AXES = ["X", "Y", "Z"] as const;
/** Metres; less along an axis is not said. */
const STILL = 5e-7;
/** What a row says of a stop that has more to say. */
const MOST_SAID = 3;
/** A share that would be written as 0.0 % is no news. */
const NOTICED = 5e-4;
/** Metres; so is a centre that moved by less than the hundredths that numbers show. */
const NOTICED_M = 1e-5;

/** A length as drawings write it, `6.0`, `12.25`, without its unit. */
function plainLength(metres: number, unit: DisplayUnit): string {
  const value = metres / METRES_PER[unit];
  const decimals = [LEAST_DECIMALS, 2].find(
    (some) => Math.abs(value * 10 ** some - Math.round(value * 10 ** some)) < 0.5e-3 * 10 ** some,
  );
  return writeNumber(value, decimals ?? MOST_DECIMALS);
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text);

/** `+1.8 mm X, −2.0 mm Z` */
function shiftText(vector: readonly number[], unit: DisplayUnit): string {
  const parts = AXES.flatMap((axis, at) => {
    const value = vector[at] ?? 0;
    if (Math.abs(value) < STILL) return [];
    return [`${signed(plainLength(value, unit), value)} ${unitSymbol(unit)} ${axis}`];
  });
  return parts.join(", ") || `0 ${unitSymbol(unit)}`;
}

/** A vector along the axes that the file and the page speak of; the model's stand y up, a part's are its own. */
function fileShift({ vector, kind }: ChangeRemark, source: Source | null): readonly number[] {
  const [x = 0, y = 0, z = 0] = vector ?? [];
  return source && kind !== "size" ? toFileAxes([x, y, z], source) : [x, y, z];
}

/** A remark of the comparison: `hole Ø 6.0 → Ø 6.5 (×8)`. What has no words here keeps the server's English. */
export function remarkText(
  remark: ChangeRemark,
  shown: DisplayUnit,
  source: Source | null = null,
): string {
  // Fractions of inches are no words for a difference.
  const unit = shown === "in-frac" || shown === "ft-in" ? "in" : shown;
  const key = `compare.remark.${remark.kind}`;
  if (!isMessageKey(key)) return remark.text;
  const by = remark.by ?? 0;
  const share = remark.unit === "m" ? null : `${signed(writeNumber(by * 100, 1), by)} %`;
  const said = t(key, {
    count: remark.count,
    from: remark.from == null ? "–" : plainLength(remark.from, unit),
    to: remark.to == null ? "–" : plainLength(remark.to, unit),
    by: share ?? plainLength(by, unit),
    signed: signed(plainLength(by, unit), by),
    shift: shiftText(fileShift(remark, source), unit),
    unit: unitSymbol(unit),
  });
  const times = remark.count > 1 && !remark.kind.startsWith("faces_");
  return `${remark.approximate ? "≈ " : ""}${said}${times ? ` (×${formatNumber(remark.count)})` : ""}`;
}

/** `moved 12.50 mm`, `moved 12.50 mm, turned 5.0°`, `turned 90.0°` */
function moveText({ move }: ChangeStop, unit: DisplayUnit): string {
  if (!move) return "";
  const angle = (move.angle_rad * 180) / Math.PI;
  const distance = formatLength(move.distance_m, unit);
  const turned = writeNumber(angle, 1);
  if (angle < 0.05) return t("compare.moved", { distance });
  if (move.distance_m < STILL) return t("compare.turned", { angle: turned });
  return t("compare.movedTurned", { distance, angle: turned });
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return formatNumber(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Why a stop of the tour is one: shape, place, colour, properties. */
export function stopReasons(
  stop: ChangeStop,
  unit: DisplayUnit,
  source: Source | null = null,
): readonly string[] {
  const { kind, remarks, detail, group } = stop;
  const moved = moveText(stop, unit);
  const said: string[] = [];
  if (kind === "added" || kind === "removed") said.push(t(`compare.why.${kind}`));
  if (kind === "shape") {
    const words = tellingOf(remarks).map((remark) => remarkText(remark, unit, source));
    said.push(...(words.length > 0 ? words : [t("compare.why.shape")]));
  }
  if (moved) said.push(group === null ? moved : `${moved} (${t("compare.with", { group })})`);
  const { from, to } = detail?.colours ?? {};
  if (kind === "appearance" || detail?.reasons.includes("appearance"))
    said.push(
      from && to ? t("compare.colour", { from: hex(from), to: hex(to) }) : t("compare.why.look"),
    );
  const properties = detail?.properties ?? [];
  for (const { name, from: old, to: now } of properties)
    said.push(t("compare.property", { name, from: valueText(old), to: valueText(now) }));
  if (kind === "properties" && properties.length === 0) said.push(t("compare.why.properties"));
  return said;
}

/** Without what nobody would notice, and volumes and areas where the mass says it. */
function tellingOf(remarks: readonly ChangeRemark[]): readonly ChangeRemark[] {
  const noticed = remarks.filter(({ kind, by }) => {
    const least = SHARES.includes(kind) ? NOTICED : CENTRES.includes(kind) ? NOTICED_M : 0;
    return by == null || Math.abs(by) >= least;
  });
  const [weighed = "volume"] = SHARES.filter((share) => noticed.some(({ kind }) => kind === share));
  return noticed.filter(({ kind }) => !SHARES.includes(kind) || kind === weighed);
}

const CENTRES: readonly string[] = ["centre", "centre_of_mass"];
/** What says the same of a part, the most telling first. */
const SHARES: readonly string[] = ["mass", "volume", "area"];

/** The same in one line. */
export function stopReason(
  stop: ChangeStop,
  unit: DisplayUnit,
  source: Source | null = null,
): string {
  const said = stopReasons(stop, unit, source);
  const more = said.length > MOST_SAID ? ["…"] : [];
  return [...said.slice(0, MOST_SAID), ...more].join("; ");
}

/** Without an alpha that says nothing. */
function hex(colour: string): string {
  return colour.length === 9 && colour.endsWith("ff") ? colour.slice(0, 7) : colour;
}
