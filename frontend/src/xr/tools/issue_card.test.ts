import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Vec3 } from "../../state/model";
import { type TestSeat, stubCanvas, testSeat } from "../seat_fixture.test-data";
import { IssueCard } from "./issue_card";

const WRITING = { kind: "issue", title: "", voice_s: null, sending: false, refused: null } as const;
let made: TestSeat;
let card: IssueCard;
let ran: [string, unknown][];

beforeEach(() => {
  stubCanvas();
  made = testSeat();
  made.workspace.role.set("editor");
  ran = [];
  const { commands } = made;
  commands.register("xr.tool", (args) => void ran.push(["xr.tool", args]));
  commands.register("issue.phrase", (args) => void ran.push(["issue.phrase", args]));
  commands.register("issue.later", () => void ran.push(["issue.later", null]));
  card = new IssueCard(made.seat);
});
afterEach(() => {
  card.dispose();
  vi.unstubAllGlobals();
});

function press(id: string): void {
  const at = card.debug?.buttons[id];
  if (!at) throw new Error(`no button ${id}`);
  const from: Vec3 = made.seat.head.position;
  const way = at.map((value, axis) => value - (from[axis] ?? 0));
  const far = Math.hypot(...way);
  const [x = 0, y = 0, z = 0] = way.map((value) => value / far);
  card.target.aim(from, [x, y, z]);
  card.target.press();
}

test("while an issue is written its card stands before who writes it, with words instead of a keyboard", () => {
  card.update();
  expect(card.debug).toBeNull();
  made.workspace.composing.set(WRITING);
  card.update();
  press("phrase-clash");
  press("pen");
  press("later");
  expect(ran).toEqual([
    ["issue.phrase", { phrase: "clash" }],
    ["xr.tool", { tool: "pen" }],
    ["issue.later", null],
  ]);
  made.workspace.composing.set(null);
  card.update();
  expect(card.debug).toBeNull();
});

test("a microphone that is not there is said, and the words stay", async () => {
  vi.stubGlobal("navigator", {});
  made.workspace.composing.set({ ...WRITING, title: "Mine" });
  card.update();
  press("voice");
  await vi.waitFor(() => expect(made.workspace.announcement.get()?.text).toBeTruthy());
  card.update();
  expect(card.debug?.title).toBe("Mine");
  expect(card.debug?.lines[0]).toBe(made.workspace.announcement.get()?.text);
});

test("the desk's pin that is put back takes the card's tool with it", () => {
  made.workspace.composing.set(WRITING);
  card.update();
  made.workspace.handTool.set("pin");
  made.workspace.tool.set("pin");
  made.workspace.tool.set("select");
  expect(ran).toEqual([["xr.tool", { tool: "select" }]]);
});
