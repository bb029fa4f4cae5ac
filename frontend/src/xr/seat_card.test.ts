import { expect, test } from "vitest";
import { NEW_SEAT, type RoomPlacement } from "../state/areas/seating";
import { Commands } from "../state/commands";
import { performSeating } from "../state/perform/seating";
import { createWorkspace } from "../state/workspace";
import { seatCard } from "./seat_card";

const ROOM: RoomPlacement = { placed: true, locked: false, dim: 0, aligning: null };

test("outside and in peace there is no card", () => {
  const workspace = createWorkspace();
  expect(seatCard(workspace)).toBeNull();
  workspace.seat.set(NEW_SEAT);
  expect(seatCard(workspace)).toBeNull();
});

test("one question at the first entry: each answer sets its preset", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performSeating(workspace, commands);
  workspace.seat.set({ ...NEW_SEAT, asking: true });
  const card = seatCard(workspace);
  expect(card?.title).toBe("How do you want to move?");
  const chosen = card?.buttons.map((button) => {
    button.run(commands);
    return workspace.comfort.get().preset;
  });
  expect(chosen).toEqual(["comfortable", "balanced", "expert"]);
  expect(card?.buttons.every(({ detail }) => detail.length > 10)).toBe(true);
});

test("the safe place comes before everything, with one way out", () => {
  const workspace = createWorkspace();
  workspace.seat.set({ ...NEW_SEAT, safe: true, asking: true, breakDue: true });
  expect(seatCard(workspace)?.buttons.map(({ id }) => id)).toEqual(["back"]);
});

test("an alignment asks for its four points in turn", () => {
  const workspace = createWorkspace();
  const point = [0, 0, 0] as const;
  const lines = [
    [0, 0],
    [1, 0],
    [1, 1],
    [2, 1],
  ].map(([model = 0, room = 0]) => {
    const aligning = { model: Array(model).fill(point), room: Array(room).fill(point) };
    workspace.seat.set({ ...NEW_SEAT, kind: "ar", room: { ...ROOM, aligning } });
    return seatCard(workspace)?.line;
  });
  expect(new Set(lines).size).toBe(4);
  expect(lines[0]).toContain("first");
  expect(lines[3]).toContain("second");
});

test("after thirty minutes it says so, and not again for who wants that", () => {
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  performSeating(workspace, commands);
  workspace.seat.set({ ...NEW_SEAT, breakDue: true });
  seatCard(workspace)
    ?.buttons.find(({ id }) => id === "never")
    ?.run(commands);
  expect(workspace.comfort.get().breakReminder).toBe(false);
});
