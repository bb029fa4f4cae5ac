/**
 * What the structure alone says of every part: type, storey, layer, colour, mass … as columns. Grouping the
 * tree, colouring, filtering and selecting alike all read these; properties of the file come from the server.
 */

import { t, type MessageKey } from "./messages";
import type { Structure } from "./model";
import { RangeSet } from "./ranges";
import { storeyOfRows, systemOfRows } from "./storeys";

/** Facets with words for values. */
export const WORD_FACETS = ["type", "storey", "system", "layer", "colour", "part"] as const;
export type WordFacet = (typeof WORD_FACETS)[number];
/** Facets with numbers for values, SI; of the part as it is defined. */
export const NUMBER_FACETS = ["mass", "volume", "area", "density", "size", "triangles"] as const;
export type NumberFacet = (typeof NUMBER_FACETS)[number];
export type Facet = WordFacet | NumberFacet;

const TITLES: Readonly<Record<Facet, MessageKey>> = {
  type: "facet.type",
  storey: "facet.storey",
  system: "facet.system",
  layer: "facet.layer",
  colour: "facet.colour",
  part: "facet.part",
  mass: "facet.mass",
  volume: "facet.volume",
  area: "facet.area",
  density: "facet.density",
  size: "facet.size",
  triangles: "facet.triangles",
};

export function isWordFacet(name: string): name is WordFacet {
  return WORD_FACETS.some((facet) => facet === name);
}

export function isNumberFacet(name: string): name is NumberFacet {
  return NUMBER_FACETS.some((facet) => facet === name);
}

export function facetTitle(facet: Facet): string {
  return t(TITLES[facet]);
}

/** Parts that share a value; `label` is empty where the file gives none. */
export interface FacetGroup {
  readonly label: string;
  /** sRGB of the parts themselves, for colours; else null. */
  readonly swatch: string | null;
  readonly ranges: RangeSet;
}

/** The word that a row has in a facet; empty when it has none. */
export function wordOfRow(structure: Structure, facet: WordFacet): (row: number) => string {
  switch (facet) {
    case "type":
      return (row) => structure.kind(row);
    case "layer":
      return (row) => structure.file.layer[row] ?? "";
    case "colour":
      return (row) => structure.colour(row).slice(0, 7);
    case "part":
      return (row) => structure.part(row)?.name ?? "";
    case "storey":
    case "system": {
      const rows = facet === "storey" ? storeyOfRows(structure) : systemOfRows(structure);
      return (row) => {
        const found = rows[row] ?? -1;
        return found < 0 ? "" : structure.name(found);
      };
    }
  }
}

/** Occurrences by value, in the order in which values first come; those without one last. */
export function groupsOf(structure: Structure, facet: WordFacet): FacetGroup[] {
  const word = wordOfRow(structure, facet);
  // Parts are grouped by number: two parts may bear one name.
  const keyOf = facet === "part" ? (row: number) => structure.partNumber(row) : word;
  const found = new Map<string | number, number[]>();
  for (let occurrence = 0; occurrence < structure.occurrenceCount; occurrence += 1) {
    const key = keyOf(structure.rowOfOccurrence(occurrence));
    const list = found.get(key);
    if (list) list.push(occurrence);
    else found.set(key, [occurrence]);
  }
  const groups = [...found.values()].map((list): FacetGroup => {
    const label = word(structure.rowOfOccurrence(list[0] ?? -1));
    return {
      label,
      swatch: facet === "colour" ? label : null,
      ranges: RangeSet.fromAscending(list),
    };
  });
  return [...groups.filter(({ label }) => label), ...groups.filter(({ label }) => !label)];
}

/** A number of a part; null when it is not known. */
export function numberOfPart(
  structure: Structure,
  facet: NumberFacet,
): (part: number) => number | null {
  return (number) => {
    const part = structure.parts[number];
    if (!part) return null;
    const { min, max } = part.bounds;
    switch (facet) {
      case "mass":
        return typeof part.density_kg_m3 === "number" && part.volume_m3 !== null
          ? part.density_kg_m3 * part.volume_m3
          : null;
      case "volume":
        return part.volume_m3;
      case "area":
        return part.area_m2;
      case "density":
        return part.density_kg_m3 ?? null;
      case "size":
        return Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
      case "triangles":
        return part.triangles;
    }
  };
}

/** Whether the model says anything in a facet that tells its parts apart. */
export function isTelling(structure: Structure, facet: Facet): boolean {
  if (isNumberFacet(facet)) {
    const read = numberOfPart(structure, facet);
    return structure.parts.some((_, number) => read(number) !== null);
  }
  const word = wordOfRow(structure, facet);
  let seen: string | null = null;
  for (let occurrence = 0; occurrence < structure.occurrenceCount; occurrence += 1) {
    const value = word(structure.rowOfOccurrence(occurrence));
    if (seen !== null && value !== seen) return true;
    seen = value;
  }
  // One value for all is still worth a look when it is a word of the file.
  return facet !== "colour" && facet !== "part" && seen !== null && seen !== "";
}
