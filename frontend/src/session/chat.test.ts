import { expect, it } from "vitest";
import { Commands } from "../state/commands";
import { createWorkspace } from "../state/workspace";
import { Chat } from "./chat";
import { FakeEnvironment } from "./fake_environment";
import { OpLog } from "./op_log";

it("keeps my line at the end until the room has it; a table and blanks say nothing", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  workspace.role.set("editor");
  workspace.session.set({
    id: "s1",
    kind: "session",
    name: "Friday",
    code: null,
    joinUrl: null,
    startedAt: null,
  });
  const log = new OpLog("client-one");
  let meeting = false;
  let flushed = 0;
  const chat = new Chat({
    workspace,
    commands,
    environment: new FakeEnvironment(),
    log,
    me: () => null,
    isMeeting: () => meeting,
    flush: () => (flushed += 1),
  });
  chat.perform();
  commands.run("session.chat", { text: "hello" });
  meeting = true;
  commands.run("session.chat", { text: "  " });
  expect(workspace.chat.get()).toEqual([]);
  commands.run("session.chat", { text: " hello " });
  expect(flushed).toBe(1);
  expect(workspace.chat.get()).toMatchObject([{ text: "hello", seq: null, mine: true }]);
});
