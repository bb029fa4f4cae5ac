import { beforeEach, expect, it } from "vitest";
import { PLAIN_RULES } from "../state/areas/conducting";
import type { CameraPose, Person, Workspace } from "../state/workspace";
import { createWorkspace } from "../state/workspace";
import { Guided } from "./guided";

let workspace: Workspace;
let guided: Guided;
let shown: CameraPose[];
let offered: string[];

function person(slot: number, name: string, fields: Partial<Person> = {}): Person {
  return {
    slot, principal_id: name.toLowerCase(), name, colour: slot, shape: 0, role: "editor",
    session_role: "participant", device: "desktop", guest: false, status: {}, mine: false, ...fields,
  }; // prettier-ignore
}

function rule(on: boolean, presenter: string | null = "ben"): void {
  const rules = { ...PLAIN_RULES, guided: on };
  workspace.conduct.set({ ...workspace.conduct.get(), rules, presenter });
}

beforeEach(() => {
  workspace = createWorkspace();
  workspace.people.set([person(0, "Anna", { mine: true }), person(1, "Ben"), person(2, "Cleo")]);
  [shown, offered] = [[], []];
  guided = new Guided(workspace, {
    showCamera: (pose) => void shown.push(pose),
    offer: ({ name }) => void offered.push(name),
  });
});

it("follows who presents, whatever I do, and gives my camera back", () => {
  const mine = workspace.camera.get();
  rule(true);
  expect(workspace.guidedBy.get()).toBe(1);
  expect(workspace.following.get()).toEqual({ slot: 1, paused: false });
  for (const away of [null, { slot: 2, paused: false }, { slot: 1, paused: true }]) {
    workspace.following.set(away);
    expect(workspace.following.get()).toEqual({ slot: 1, paused: false });
  }
  workspace.camera.set({ ...mine, position: [9, 9, 9] });
  rule(false);
  expect([workspace.guidedBy.get(), workspace.following.get()]).toEqual([null, null]);
  expect(shown).toEqual([mine]);
});

it("goes on with who presents next, and gives back whom I followed", () => {
  workspace.following.set({ slot: 2, paused: false });
  rule(true);
  rule(true, "cleo");
  expect(workspace.following.get()?.slot).toBe(2);
  rule(true, null);
  expect(workspace.following.get()).toEqual({ slot: 2, paused: false });
  expect(guided.active).toBe(false);
});

it("leaves who presents alone", () => {
  rule(true, "anna");
  expect([guided.active, workspace.following.get()]).toEqual([false, null]);
});

it("asks in a headset, once, and moves nobody there", () => {
  workspace.xr.set({ ...workspace.xr.get(), kind: "active" } as never);
  rule(true);
  rule(true);
  expect([offered, guided.active, shown]).toEqual([["Ben"], false, []]);
});

it("lets go when the session is left", () => {
  rule(true);
  guided.stop();
  expect([guided.active, shown]).toEqual([false, []]);
  workspace.following.set(null);
  expect(workspace.following.get()).toBeNull();
});
