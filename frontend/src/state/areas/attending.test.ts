import { expect, it } from "vitest";
import { type Agenda, NO_AGENDA, clock, itemBeside, moved, spentOn } from "./attending";

const ITEMS = ["a", "b", "c"].map((id) => ({ id, title: id.toUpperCase() }));
const agenda = (at: string | null): Agenda => ({ ...NO_AGENDA, items: ITEMS, at });

it("steps from where the agenda stands, and begins with the first", () => {
  expect(itemBeside(agenda(null), 1)?.id).toBe("a");
  expect(itemBeside(agenda(null), -1)).toBeNull();
  expect(itemBeside(agenda("a"), 1)?.id).toBe("b");
  expect(itemBeside(agenda("b"), -1)?.id).toBe("a");
  expect(itemBeside(agenda("a"), -1)).toBeNull();
  expect(itemBeside(agenda("c"), 1)).toBeNull();
  expect(itemBeside(agenda("gone"), 1)?.id).toBe("a");
});

it("moves an item to a place that there is", () => {
  const ids = (to: number): string =>
    moved(ITEMS, "b", to)
      .map(({ id }) => id)
      .join("");
  expect([ids(-1), ids(0), ids(1), ids(2), ids(9)]).toEqual(["bac", "bac", "abc", "acb", "acb"]);
  expect(moved(ITEMS, "gone", 0)).toBe(ITEMS);
});

it("counts what an item took until now", () => {
  const going: Agenda = { items: ITEMS, at: "b", since: 60_000, spent: { a: 4, b: 5 } };
  expect(spentOn(going, "a", 70_000)).toBe(4);
  expect(spentOn(going, "b", 70_000)).toBe(15);
  expect(spentOn(going, "b", 50_000)).toBe(5); // this clock is behind the room's
  expect(spentOn(going, "c", 70_000)).toBe(0);
});

it("says a time", () => {
  expect([clock(0), clock(65.9), clock(3_845)]).toEqual(["0:00", "1:05", "1:04:05"]);
});
