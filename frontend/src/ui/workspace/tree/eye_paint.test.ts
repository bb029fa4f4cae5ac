import { expect, test } from "vitest";
import { Commands } from "../../../state/commands";
import { MANIFEST, skid } from "../../../state/model_fixture.test-data";
import { performOnWorkspace } from "../../../state/perform";
import { RangeSet } from "../../../state/ranges";
import { createWorkspace } from "../../../state/workspace";
import { EyePaint } from "./eye_paint";

test("painting down the eyes is one step, whatever was hidden before", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "id");
  workspace.open(MANIFEST, skid());
  commands.run("visibility.showAll");
  commands.run("visibility.hide", { ranges: RangeSet.of(1) });
  const paint = new EyePaint(commands, true);
  paint.add(RangeSet.of(1)); // hidden already: no step
  paint.add(RangeSet.of(2));
  paint.add(RangeSet.of(2, 3));
  expect(workspace.hidden.get().toJSON()).toEqual([[1, 3]]);
  commands.undo();
  expect(workspace.hidden.get().toJSON()).toEqual([[1, 1]]);
  commands.redo();
  expect(workspace.hidden.get().toJSON()).toEqual([[1, 3]]);
});
