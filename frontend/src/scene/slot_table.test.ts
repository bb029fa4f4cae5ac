import { describe, expect, it } from "vitest";
import { OPAQUE, TRANSPARENT } from "./decode";
import { seeded } from "./fixture";
import { SlotTable, type PlacedSlots } from "./slot_table";

function chunk(id: number, at: number, slots: readonly number[], opacity = OPAQUE): PlacedSlots {
  return {
    id,
    at,
    slots: Int32Array.from(slots),
    first: Int32Array.from(slots, (_, i) => at + i * 30),
    count: Int32Array.from(slots, () => 30),
    opacity: new Uint8Array(slots.length).fill(opacity),
    block: new Int32Array(slots.length).fill(id),
    ordinal: Uint8Array.from(slots, (_, i) => i),
  };
}

/** All that a draw list reads of a table. */
function content(table: SlotTable): unknown {
  const { faces, edges, known, opacity, anyTransparent } = table;
  const runs = faces.runs;
  return [
    ...[faces.first, faces.count, edges.first, edges.count, known].map((of) => [...of]),
    [...(runs?.order() ?? [])],
    // Of a slot that has nothing nobody reads the rest.
    ...[runs?.block ?? [], opacity].map((of) =>
      [...of].map((value, slot) => (faces.count[slot] === 0 ? 0 : value)),
    ),
    anyTransparent,
  ];
}

describe("the table of slots", () => {
  it("knows what is here, in the order of the buffer, and what has been", () => {
    const table = new SlotTable(3, 2);
    table.place(chunk(0, 300, [0, 2, 4]));
    table.place(chunk(1, 0, [1, 3], TRANSPARENT));
    expect([...(table.faces.runs?.order() ?? [])]).toEqual([1, 3, 0, 2, 4]);
    expect([table.faces.first[2], table.faces.count[2], table.anyTransparent]).toEqual([
      330,
      30,
      true,
    ]);
    table.remove(0);
    expect([...table.faces.count]).toEqual([0, 30, 0, 30, 0, 0]);
    expect([...table.known]).toEqual([30, 30, 30, 30, 30, 0]);
    expect([...(table.faces.runs?.order() ?? [])]).toEqual([1, 3]);
  });

  it("is the same wherever its changes are followed from, sooner or later (seed 3)", () => {
    const random = seeded(3);
    const table = new SlotTable(40, 2);
    const early = { table: new SlotTable(40, 2), follower: table.follow() };
    const here: number[] = [];
    const replay = ({ table: copy, follower }: typeof early): void => {
      for (const change of follower.take()) copy.apply(change);
    };
    for (let step = 0; step < 80; step += 1) {
      const gone = here[Math.floor(random() * here.length)];
      if (gone !== undefined && random() < 0.45) {
        table.remove(gone);
        here.splice(here.indexOf(gone), 1);
      } else if (here.length < 40) {
        const free = Array.from({ length: 40 }, (_, g) => g).find((g) => !here.includes(g)) ?? 0;
        table.place(chunk(free, Math.floor(random() * 50) * 100, [free * 2, free * 2 + 1]));
        here.push(free);
      }
      if (step === 40) table.placeEdges(new Int32Array(40).fill(4), new Int32Array(40).fill(2));
      if (step % 7 === 0) replay(early);
    }
    replay(early);
    const late = { table: new SlotTable(40, 2), follower: table.follow() };
    replay(late);
    expect(content(early.table)).toEqual(content(table));
    expect(content(late.table)).toEqual(content(table));
    expect(early.follower.take()).toEqual([]);
  });

  it("tells nobody who has stopped", () => {
    const table = new SlotTable(1, 1);
    const follower = table.follow();
    follower.take();
    follower.stop();
    table.place(chunk(0, 0, [0]));
    expect(follower.take()).toEqual([]);
  });
});
