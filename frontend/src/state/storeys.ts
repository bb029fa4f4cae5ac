/** Storeys and systems of a building: which row of the tree each row stands in. */

import type { Structure } from "./model";

export const STOREY_KIND = "IfcBuildingStorey";
/** Kinds that gather parts by what they serve. */
export const SYSTEM_KINDS: readonly string[] = [
  "IfcSystem",
  "IfcDistributionSystem",
  "IfcBuildingSystem",
  "IfcBuiltSystem",
];

/** (rows) row of the storey that each row is in or is, else −1. */
export function storeyOfRows(structure: Structure): Int32Array {
  return nearestOfKind(structure, (kind) => kind === STOREY_KIND);
}

/** (rows) row of the system that each row is in or is, else −1. */
export function systemOfRows(structure: Structure): Int32Array {
  return nearestOfKind(structure, (kind) => SYSTEM_KINDS.includes(kind));
}

/** Parents stand before children, so one pass is enough. */
function nearestOfKind(structure: Structure, wanted: (kind: string) => boolean): Int32Array {
  const nearest = new Int32Array(structure.count).fill(-1);
  for (let row = 0; row < structure.count; row += 1) {
    if (wanted(structure.kind(row))) nearest[row] = row;
    else {
      const parent = structure.parent(row);
      if (parent >= 0) nearest[row] = nearest[parent] ?? -1;
    }
  }
  return nearest;
}
