import { expect, it } from "vitest";
import { Commands } from "../state/commands";
import { createWorkspace } from "../state/workspace";
import { obey, tellOwn } from "./own_devices";

it("leaves VR or the sound when another device of mine says so", () => {
  const workspace = createWorkspace();
  workspace.session.set({
    id: "s1", kind: "session", name: "Friday", code: null, joinUrl: null, startedAt: null,
  }); // prettier-ignore
  const commands = new Commands(workspace);
  const done: unknown[] = [];
  commands.register("xr.leave", () => void done.push("xr.leave"));
  commands.register("voice.join", (order) => void done.push(order));
  obey(commands, "leave_xr");
  obey(commands, "leave_voice");
  expect(done).toEqual(["xr.leave", { on: false }]);
});

it("asks the device in the slot, and nobody else", () => {
  const sent: unknown[] = [];
  tellOwn({ slot: 4, act: "leave_xr" }, (message) => sent.push(message));
  expect(sent).toEqual([{ t: "event", event: { kind: "own", to: 4, act: "leave_xr" } }]);
});
