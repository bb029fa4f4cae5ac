import { beforeEach, describe, expect, it } from "vitest";
import { Commands } from "../../state/commands";
import { RangeSet } from "../../state/ranges";
import { type Person, createWorkspace } from "../../state/workspace";
import { type Placed, isTarget, layOut } from "../panel/layout";
import type { ButtonNode, PanelNode } from "../panel/nodes";
import { MARGIN } from "../panel/panel";
import { mainPanel } from "./main_panel";
import { type MenuHost, MenuState, TABS } from "./menu_state";
import { MAIN } from "./placement";
import { QUICK, quickColumn } from "./quick_column";
import { WHEEL, wheel } from "./wheel";

const measure = (said: string, em: number): number => [...said].length * em * 0.5;

const people = (count: number): Person[] =>
  Array.from({ length: count }, (_, slot) =>
    person(slot, slot === 0 ? { session_role: "host" } : {}),
  );

const LINE = { seq: 1, name: "Person 1", slot: 1, at: "2026-01-01T00:00:00Z", mine: false };

/** That everything stands on the board, and targets half a degree apart. */
function fits(node: PanelNode, board: { width: number; height: number }, textScale: number): void {
  const [width, height] = [board.width - 2 * MARGIN, board.height - 2 * MARGIN];
  const all = layOut(node, { x: MARGIN, y: MARGIN, width, height }, { measure, textScale });
  const targets = all.filter((each) => isTarget(each.node));
  const named = ({ node: each }: Placed): string => ("id" in each ? each.id : each.kind);
  for (const each of all) {
    const where = `${named(each)} at ${textScale}`;
    expect(each.x, where).toBeGreaterThanOrEqual(MARGIN - 1e-6);
    expect(each.x + each.width, where).toBeLessThanOrEqual(board.width - MARGIN + 1e-6);
    expect(each.y + each.height, where).toBeLessThanOrEqual(board.height - MARGIN + 1e-6);
  }
  targets.forEach((one, index) => {
    expect(Math.min(one.width, one.height), named(one)).toBeGreaterThanOrEqual(1.65);
    for (const other of targets.slice(index + 1)) {
      const across = Math.max(one.x - other.x - other.width, other.x - one.x - one.width, 0);
      const down = Math.max(one.y - other.y - other.height, other.y - one.y - one.height, 0);
      const where = `${named(one)}, ${named(other)} at ${textScale}`;
      expect(Math.hypot(across, down), where).toBeGreaterThanOrEqual(0.5);
    }
  });
}

function buttons(node: PanelNode): ButtonNode[] {
  const place = { x: 0, y: 0, width: 32, height: 21 };
  return layOut(node, place, { measure, textScale: 1 }).flatMap(({ node: each }) =>
    each.kind === "button" ? [each] : [],
  );
}

function press(node: PanelNode, id: string): void {
  const found = buttons(node).find((each) => each.id === id);
  if (!found) throw new Error(`There is no ${id}.`);
  found.press();
}

const person = (slot: number, more: Partial<Person> = {}): Person => ({
  ...{
    slot,
    principal_id: `p${slot}`,
    name: `Person ${slot}`,
    colour: slot,
    shape: 0,
    role: "editor",
  },
  ...{ session_role: "participant", device: "desktop", guest: false, status: {}, mine: slot === 0 },
  ...more,
});

let host: MenuHost;
let ran: unknown[];

beforeEach(() => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  ran = [];
  for (const id of [
    "session.follow",
    "session.bring",
    "selection.set",
    "xr.tool",
    "xr.view",
    "xr.hud",
    "xr.detail",
    "voice.talk",
  ] as const)
    commands.register(id, (args: unknown) => void ran.push([id, args]));
  workspace.session.set({
    ...{ id: "s", kind: "session", name: "Review", code: null, joinUrl: null, startedAt: null },
  });
  host = {
    workspace,
    commands,
    state: new MenuState(),
    dictation: null,
    changed: () => undefined,
    close: () => void ran.push("close"),
  };
});

describe("the boards", () => {
  it("hold everything, with half a degree between targets, at every size of letters", () => {
    host.workspace.people.set(people(9));
    host.workspace.following.set({ slot: 1, paused: false });
    host.workspace.chat.set([{ ...LINE, text: "Valve" }]);
    host.workspace.savedViews.set([]);
    for (const textScale of [0.8, 1, 1.6]) {
      host.workspace.textScale.set(textScale);
      for (const tab of TABS) {
        host.state.tab = tab;
        fits(mainPanel(host, "1:20", 0), MAIN, textScale);
      }
      host.state.tab = "comfort";
      host.state.comfortPage = "seeing";
      fits(mainPanel(host, "1:20", 0), MAIN, textScale);
      host.state.comfortPage = "moving";
      const about = { occurrence: 0, ranges: RangeSet.of(0), offset_m: 0 } as const;
      fits(wheel(host, { ...about, normal: [0, 1, 0] }), WHEEL, textScale);
      fits(
        quickColumn(host, false, () => undefined),
        QUICK,
        textScale,
      );
    }
  });
});

describe("the main panel", () => {
  it("has five tabs, each with something to read or press", () => {
    for (const tab of TABS) {
      press(mainPanel(host, "1:20", 0), `tab-${tab}`);
      expect(host.state.tab).toBe(tab);
      const selected = buttons(mainPanel(host, "1:20", 0)).filter(
        (each) => each.id === `tab-${tab}`,
      );
      expect(selected[0]?.selected).toBe(true);
    }
  });

  it("gives every button a name", () => {
    host.workspace.people.set([person(0), person(1)]);
    for (const tab of TABS) {
      host.state.tab = tab;
      for (const each of buttons(mainPanel(host, "1:20", 0))) expect(each.name.trim()).not.toBe("");
    }
  });

  it("follows somebody and stops", () => {
    host.workspace.people.set([person(0), person(1)]);
    host.state.tab = "people";
    press(mainPanel(host, "1:20", 0), "follow-1");
    host.workspace.following.set({ slot: 1, paused: false });
    press(mainPanel(host, "1:20", 0), "follow-1");
    expect(ran).toEqual([
      ["session.follow", { slot: 1 }],
      ["session.follow", { slot: null }],
    ]);
  });

  it("takes tools in hand and goes to views", () => {
    press(mainPanel(host, "1:20", 0), "tool-knife");
    host.workspace.savedViews.set([{ id: "v1", name: "Valve", folder: "" }]);
    host.state.tab = "views";
    press(mainPanel(host, "1:20", 0), "view-v1");
    expect(ran).toEqual([
      ["xr.tool", { tool: "knife" }],
      ["xr.view", { id: "v1" }],
    ]);
  });

  it("shows frame times and saves detail from Comfort", () => {
    host.state.tab = "comfort";
    press(mainPanel(host, "1:20", 0), "page-seeing");
    press(mainPanel(host, "1:20", 0), "hud");
    press(mainPanel(host, "1:20", 0), "detail");
    expect(ran).toEqual([
      ["xr.hud", { on: true }],
      ["xr.detail", { auto: false }],
    ]);
  });

  it("searches for what somebody at a desk wrote", () => {
    host.workspace.people.set([person(0), person(1)]);
    host.workspace.chat.set([{ ...LINE, text: "Valve" }]);
    host.state.tab = "people";
    press(mainPanel(host, "1:20", 0), "searchFor");
    expect([host.state.tab, host.state.query]).toEqual(["model", "Valve"]);
    host.workspace.people.set([person(0), person(1, { device: "headset" })]);
    host.state.tab = "people";
    const ids = buttons(mainPanel(host, "1:20", 0)).map(({ id }) => id);
    expect(ids).not.toContain("searchFor");
  });

  it("brings people only for who leads", () => {
    host.workspace.people.set([person(0), person(1)]);
    host.state.tab = "people";
    const ids = (): string[] => buttons(mainPanel(host, "1:20", 0)).map(({ id }) => id);
    expect(ids()).not.toContain("bringAll");
    host.workspace.people.set([person(0, { session_role: "host" }), person(1)]);
    expect(ids()).toEqual(expect.arrayContaining(["bringAll", "bring-1", "mute-1"]));
    press(mainPanel(host, "1:20", 0), "bring-1");
    expect(ran).toEqual([["session.bring", { slot: 1 }]]);
  });
});

describe("the column at the hand", () => {
  it("opens the menu and talks for as long as it is held", () => {
    let opened = 0;
    host.workspace.voice.set({ ...host.workspace.voice.get(), joined: true });
    const node = quickColumn(host, false, () => (opened += 1));
    press(node, "menu");
    expect(opened).toBe(1);
    const talk = buttons(node).find(({ id }) => id === "talk");
    talk?.press();
    talk?.release?.();
    expect(ran).toEqual([
      ["voice.talk", { on: true }],
      ["voice.talk", { on: false }],
    ]);
  });
});

describe("the wheel", () => {
  it("does what it says for the part and closes", () => {
    const node = wheel(host, {
      occurrence: 3,
      ranges: RangeSet.of(3),
      normal: [0, 1, 0],
      offset_m: 1,
    });
    expect(buttons(node)).toHaveLength(9);
    press(node, "wheel-measure");
    expect(ran).toEqual([["xr.tool", { tool: "caliper" }], "close"]);
  });
});
