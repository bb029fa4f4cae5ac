import { beforeEach, expect, it } from "vitest";
import type { Json } from "../protocol/messages";
import { Commands } from "../state/commands";
import { type Workspace, createWorkspace } from "../state/workspace";
import { Attendance } from "./attendance";

let workspace: Workspace;
let commands: Commands;
let attendance: Attendance;
let state: Map<string, Json>;
let opened: string[];
const VIEW = "01890000-0000-7000-8000-00000000000a";
const ITEMS = [
  { id: "a", title: "Pump", view_id: VIEW },
  { id: "b", title: "Valve" },
];

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  state = new Map();
  opened = [];
  workspace.session.set({
    id: "s1", kind: "session", name: "Friday", code: null, joinUrl: null, startedAt: null,
  }); // prettier-ignore
  workspace.people.set([
    {
      slot: 0, principal_id: "anna", name: "Anna", colour: 0, shape: 0, role: "editor",
      session_role: "host", device: "desktop", guest: false, status: {}, mine: true,
    },
  ]); // prettier-ignore
  commands.register("view.open", ({ id }) => void opened.push(id));
  attendance = new Attendance(workspace, commands, {
    value: (key) => state.get(key) ?? null,
    set: (key, value) => {
      if (value === null) state.delete(key);
      else state.set(key, value);
      attendance.changed([key]);
    },
  });
});

it("shows who waits, says it once, and lets in one, all or nobody", () => {
  const gus = { principal_id: "gus", name: "Gus", guest: true };
  const kim = { principal_id: "kim", name: "Kim", guest: true };
  attendance.knocks({ t: "knocks", waiting: [gus] });
  expect(workspace.announcement.get()?.text).toContain("Gus");
  attendance.knocks({ t: "knocks", waiting: [gus, kim] });
  expect(workspace.announcement.get()?.text).toContain("Kim");
  commands.run("session.admit", { principal_id: "kim", name: "Kim", admitted: false });
  expect(state.get("session/door/kim")).toEqual({ name: "Kim", admitted: false });
  commands.run("session.admitAll");
  expect(state.get("session/door/gus")).toEqual({ name: "Gus", admitted: true });
  attendance.knocks({ t: "knocks", waiting: [] });
  expect(workspace.knocks.get()).toEqual([]);
});

it("steps through the agenda, shows each view, and ends behind the last item", () => {
  commands.run("agenda.write", { items: ITEMS });
  commands.run("agenda.next");
  expect([workspace.agenda.get().at, opened]).toEqual(["a", [VIEW]]);
  expect(workspace.announcement.get()?.text).toContain("Pump");
  commands.run("agenda.next");
  expect([workspace.agenda.get().at, opened.length]).toEqual(["b", 1]);
  commands.run("agenda.previous");
  expect(workspace.agenda.get().at).toBe("a");
  commands.run("agenda.show", { id: "b" });
  commands.run("agenda.next");
  expect(workspace.agenda.get().at).toBeNull();
  expect(state.has("session/agenda-at")).toBe(false);
});

it("reads the times that the room wrote", () => {
  state.set("session/agenda", { items: ITEMS });
  const started_at = "2026-01-05T12:00:00.000Z";
  state.set("session/agenda-at", { id: "b", started_at, spent_s: { a: 4.5 } });
  attendance.changed(["session/agenda-at"]);
  const { since, spent } = workspace.agenda.get();
  expect([since, spent]).toEqual([Date.parse(started_at), { a: 4.5 }]);
});

it("stands nowhere when the item it stood at is taken out", () => {
  commands.run("agenda.write", { items: ITEMS });
  commands.run("agenda.show", { id: "a" });
  commands.run("agenda.write", { items: ITEMS.slice(1) });
  expect([workspace.agenda.get().at, workspace.agenda.get().items.length]).toEqual([null, 1]);
});

it("forgets everything at the end", () => {
  commands.run("agenda.write", { items: ITEMS });
  attendance.stop();
  expect(workspace.agenda.get().items).toEqual([]);
  expect(commands.has("agenda.next")).toBe(false);
});
