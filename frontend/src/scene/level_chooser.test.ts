import { describe, expect, it } from "vitest";
import { LevelChooser, type ChangingModel } from "./level_chooser";
import type { DrawnLevels } from "./model_lists";
import { SlotTable } from "./slot_table";
import type { LevelAnswer, LevelChanges, LevelQuestion, LevelSolver } from "./level_solver";

const ANSWER: LevelAnswer = {
  drawn: null,
  largest: new Float32Array(0),
  wants: new Uint8Array(0),
  triangles: 0,
  reduced: false,
  partial: false,
};
const view = (x: number) => ({
  eye: [x, 0, 0] as const,
  pixelsPerMetre: 1,
  orthographic: false,
  frustum: null,
});

function harness() {
  const asked: { question: LevelQuestion; changes: LevelChanges; answer(): Promise<void> }[] = [];
  const solver: LevelSolver = {
    choose: (question, changes) =>
      new Promise((resolve) => {
        const answer = async (): Promise<void> => {
          resolve(ANSWER);
          await new Promise((done) => setTimeout(done, 0));
        };
        asked.push({ question, changes, answer });
      }),
    dispose: () => undefined,
  };
  const versions = { visible: 0, kinds: 0, plans: 0 };
  const table = new SlotTable(1, 1);
  const spares: DrawnLevels[] = [];
  let noted = 0;
  const model: ChangingModel = {
    visible: Uint8Array.of(1, 0),
    visibleVersion: () => versions.visible,
    kinds: () => ({ opaque: Uint8Array.of(1, 0), blended: null }),
    kindsVersion: () => versions.kinds,
    slots: table.follow(),
    explodeDirections: new Float32Array(6),
    plansVersion: () => versions.plans,
    explode: () => 0.25,
    spare: () => spares.pop() ?? null,
    asked: () => (noted += 1),
  };
  let answers = 0;
  const chooser = new LevelChooser(
    solver,
    model,
    () => (answers += 1),
    () => undefined,
  );
  return { asked, versions, table, spares, chooser, answers: () => answers, noted: () => noted };
}

describe("choosing levels beside the page", () => {
  it("keeps one question under way and only the newest waiting", async () => {
    const { asked, chooser, answers } = harness();
    for (const x of [1, 2, 3]) chooser.ask(view(x), 10);
    expect(asked.map(({ question }) => question.view.eye[0])).toEqual([1]);
    await asked[0]?.answer();
    expect(asked.map(({ question }) => question.view.eye[0])).toEqual([1, 3]);
    expect([answers(), chooser.idle]).toEqual([1, false]);
    await asked[1]?.answer();
    expect([answers(), chooser.idle]).toEqual([2, true]);
  });

  it("sends what changed, and what did not change once", async () => {
    const { asked, chooser, versions, table } = harness();
    chooser.ask(view(1), 10);
    await asked[0]?.answer();
    chooser.ask(view(2), 10);
    await asked[1]?.answer();
    versions.visible += 1;
    table.remove(7);
    chooser.ask(view(3), 10);
    const sent = asked.map(({ changes }) => Object.keys(changes).sort());
    expect(sent).toEqual([
      ["explodeDirections", "kinds", "slots", "visible"],
      [],
      ["slots", "visible"],
    ]);
    expect(asked[0]?.question.explode).toBe(0.25);
  });

  it("gives away with a question what is not drawn any more, and says that it asks", async () => {
    const { asked, chooser, spares, noted } = harness();
    const spare = { level: new Uint8Array(1), edged: new Uint8Array(1), lists: null };
    chooser.ask(view(1), 10);
    await asked[0]?.answer();
    spares.push(spare);
    chooser.ask(view(2), 10);
    expect(asked.map(({ question }) => question.spare)).toEqual([null, spare]);
    expect(noted()).toBe(2);
  });

  it("says nothing after the model was closed", async () => {
    const { asked, chooser, answers } = harness();
    chooser.ask(view(1), 10);
    chooser.dispose();
    await asked[0]?.answer();
    expect(answers()).toBe(0);
  });
});
