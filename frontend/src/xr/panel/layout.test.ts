import { describe, expect, it } from "vitest";
import { type Placed, broken, fitted, layOut, listAt, targetAt } from "./layout";
import { type PanelNode, button, column, row, spring, text } from "./nodes";
import { GAP, TARGET, TEXT } from "./sizes";

/** Every letter is half as wide as it is tall. */
const measure = (said: string, em: number): number => [...said].length * em * 0.5;
const set = { measure, textScale: 1 };
const place = { x: 0, y: 0, width: 20, height: 10 };
const none = (): void => undefined;

function named(placed: readonly Placed[], id: string): Placed {
  const found = placed.find(({ node }) => "id" in node && node.id === id);
  if (!found) throw new Error(`There is no ${id}.`);
  return found;
}

describe("layout", () => {
  it("shares what is left over between those that grow", () => {
    const placed = layOut(
      row([
        button("a", "A", none, { width: 4 }),
        button("b", "B", none, { grow: 1 }),
        button("c", "C", none, { grow: 2 }),
      ]),
      place,
      set,
    );
    const [a, b, c] = ["a", "b", "c"].map((id) => named(placed, id));
    expect(a?.width).toBe(4);
    expect(c?.width).toBeCloseTo(2 * (b?.width ?? 0), 9);
    expect((c?.x ?? 0) + (c?.width ?? 0)).toBeCloseTo(20, 9);
    expect((b?.x ?? 0) - 4).toBeCloseTo(GAP, 9);
  });

  it("stacks a column and gives buttons their least height", () => {
    const placed = layOut(
      column([button("a", "A", none), spring(), button("b", "B", none)]),
      place,
      set,
    );
    expect(named(placed, "a").height).toBe(TARGET);
    expect(named(placed, "b").y + TARGET).toBeCloseTo(10, 9);
  });

  it("shows a part of a list", () => {
    const list: PanelNode = {
      ...{ kind: "list", id: "list", count: 9, shown: 3, first: 4, scroll: none },
      line: (index) => button(`line-${index}`, String(index), none),
    };
    const placed = layOut(list, place, set);
    const lines = placed.filter(({ node }) => node.kind === "button");
    expect(lines.map(({ lines: [said] }) => said)).toEqual(["4", "5", "6"]);
    expect(targetAt(placed, 1, 1)?.lines).toEqual(["4"]);
    expect(listAt(placed, 1, 9)?.node.kind).toBe("list");
    expect(targetAt(placed, 30, 1)).toBeNull();
  });

  it("stands a ring's children apart, the first at the top", () => {
    const ring: PanelNode = {
      kind: "ring",
      children: ["a", "b", "c", "d"].map((id) => button(id, id, none, { width: 4, height: 2 })),
    };
    const placed = layOut(ring, place, set);
    expect(named(placed, "a")).toMatchObject({ x: 8, y: 0 });
    expect(named(placed, "b").x).toBeCloseTo(16, 9);
    expect(named(placed, "c").y).toBeCloseTo(8, 9);
  });

  it("makes letters as large as the person asks for", () => {
    const [one] = layOut(text("Pump"), place, { measure, textScale: 1.6 });
    expect(one?.em).toBeCloseTo(1.6 * TEXT.body, 9);
  });
});

describe("texts that do not fit", () => {
  it("end in an ellipsis", () => {
    expect(fitted("Manifold", 10, 1, "body", measure)).toBe("Manifold");
    expect(fitted("Manifold", 2.5, 1, "body", measure)).toBe("Mani…");
    expect(fitted("Manifold", 0.1, 1, "body", measure)).toBe("…");
  });

  it("are broken between words first", () => {
    expect(broken("Show buttons again", 6, 2, 1, "body", measure)).toEqual([
      "Show buttons",
      "again",
    ]);
    expect(broken("Show buttons once again", 6, 2, 1, "body", measure)).toEqual([
      "Show buttons",
      "once again",
    ]);
    expect(broken("a b c d e f g h", 2, 2, 1, "body", measure)).toEqual(["a b", "c d…"]);
  });
});
