/** A small model for tests of what needs one. */

import { Structure, type StructureFile } from "../state/model";

/** Four parts under one assembly; the file hides the last. */
export function structureOfFour(): Structure {
  const file: StructureFile = {
    format: "holotable-structure/1",
    count: 5,
    id: ["r", "a", "b", "c", "d"],
    parent: [-1, 0, 0, 0, 0],
    name: ["root", "a", "b", "c", "d"],
    kind: ["assembly", "part", "part", "part", "part"],
    part: [-1, 0, 0, 0, 0],
    transform: [null, null, null, null, null],
    colour: [null, null, null, null, null],
    layer: [null, null, null, null, null],
    identity: ["named", "named", "named", "named", "named"],
    hidden: [false, false, false, false, true],
    parts: [],
    palette: [],
  };
  return new Structure(file);
}
