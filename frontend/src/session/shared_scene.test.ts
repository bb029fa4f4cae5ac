import { beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../protocol/messages";
import { RangeSet } from "../state/ranges";
import { capture } from "../state/viewpoint";
import { anyScene, randomly, structureOf, workspaceWith } from "../state/viewpoint.test-data";
import type { Workspace } from "../state/workspace";
import { SceneSync } from "./scene_sync";
import { sharedKeys } from "./shared_scene";

const REVISION = "0190b6d4-0000-7000-8000-000000000000";

/** Two pages in one room: what one changes, the other is told. */
function pair(): { mine: Workspace; yours: Workspace; sent: Map<string, Json> } {
  const [mine, yours] = [workspaceWith(60), workspaceWith(60)];
  const room = new Map<string, Json>();
  const state = { value: (key: string) => room.get(key) ?? null, keys: () => new Set(room.keys()) };
  const syncs: SceneSync[] = [];
  for (const [index, workspace] of [mine, yours].entries())
    syncs.push(
      new SceneSync(
        workspace,
        REVISION,
        {
          change: (key, value) => {
            const copy = JSON.parse(JSON.stringify(value)) as Json; // over the wire
            if (copy === null) room.delete(key);
            else room.set(key, copy);
            syncs[1 - index]?.changed([key]);
          },
          preview: () => undefined,
        },
        state,
      ),
    );
  for (const sync of syncs) sync.enter({ publish: false });
  return { mine, yours, sent: room };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
let room: ReturnType<typeof pair>;
beforeEach(() => {
  room = pair();
});

describe("a shared scene", () => {
  it.each(randomly(20))(
    "is the same for the other, property for property, seed %i",
    async (seed) => {
      anyScene(room.mine, seed);
      await turn();
      const [mine, yours] = [capture(room.mine), capture(room.yours)];
      for (const area of ["visibility", "sections", "colouring", "layers"] as const)
        expect(yours[area]).toEqual(mine[area]);
      // Without an amount it makes no difference how parts are pulled apart.
      if (mine.explode && mine.explode.amount > 0) expect(yours.explode).toEqual(mine.explode);
    },
  );

  it("names the view that everybody looks at, and its end", async () => {
    const before = capture(room.mine);
    room.mine.activeView.set({ id: REVISION, name: "Valve", before, newer: RangeSet.empty });
    await turn();
    expect(room.yours.activeView.get()).toMatchObject({ id: REVISION, name: "Valve" });
    room.yours.activeView.set(null);
    await turn();
    expect(room.mine.activeView.get()).toBeNull();
    expect([...room.sent.keys()]).toEqual([]);
  });

  it("sends of an explosion what is not usual, so that older pages read it", async () => {
    room.mine.explode.set(0.5);
    await turn();
    expect(room.sent.get("explode")).toEqual({ amount: 0.5 });
    room.mine.explosion.set({ by: "assemblies", along: "z", only: RangeSet.of(1, 2) });
    await turn();
    expect(room.sent.get("explode")).toEqual({
      amount: 0.5,
      by: "assemblies",
      along: "z",
      only: [[1, 2]],
    });
  });

  it("keeps what is too large for the room to me, and says so once", async () => {
    const big = workspaceWith(30_000, structureOf(30_000));
    const [colours] = sharedKeys(big, REVISION).filter(({ key }) => key.startsWith("colour/"));
    const changes: string[] = [];
    const sync = new SceneSync(
      big,
      REVISION,
      { change: (key) => changes.push(key), preview: () => undefined },
      { value: () => null, keys: () => new Set() },
    );
    sync.enter({ publish: false });
    const scattered = RangeSet.from(Array.from({ length: 10_000 }, (_, n) => n * 3));
    big.colouring.set({
      title: "Every third",
      property: null,
      groups: [{ label: "third", colour: "#2b7bd6", ranges: scattered }],
    });
    await turn();
    expect(JSON.stringify(colours?.read()).length).toBeGreaterThan(61_440);
    expect(changes).toEqual([]);
    expect(big.announcement.get()?.text).toMatch(/too large to be shared/);
  });
});
