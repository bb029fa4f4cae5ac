/**
 * A drawing as DXF of release 12 (AC1009), ASCII, 1:1: what every CAD program reads. One layer for each part, closed
 * polylines in the plane z = 0, `$INSUNITS` for the unit.
 */

import type { PlainUnit } from "../../state/section_table";
import type { Outline } from "./clip_region";
import { type Drawing, type DrawnPart, plainNumber } from "./drawing";

/** `$INSUNITS` (DXF reference, header section). */
const INSUNITS: Readonly<Record<PlainUnit, number>> = {
  in: 1,
  ft: 2,
  mm: 4,
  cm: 5,
  m: 6,
  km: 7,
  um: 13,
};
/** Release 12 allows names of 31 characters. */
const NAME_LENGTH = 31;
const CLOSED = 1;

/** The text of the file; lines end as in DXF files everywhere, with CR LF. */
export function writeDxf(drawing: Drawing): string {
  const { unit, parts, box, note, title } = drawing;
  const layers = layersOf(parts);
  const n = (value: number): string => {
    const text = plainNumber(value, unit);
    return text.includes(".") ? text : `${text}.0`;
  };
  const out: string[] = [];
  const put = (...pairs: readonly (readonly [code: number, value: string | number])[]): void => {
    for (const [code, value] of pairs) out.push(String(code).padStart(3), String(value));
  };
  put([999, ascii(title)], [999, ascii(note)]);
  put([0, "SECTION"], [2, "HEADER"]);
  put([9, "$ACADVER"], [1, "AC1009"], [9, "$INSUNITS"], [70, INSUNITS[unit]]);
  put([9, "$MEASUREMENT"], [70, unit === "in" || unit === "ft" ? 0 : 1]);
  put([9, "$EXTMIN"], [10, n(box[0])], [20, n(box[1])], [30, "0.0"]);
  put([9, "$EXTMAX"], [10, n(box[2])], [20, n(box[3])], [30, "0.0"], [0, "ENDSEC"]);

  put([0, "SECTION"], [2, "TABLES"], [0, "TABLE"], [2, "LTYPE"], [70, 2]);
  put([0, "LTYPE"], [2, "CONTINUOUS"], [70, 0], [3, "Solid line"], [72, 65], [73, 0], [40, "0.0"]);
  const dash = Math.max(box[2] - box[0], box[3] - box[1]) / 100;
  put([0, "LTYPE"], [2, "DASHED"], [70, 0], [3, "__ __ __"], [72, 65], [73, 2]);
  put([40, n(1.5 * dash)], [49, n(dash)], [49, n(-0.5 * dash)], [0, "ENDTAB"]);
  put([0, "TABLE"], [2, "LAYER"], [70, layers.size + 1]);
  put([0, "LAYER"], [2, "0"], [70, 0], [62, 7], [6, "CONTINUOUS"]);
  for (const { name, colour } of layers.values())
    put([0, "LAYER"], [2, name], [70, 0], [62, colour], [6, "CONTINUOUS"]);
  put([0, "ENDTAB"], [0, "ENDSEC"], [0, "SECTION"], [2, "ENTITIES"]);

  const polyline = (outline: Outline, layer: string, colour: number, closed: boolean): void => {
    put([0, "POLYLINE"], [8, layer], [62, colour]);
    if (!closed) put([6, "DASHED"]);
    put([66, 1], [70, closed ? CLOSED : 0], [10, "0.0"], [20, "0.0"], [30, "0.0"]);
    for (let i = 0; i < outline.length; i += 2)
      put(
        [0, "VERTEX"],
        [8, layer],
        [10, n(outline[i] ?? 0)],
        [20, n(outline[i + 1] ?? 0)],
        [30, "0.0"],
      );
    put([0, "SEQEND"], [8, layer]);
  };
  for (const part of parts) {
    const layer = layers.get(part.part)?.name ?? "0";
    const colour = nearestColour(part.colour);
    for (const outline of part.outlines) polyline(outline, layer, colour, true);
    for (const run of part.open) polyline(run, layer, colour, false);
  }
  put([0, "ENDSEC"], [0, "EOF"]);
  return `${out.join("\r\n")}\r\n`;
}

/** A layer for each part number, its name unique and of the characters that release 12 allows. */
function layersOf(parts: readonly DrawnPart[]): Map<number, { name: string; colour: number }> {
  const layers = new Map<number, { name: string; colour: number }>();
  const taken = new Set(["0"]);
  for (const { part, name, colour } of parts) {
    if (layers.has(part)) continue;
    const plain = ascii(name)
      .toUpperCase()
      .replace(/[^A-Z0-9_$-]+/g, "_")
      .replace(/^_+|_+$/g, "");
    const stem = plain === "" ? "PART" : plain;
    let unique = stem.slice(0, NAME_LENGTH);
    for (let i = 2; taken.has(unique); i += 1)
      unique = `${stem.slice(0, NAME_LENGTH - 1 - String(i).length)}_${i}`;
    taken.add(unique);
    layers.set(part, { name: unique, colour: nearestColour(colour) });
  }
  return layers;
}

/** Letters without their accents; what has no plain letter becomes a question mark. */
function ascii(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replaceAll("ß", "ss")
    .replaceAll("Ø", "D")
    .replace(/[^ -~]/g, "?");
}

/** Number of the AutoCAD colour index nearest to an sRGB colour. */
export function nearestColour(css: string): number {
  const value = Number.parseInt(css.slice(1, 7), 16);
  const [r, g, b] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  let best = 7;
  let least = Infinity;
  for (let index = 1; index < 256; index += 1) {
    const [x, y, z] = indexed(index);
    const away = (x - r) ** 2 + (y - g) ** 2 + (z - b) ** 2;
    if (away < least) [best, least] = [index, away];
  }
  return best;
}

/** The index: nine plain colours, 24 hues in five brightnesses full and pale, six greys. */
function indexed(index: number): readonly [number, number, number] {
  const plain = [
    [255, 0, 0],
    [255, 255, 0],
    [0, 255, 0],
    [0, 255, 255],
    [0, 0, 255],
    [255, 0, 255],
    [255, 255, 255],
    [128, 128, 128],
    [192, 192, 192],
  ] as const;
  if (index < 10) return plain[index - 1] ?? plain[6];
  if (index >= 250) {
    const grey = [51, 91, 132, 173, 214, 255][index - 250] ?? 255;
    return [grey, grey, grey];
  }
  const hue = (Math.floor(index / 10) - 1) * 15;
  const bright = [255, 165, 127, 76, 38][Math.floor((index % 10) / 2)] ?? 255;
  const channel = (shift: number): number => {
    const at = (((hue + shift) % 360) + 360) % 360;
    const full =
      at < 60 || at >= 300 ? 1 : at < 120 ? (120 - at) / 60 : at < 240 ? 0 : (at - 240) / 60;
    return bright * (index % 2 === 0 ? full : 0.5 + full / 2);
  };
  return [channel(0), channel(-120), channel(120)];
}
