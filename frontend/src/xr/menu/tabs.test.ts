import { beforeEach, describe, expect, it } from "vitest";
import { Commands } from "../../state/commands";
import { RangeSet } from "../../state/ranges";
import { type Person, createWorkspace } from "../../state/workspace";
import { layOut } from "../panel/layout";
import type { ButtonNode, PanelNode } from "../panel/nodes";
import { mainPanel } from "./main_panel";
import { type MenuHost, MenuState, TABS } from "./menu_state";
import { quickColumn } from "./quick_column";
import { wheel } from "./wheel";

const measure = (said: string, em: number): number => [...said].length * em * 0.5;

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
    "tool.set",
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
    expect(ran).toEqual([["tool.set", { tool: "measure" }], "close"]);
  });
});
