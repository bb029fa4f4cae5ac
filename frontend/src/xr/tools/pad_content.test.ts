import { expect, test } from "vitest";
import { HAND_TOOLS, PHRASES } from "../../state/areas/hand_tools";
import { SELECTION_LEVELS } from "../../state/areas/selecting";
import { createWorkspace } from "../../state/workspace";
import {
  type PadContent,
  buttonAt,
  issueContent,
  nextLevel,
  photoContent,
  rackContent,
} from "./pad_content";

/** Each button is on the board, and the middle of each is that button's alone. */
function expectSound(content: PadContent): void {
  for (const one of content.buttons) {
    const { x, y, width, height } = one;
    expect([one.id, x >= 0 && y >= 0 && x + width <= 1 && y + height <= 1]).toEqual([one.id, true]);
    expect(buttonAt(content, x + width / 2, y + height / 2)?.id).toBe(one.id);
  }
  expect(new Set(content.buttons.map(({ id }) => id)).size).toBe(content.buttons.length);
}

test("the rack has every tool, and what is in hand is the one that is lit", () => {
  const workspace = createWorkspace();
  workspace.handTool.set("knife");
  workspace.sectionBox.set({ centre: [0, 0, 0], half: [1, 1, 1] } as never); // `as`: that there is one
  workspace.activeMeasure.set("m");
  const content = rackContent(workspace);
  expectSound(content);
  const ids = content.buttons.map(({ id }) => id);
  for (const tool of [...HAND_TOOLS, "uncut", "unmeasure"]) expect(ids).toContain(tool);
  expect(content.buttons.filter(({ on }) => on).map(({ id }) => id)).toEqual(["knife"]);
});

test("the card of an issue has the twelve phrases, says what is wrong, and is not there without an issue", () => {
  const workspace = createWorkspace();
  expect(issueContent(workspace, { state: "idle" })).toBeNull();
  const composing = { kind: "issue", title: "Gap: Plate", voice_s: 12, sending: false } as const;
  workspace.composing.set({ ...composing, refused: null });
  const card = issueContent(workspace, { state: "idle" });
  expect(card && PHRASES.every((id) => card.buttons.some((one) => one.id === `phrase-${id}`))).toBe(
    true,
  );
  if (card) expectSound(card);
  expect(card?.lines[0]).toContain("0:12");
  expect(card?.buttons.filter(({ on }) => on).map(({ id }) => id)).toEqual(["phrase-gap"]);
  workspace.composing.set({ ...composing, refused: "The server said no." });
  expect(issueContent(workspace, { state: "idle" })?.lines).toEqual(["The server said no."]);
});

test("a photo says where and how wide it looks, below it its three buttons", () => {
  const content = photoContent(Math.PI / 3, ["1.00", "2.00", "3.00"]);
  expectSound(content);
  expect(content.lines[0]).toContain("60");
  const lowest = (content.pictureBox?.y ?? 0) + (content.pictureBox?.height ?? 0);
  expect(content.buttons.every(({ y }) => y >= lowest)).toBe(true);
});

test("the levels go round", () => {
  const seen = new Set<string>();
  let level: (typeof SELECTION_LEVELS)[number] = SELECTION_LEVELS[0];
  for (const _ of SELECTION_LEVELS) seen.add((level = nextLevel(level)));
  expect([seen.size, level]).toEqual([SELECTION_LEVELS.length, SELECTION_LEVELS[0]]);
});
