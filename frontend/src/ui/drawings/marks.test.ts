import { expect, test } from "vitest";
import { MOST_MARKS, MarkList, boxOf, markOf, pathOf, pinOf, textMark } from "./marks";

const RED = "#d55e00";
const A = { x: 0.1, y: 0.2 };
const B = { x: 0.4, y: 0.6 };
const SIZE = { width: 1000, height: 500 };

function shape(kind: "rectangle" | "ellipse" | "arrow" | "cloud") {
  const mark = markOf(kind, [A, B], RED);
  if (!mark || mark.kind === "text") throw new Error("no mark");
  return mark;
}

test("a drag is a shape between its ends, a press is none", () => {
  expect(markOf("rectangle", [A, { x: 0.2, y: 0.3 }, B], RED)).toEqual({
    kind: "rectangle",
    colour: RED,
    start: [0.1, 0.2],
    end: [0.4, 0.6],
  });
  expect(markOf("rectangle", [A, { x: 0.1001, y: 0.2 }], RED)).toBeNull();
  expect(markOf("pen", [A], RED)).toBeNull();
});

test("a long line keeps its ends and at most a thousand points", () => {
  const points = Array.from({ length: 5_000 }, (_none, i) => ({ x: i / 5_000, y: 0.5 }));
  const mark = markOf("pen", points, RED);
  if (mark?.kind !== "pen") throw new Error("no line");
  expect(mark.points.length).toBeLessThanOrEqual(1_000);
  expect(mark.points[0]).toEqual([0, 0.5]);
  expect(mark.points.at(-1)).toEqual([0.9998, 0.5]);
});

test("words are trimmed; none are no mark", () => {
  expect(textMark(A, "  Ø 6.5 ", RED)).toEqual({
    kind: "text",
    colour: RED,
    at: [0.1, 0.2],
    text: "Ø 6.5",
  });
  expect(textMark(A, "   ", RED)).toBeNull();
});

test("marks are undone and redone until another is drawn", () => {
  const list = new MarkList();
  const [one, other] = [shape("cloud"), shape("arrow")];
  list.add(one);
  list.add(other);
  list.undo();
  expect(list.marks).toEqual([one]);
  list.redo();
  expect(list.marks).toEqual([one, other]);
  list.undo();
  list.add(shape("ellipse"));
  expect(list.canRedo).toBe(false);
  list.clear();
  expect([list.canUndo, list.canRedo]).toEqual([false, false]);
});

test("a place has so many marks and points, as the server takes them", () => {
  const list = new MarkList();
  for (let i = 0; i < MOST_MARKS; i += 1) expect(list.add(shape("arrow"))).toBe(true);
  expect(list.add(shape("arrow"))).toBe(false);
  const lines = new MarkList();
  const points = Array.from({ length: 999 }, (_none, i) => ({ x: i / 999, y: 0.5 }));
  const line = markOf("pen", points, RED);
  if (!line) throw new Error("no line");
  const taken = Array.from({ length: 6 }, () => lines.add(line));
  expect(taken.filter(Boolean).length).toBe(4);
});

test("the pin of what is drawn stands at its upper right corner", () => {
  expect(pinOf([shape("cloud")])).toEqual({ x: 0.4, y: 0.2 });
  expect(pinOf([])).toBeNull();
  expect(boxOf({ x: 0.9, y: 0.1 }, [shape("cloud")])).toEqual({
    left: 0.1,
    top: 0.1,
    right: 0.9,
    bottom: 0.6,
  });
});

test("marks are drawn where they are on the sheet at its present size", () => {
  expect(pathOf(shape("rectangle"), SIZE)).toBe("M100.0 100.0H400.0V300.0H100.0Z");
  expect(pathOf(shape("arrow"), SIZE)).toMatch(/^M100\.0 100\.0L400\.0 300\.0M.*L400\.0 300\.0M/);
  expect(pathOf(shape("ellipse"), SIZE)).toContain("A150.0 100.0");
  expect(pathOf(shape("cloud"), SIZE)).toMatch(
    /^M100\.0 100\.0(A[\d.]+ [\d.]+ 0 0 1 [\d.]+ [\d.]+){60,}$/,
  );
});
