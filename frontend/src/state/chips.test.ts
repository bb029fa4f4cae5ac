import { expect, test } from "vitest";
import { stateChips } from "./chips";
import { Commands } from "./commands";
import { MANIFEST, skid } from "./model_fixture.test-data";
import { performOnWorkspace } from "./perform";
import { RangeSet } from "./ranges";
import { createWorkspace } from "./workspace";

test("there is one chip per deviation, and none when all is as designed", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `${(ids += 1)}`);
  workspace.open(MANIFEST, skid());
  const chips = stateChips(workspace);
  const labels = (): string[] => chips.get().map(({ label }) => label);

  expect(labels()).toEqual(["1 hidden"]); // by the file itself
  commands.run("visibility.showAll");
  expect(labels()).toEqual([]);
  commands.run("section.add", { axis: "x" });
  commands.run("section.add", { axis: "y" });
  commands.run("visibility.isolate", { ranges: RangeSet.of(0) });
  commands.run("visibility.ghost", { ranges: RangeSet.of(0) });
  commands.run("explode.set", { amount: 0.3 });
  expect(labels()).toEqual(["2 sections", "Isolated, 3 hidden", "1 ghosted", "Explode 30 %"]);
});
