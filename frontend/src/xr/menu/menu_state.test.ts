import { describe, expect, it } from "vitest";
import { Commands } from "../../state/commands";
import { createWorkspace } from "../../state/workspace";
import { layOut } from "../panel/layout";
import { keyboard } from "./keyboard";
import { type MenuHost, MenuState } from "./menu_state";

function host(): MenuHost {
  const workspace = createWorkspace();
  return {
    ...{ workspace, commands: new Commands(workspace), state: new MenuState(), dictation: null },
    ...{ changed: () => undefined, close: () => undefined },
  };
}

function press(at: MenuHost, id: string): void {
  const place = { x: 0, y: 0, width: 25, height: 12 };
  const measure = (said: string, em: number): number => [...said].length * em * 0.5;
  for (const { node } of layOut(keyboard(at), place, { measure, textScale: 1 }))
    if (node.kind === "button" && node.id === id) node.press();
}

describe("what is typed in the headset", () => {
  it("grows by letters, shrinks by one and is cleared", () => {
    const at = host();
    for (const key of ["key-p", "space", "key-1", "key-2"]) press(at, key);
    expect(at.state.query).toBe("p 12");
    press(at, "erase");
    expect(at.state.query).toBe("p 1");
    press(at, "clear");
    expect(at.state.query).toBe("");
  });

  it("shows the first of what is found, wherever the tree stood", () => {
    const { state } = host();
    state.treeFirst = 40;
    state.type("valve");
    expect(state.treeFirst).toBe(0);
  });

  it("finds nothing without a model, and has no tree", () => {
    const { state } = host();
    state.type("valve");
    expect(state.results()).toBeNull();
    expect(state.tree(null)).toBeNull();
  });
});
