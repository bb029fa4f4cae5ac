/** Arguments for any command, from what its border says is missing: for tests that run all of them. */

import { measurement } from "../state/measures.test-data";
import { MANIFEST, skid } from "../state/model_fixture.test-data";
import { capture } from "../state/viewpoint";
import { createWorkspace } from "../state/workspace";
import { BadArguments, COMMANDS, type CommandId } from "../state/commands";

type Raw = Record<string, unknown>;

/** What border and table say, and what would fit. */
const FITS: readonly (readonly [RegExp, (match: RegExpMatchArray) => unknown])[] = [
  [/^(\w+) must be a text/, () => "here"],
  [/^(\w+) must be a finite number/, () => 1],
  [/^(\w+) must be true or false/, () => true],
  [/^(\w+) must be three numbers/, () => [1, 0, 2]],
  [/^(\w+) must be positive/, () => 2],
  [/^(\w+) must be a list of \[first, last\]/, () => [[0, 1]]],
  [/^(\w+) must be one of ([^,.]+)/, (match) => match[2]],
  [/^(\w+) must be a list/, () => ["here"]],
  [/^(\w+) must be an object/, () => ({})],
];
/** Of those whose border says less than that. */
const KNOWN: Readonly<Partial<Record<CommandId, () => Raw>>> = {
  "agenda.write": () => ({ items: [] }),
  "colour.set": () => ({ colouring: { title: "here", groups: [] } }),
  "compare.kinds": () => ({ kinds: [] }),
  "issue.picture": () => ({ address: "data:image/png;base64,AA==" }),
  "issue.voice": () => ({ address: "data:audio/webm;base64,AA==", seconds: 1 }),
  "mark.colour": () => ({ colour: "#aa0000" }),
  "mark.draw": () => ({ colour: "#aa0000", points: [[0, 0]] }),
  "mark.place": () => ({ colour: "#aa0000", points: [{ position: [0, 0, 0] }] }),
  "measure.add": () => ({ measure: measurement() }),
  "section.box": () => ({ box: null }),
  "selection.entities": () => ({ entities: [] }),
  "session.rules": () => ({ guided: true }),
  "sets.load": () => ({ sets: [] }),
  "view.apply": () => ({ viewpoint: { ...picture(), revision_id: REVISION }, view: null }),
  "view.camera": () => ({ camera: picture().camera }),
};

function picture(): ReturnType<typeof capture> {
  const workspace = createWorkspace();
  workspace.open(MANIFEST, skid());
  return capture(workspace);
}

const REVISION = "0190b6d4-0000-7000-8000-000000000000";
const TRIES = 12;

/** Arguments that the command takes; null: none were found. */
export function argumentsFor(id: CommandId): Raw | null {
  const args: Raw = { ...KNOWN[id]?.() };
  for (let tried = 0; tried < TRIES; tried += 1) {
    try {
      COMMANDS[id].parse(args);
      return args;
    } catch (error) {
      if (!(error instanceof BadArguments)) throw error;
      const fit = FITS.flatMap(([pattern, value]) => {
        const match = pattern.exec(error.message);
        return match ? [[match[1] ?? "", value(match)] as const] : [];
      })[0];
      if (!fit || fit[0] in args) return null;
      args[fit[0]] = fit[1];
    }
  }
  return null;
}
