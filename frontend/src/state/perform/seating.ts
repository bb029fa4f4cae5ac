/** Choices of comfort are made before or in the headset; everything else of the seat is done by the headset itself. */

import { PRESETS } from "../areas/seating";
import type { Commands } from "../commands";
import type { Workspace } from "../workspace";

export function performSeating({ comfort }: Workspace, commands: Commands): void {
  commands.register("xr.comfort", (args) =>
    comfort.update((choices) =>
      "preset" in args
        ? { ...choices, ...PRESETS[args.preset], preset: args.preset }
        : { ...choices, ...args.change },
    ),
  );
}
