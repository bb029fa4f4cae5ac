/** Colouring by a property. */

import { readColouring, type Colouring } from "../areas/colouring";
import { t } from "../messages";
import { BadArguments, type Commanding, type NoArgs, define, nothing, text } from "./define";

export interface ColourArgs {
  /** type, storey, layer, colour, material, part, mass, …, or a property of the file as `Group/Name`. */
  "colour.by": { property: string };
  /** Exactly these groups. */
  "colour.set": { colouring: Colouring };
  "colour.clear": NoArgs;
}

export const COLOUR_COMMANDS: Commanding<ColourArgs> = {
  "colour.by": define(t("command.colour.by"), "scene", (raw) => ({
    property: text(raw["property"], "property"),
  })),
  "colour.set": define(t("command.colour.set"), "scene", (raw) => {
    const colouring = readColouring(raw["colouring"]);
    if (!colouring) throw new BadArguments("colouring must have a title and groups.");
    return { colouring };
  }),
  "colour.clear": define(t("command.colour.clear"), "scene", nothing),
};
