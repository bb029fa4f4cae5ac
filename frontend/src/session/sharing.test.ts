/** Two pages and one room: what each rule of sharing promises, with a room that orders and answers like the server. */

import { beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../protocol/messages";
import { plainComparing } from "../state/areas/comparing";
import { Commands } from "../state/commands";
import { measurement } from "../state/measures.test-data";
import type { Manifest } from "../state/model";
import { performOnWorkspace } from "../state/perform";
import { createWorkspace, type Workspace } from "../state/workspace";
import { FakeEnvironment } from "./fake_environment";
import { createLiveSession, type LiveSession } from "./live_session";
import { structureOfFour } from "./scene_sync.test-data";

const REVISION = "01890000-0000-7000-8000-00000000000a";
const OLD = "01890000-0000-7000-8000-00000000000b";
// Only what is read here: no scene is drawn.
const manifest = {
  origin: [0, 0, 0],
  bounds: { min: [0, 0, 0], max: [1, 1, 1] },
} as unknown as Manifest;
const CUT = { axis: "x" } as const;

interface Message {
  readonly t: string;
  readonly key: string;
  readonly value: Json;
  readonly cid: string;
  readonly cseq: number;
  readonly kind: string;
  readonly base?: number;
}
interface Page {
  readonly name: string;
  readonly slot: number;
  readonly environment: FakeEnvironment;
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly session: LiveSession;
  /** Of the newest socket, how many messages the room has read. */
  read: number;
  online: boolean;
}

/** The room: O1, O2, O5, C9 and the previews of L1 to L3, as much as two pages need. */
let state: Map<string, { value: Json; seq: number; by: Json }>;
let seq: number;
let pages: Page[];

function who({ name, slot }: Page) {
  return {
    slot, principal_id: name.toLowerCase(), name, colour: slot, shape: slot, role: "editor",
    session_role: slot === 0 ? "host" : "participant", device: "desktop", guest: false, status: {},
  }; // prettier-ignore
}

const authorOf = (page: Page): Json => ({
  principal_id: page.name.toLowerCase(),
  name: page.name,
  slot: page.slot,
});

async function page(name: string): Promise<Page> {
  const environment = new FakeEnvironment();
  const workspace = createWorkspace();
  const commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `${name.toLowerCase()}${(ids += 1)}`);
  workspace.open(manifest, structureOfFour());
  const session = createLiveSession({
    workspace,
    commands,
    environment,
    cid: `client-${name}`,
    device: "desktop",
    revisionId: REVISION,
    fetchTicket: () => Promise.resolve({ ticket: "t", url: "ws://here/live" }),
    fetchFacts: () => Promise.resolve({ code: null, joinUrl: null, startedAt: null }),
    pose: { aspect: () => 1.5, toPart: () => null },
    showCamera: () => undefined,
  });
  await environment.settle();
  const made = { name, slot: pages.length, environment, workspace, commands, session, read: 0, online: true }; // prettier-ignore
  pages.push(made);
  await greet(made);
  for (const other of pages)
    if (other !== made) other.environment.socket.say({ t: "join", who: who(made) });
  return made;
}

async function greet(to: Page): Promise<void> {
  to.read = 0;
  to.online = true;
  to.environment.socket.say({
    t: "hello", epoch: "e1", seq, slot: to.slot, resumed: false, chat: [], holds: {}, hz: 30,
    state: Object.fromEntries(state), who: pages.map(who), you: who(to),
    session: { id: "s1", kind: "meeting", name: "Friday", project_id: "p1", revision_id: REVISION },
  }); // prettier-ignore
  await to.environment.settle();
}

function answer(from: Page, message: Message): void {
  const { key, value, cid, cseq, kind } = message;
  const held = state.get(key);
  const nak = (code: string, detail: string): void =>
    from.environment.socket.say({ t: "nak", cseq, code, detail, current: held ?? null });
  const owner = (held?.value as { owner?: string } | null | undefined)?.owner;
  if (owner !== undefined && owner !== from.name.toLowerCase() && from.slot !== 0)
    return nak("forbidden", "only its owner, the presenter and the host change this");
  if (message.base !== undefined && message.base !== (held?.seq ?? 0))
    return nak("conflict", "somebody changed this since");
  seq += 1;
  const by = authorOf(from);
  if (value === null) state.delete(key);
  else state.set(key, { value, seq, by });
  const op = { t: "op", seq, kind, key, value, by, at: "2026-01-05T12:00:00.000Z", cid, cseq };
  for (const to of pages) if (to.online) to.environment.socket.say(JSON.parse(JSON.stringify(op)));
}

/** Until everything that was sent has arrived. */
async function settle(): Promise<void> {
  for (let round = 0; round < 4; round += 1)
    for (const from of pages) {
      await from.environment.pass(40);
      if (!from.online) continue;
      const sent = from.environment.socket.sent.slice(from.read);
      from.read += sent.length;
      for (const text of sent) {
        const message = JSON.parse(text) as Message; // our own JSON
        if (message.t === "op") answer(from, message);
        if (message.t !== "preview") continue;
        const { key, value } = message;
        for (const to of pages) {
          if (to === from || !to.online) continue;
          to.environment.socket.say({ t: "hold", key, slot: value === null ? null : from.slot });
          if (value !== null)
            to.environment.socket.say({ t: "preview", slot: from.slot, key, value });
        }
      }
    }
}

function cut(from: Page): void {
  from.online = false;
  from.environment.socket.end(1006);
}

async function comesBack(to: Page): Promise<void> {
  await to.environment.pass(10_000);
  await greet(to);
  await settle();
}

function measures(of: Page, changes: Parameters<typeof measurement>[0] = {}): void {
  of.workspace.measures.update((all) => [...all, measurement(changes)]);
}

const namesOf = ({ workspace }: Page): string[] => workspace.measures.get().map(({ name }) => name);

let anna: Page;
let ben: Page;

beforeEach(async () => {
  state = new Map();
  seq = 1;
  pages = [];
  anna = await page("Anna");
  ben = await page("Ben");
});

describe("a measurement", () => {
  beforeEach(async () => {
    measures(anna, { id: "a1", name: "Gap" });
    await settle();
  });

  it("is the other's, with its owner, and who comes late has it, too", async () => {
    expect(namesOf(ben)).toEqual(["Gap"]);
    const cleo = await page("Cleo");
    expect(namesOf(cleo)).toEqual(["Gap"]);
    expect(cleo.workspace.owners.get().get("measurement/a1")).toMatchObject({ name: "Anna" });
  });

  it("that I may not change is rolled back and told, when the room refuses it", async () => {
    // Past what the page itself would refuse.
    ben.workspace.measures.update((all) => all.map((one) => ({ ...one, name: "Mine" })));
    await settle();
    expect(namesOf(ben)).toEqual(["Gap"]);
    expect(namesOf(anna)).toEqual(["Gap"]);
    expect(ben.workspace.announcement.get()?.text).toContain("only its owner");
  });

  it("keeps its owner when the host renames it", async () => {
    measures(ben, { id: "b1", name: "Ben's" });
    await settle();
    anna.commands.run("measure.update", { id: "b1", change: { name: "Ours" } });
    await settle();
    expect(namesOf(ben)).toEqual(["Gap", "Ours"]);
    expect(ben.workspace.owners.get().get("measurement/b1")).toMatchObject({ mine: true });
  });

  it("made or removed without a connection is sent when it is back, and theirs arrive", async () => {
    cut(anna);
    measures(anna, { id: "a2", name: "Offline" });
    anna.commands.run("measure.remove", { id: "a1" });
    measures(ben, { id: "b1", name: "Meanwhile" });
    await settle();
    await comesBack(anna);
    expect(namesOf(ben).sort()).toEqual(["Meanwhile", "Offline"]);
    expect(namesOf(anna).sort()).toEqual(["Meanwhile", "Offline"]);
  });

  it("of my own view is mine, and gone when I rejoin; theirs is not removed by sharing mine", async () => {
    ben.commands.run("session.myView", { on: true });
    measures(ben, { id: "b1", name: "Private" });
    ben.commands.run("measure.remove", { id: "a1" });
    await settle();
    expect(namesOf(anna)).toEqual(["Gap"]);
    ben.commands.run("session.myView", { on: false });
    await settle();
    expect(namesOf(ben)).toEqual(["Gap"]);
    ben.commands.run("session.myView", { on: true });
    measures(ben, { id: "b2", name: "For all" });
    ben.commands.run("measure.remove", { id: "a1" });
    ben.commands.run("session.shareMyView");
    await settle();
    expect(namesOf(anna)).toEqual(["Gap", "For all"]);
    expect(namesOf(ben).sort()).toEqual(["For all", "Gap"]);
  });

  it("is held while its label is dragged, and the others see it move", async () => {
    anna.commands.run("measure.update", {
      id: "a1",
      change: { label_offset: [9, 9] },
      preview: true,
    });
    await settle();
    expect(ben.workspace.holds.get().get("measurement/a1")).toBe(0);
    expect(ben.workspace.measures.get()[0]?.label_offset).toEqual([9, 9]);
    expect(state.get("measurement/a1")?.value).toMatchObject({
      measurement: { label_offset: null },
    });
    anna.commands.run("measure.update", { id: "a1", change: { label_offset: [5, 5] } });
    await settle();
    expect(ben.workspace.measures.get()[0]?.label_offset).toEqual([5, 5]);
  });

  it("is mine again alone when I leave", async () => {
    ben.session.stop();
    expect(namesOf(ben)).toEqual([]);
    expect(ben.workspace.owners.get().size).toBe(0);
    await settle();
    expect(namesOf(anna)).toEqual(["Gap"]);
  });

  it("undone by me is gone, whatever others added since", async () => {
    const {
      id: _id,
      shown: _shown,
      locked: _locked,
      label_offset: _offset,
      ...given
    } = measurement();
    anna.commands.run("measure.add", { measure: given });
    await settle();
    measures(ben, { id: "b1", name: "Ben's" });
    await settle();
    anna.commands.undo();
    await settle();
    expect(namesOf(ben)).toEqual(["Gap", "Ben's"]);
  });
});

describe("a comparison", () => {
  it("opens, changes and ends for both, and a late joiner sees it", async () => {
    anna.workspace.comparing.set(plainComparing(OLD, "Rev A"));
    await settle();
    expect(ben.workspace.comparing.get()).toMatchObject({ revisionId: OLD, mode: "overlay" });
    ben.commands.run("compare.mode", { mode: "slider" });
    await settle();
    expect(anna.workspace.comparing.get()?.mode).toBe("slider");
    const cleo = await page("Cleo");
    expect(cleo.workspace.comparing.get()?.mode).toBe("slider");
    cleo.commands.run("compare.end");
    await settle();
    expect(anna.workspace.comparing.get()).toBeNull();
  });

  it("slides as a preview while the handle is dragged", async () => {
    anna.workspace.comparing.set({ ...plainComparing(OLD, "Rev A"), mode: "slider" });
    await settle();
    anna.commands.run("compare.slide", { at: 0.2, preview: true });
    await settle();
    expect(ben.workspace.comparing.get()?.slider).toBe(0.2);
    expect(state.get("compare")?.value).toMatchObject({ slider: 0.5 });
    anna.commands.run("compare.slide", { at: 0.3 });
    await settle();
    expect(state.get("compare")?.value).toMatchObject({ slider: 0.3 });
  });
});

describe("what two change", () => {
  it("goes to the last, and the other may restore theirs", async () => {
    anna.commands.run("explode.set", { amount: 0.5 });
    await settle();
    ben.commands.run("explode.set", { amount: 0.9 });
    await settle();
    expect(anna.workspace.overwritten.get()).toMatchObject({
      text: "Ben changed the explosion",
    });
    expect(ben.workspace.overwritten.get()).toBeNull();
    anna.commands.run("session.restoreMine");
    await settle();
    expect(ben.workspace.explode.get()).toBe(0.5);
    expect(anna.workspace.overwritten.get()).toBeNull();
    expect(ben.workspace.overwritten.get()).not.toBeNull();
  });

  it("without a connection is refused when somebody changed it meanwhile, and can be restored", async () => {
    anna.commands.run("explode.set", { amount: 0.5 });
    await settle();
    cut(anna);
    anna.commands.run("explode.set", { amount: 0.6 });
    anna.commands.run("explode.set", { amount: 0.7 });
    ben.commands.run("explode.set", { amount: 0.9 });
    await settle();
    await comesBack(anna);
    expect(anna.workspace.explode.get()).toBe(0.9);
    expect(anna.workspace.overwritten.get()).not.toBeNull();
    anna.commands.run("session.restoreMine");
    await settle();
    expect(ben.workspace.explode.get()).toBe(0.7);
  });

  it("without a connection stays when nobody did", async () => {
    cut(anna);
    anna.commands.run("explode.set", { amount: 0.6 });
    await settle();
    await comesBack(anna);
    expect(ben.workspace.explode.get()).toBe(0.6);
    expect(anna.workspace.overwritten.get()).toBeNull();
  });

  it("asks before I undo what the other changed since, not before I undo what is only mine", async () => {
    anna.commands.run("section.add", CUT);
    await settle();
    const id = anna.workspace.sections.get()[0]?.id ?? "";
    ben.commands.run("section.update", { id, change: { offset_m: 0.25 } });
    await settle();
    anna.commands.undo();
    expect(anna.workspace.undoQuestion.get()).toMatchObject({ name: "Ben" });
    anna.commands.run("history.undoAnyway");
    await settle();
    expect(ben.workspace.sections.get()).toEqual([]);
    anna.commands.run("explode.set", { amount: 0.5 });
    await settle();
    anna.commands.undo();
    expect(anna.workspace.undoQuestion.get()).toBeNull();
    await settle();
    expect(ben.workspace.explode.get()).toBe(0);
  });
});

it("a laser is on as long as it is held, in what my pose says, and off when I leave", async () => {
  anna.commands.run("session.laser", { on: true });
  expect(anna.workspace.laser.get()).toBe(true);
  await settle();
  expect(state.size).toBe(0);
  anna.session.stop();
  expect(anna.workspace.laser.get()).toBe(false);
});
