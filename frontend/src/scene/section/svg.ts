/** A drawing as SVG 1.1, 1:1: its width and height are lengths, one group for each part. */

import type { Outline } from "./clip_region";
import { type Drawing, plainNumber } from "./drawing";
import type { PlainUnit } from "../../state/section_table";
import { HATCHES } from "./hatch";

/** SVG knows these; the others are written as millimetres. */
const LENGTHS: Partial<Record<PlainUnit, "mm" | "cm" | "in">> = { mm: "mm", cm: "cm", in: "in" };
const MM: Readonly<Record<PlainUnit, number>> = {
  um: 0.001,
  mm: 1,
  cm: 10,
  m: 1000,
  km: 1e6,
  in: 25.4,
  ft: 304.8,
};

/** The text of the file. */
export function writeSvg({ title, unit, parts, box, note }: Drawing): string {
  const name = LENGTHS[unit] ?? "mm";
  const factor = LENGTHS[unit] ? 1 : MM[unit];
  const written: PlainUnit = LENGTHS[unit] ? unit : "mm";
  const n = (value: number): string => plainNumber(value * factor, written);
  const [x0, y0, x1, y1] = box;
  const size = Math.max(x1 - x0, y1 - y0);
  const margin = size * 0.02;
  const line = size * 0.0012;
  const [width, height] = [x1 - x0 + 2 * margin, y1 - y0 + 2 * margin];
  // SVG counts y downwards.
  const path = (outline: Outline, closed: boolean): string => {
    let d = "";
    for (let i = 0; i < outline.length; i += 2) {
      const [x, y] = [(outline[i] ?? 0) - x0 + margin, y1 - (outline[i + 1] ?? 0) + margin];
      d += `${i === 0 ? "M" : "L"}${n(x)} ${n(y)}`;
    }
    return closed ? `${d}Z` : d;
  };
  const used = [...new Set(parts.map(({ hatch }) => hatch))];
  const out = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${n(width)}${name}" height="${n(height)}${name}" viewBox="0 0 ${n(width)} ${n(height)}">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(note)}</desc>`,
    "<defs>",
    ...used.map((hatch) => {
      const { degrees, spacing } = HATCHES[hatch] ?? { degrees: 45, spacing: 1 };
      const step = n((size / 90) * spacing);
      return (
        `<pattern id="hatch-${hatch}" patternUnits="userSpaceOnUse" width="${step}" height="${step}" patternTransform="rotate(${-degrees})">` +
        `<path d="M0 0H${step}" stroke="#000" stroke-opacity="0.55" stroke-width="${n(line)}"/></pattern>`
      );
    }),
    "</defs>",
  ];
  parts.forEach(({ name: part, colour, hatch, outlines, open }, i) => {
    out.push(`<g id="part-${i + 1}"><title>${escaped(part)}</title>`);
    if (outlines.length > 0) {
      const d = outlines.map((outline) => path(outline, true)).join("");
      out.push(
        `<path d="${d}" fill="${colour}" fill-rule="evenodd" stroke="none"/>`,
        `<path d="${d}" fill="url(#hatch-${hatch})" fill-rule="evenodd" stroke="#000" stroke-width="${n(2 * line)}" stroke-linejoin="round"/>`,
      );
    }
    for (const run of open)
      out.push(
        `<path d="${path(run, false)}" fill="none" stroke="${colour}" stroke-width="${n(2 * line)}" stroke-dasharray="${n(8 * line)} ${n(5 * line)}"/>`,
      );
    out.push("</g>");
  });
  out.push("</svg>", "");
  return out.join("\n");
}

function escaped(text: string): string {
  const plain = [...text].filter((character) => character >= " ").join("");
  return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
