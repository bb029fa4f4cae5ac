import { beforeEach, describe, expect, it } from "vitest";
import type { PersonMessage } from "../protocol/messages";
import { createWorkspace, type Person, type Workspace } from "../state/workspace";
import { FakeEnvironment } from "./fake_environment";
import { People, rootOf } from "./people";

function person(slot: number, name: string, fields: Partial<PersonMessage> = {}): PersonMessage {
  return {
    slot,
    principal_id: name.toLowerCase(),
    name,
    colour: slot,
    shape: slot,
    role: "editor",
    session_role: "participant",
    device: "desktop",
    guest: false,
    status: {},
    ...fields,
  };
}

let environment: FakeEnvironment;
let workspace: Workspace;
let people: People;
let gone: string[];

beforeEach(() => {
  environment = new FakeEnvironment();
  workspace = createWorkspace();
  gone = [];
  people = new People(workspace, environment, ({ name }) => gone.push(name));
  people.reset([person(0, "Anna"), person(1, "Ben")], 0);
});

const shown = (): string[] =>
  workspace.people
    .get()
    .map(({ name, lost, mine }) => name + (lost ? "?" : "") + (mine ? "!" : ""));

it("shows everyone and who I am", () => {
  expect(shown()).toEqual(["Anna!", "Ben"]);
  expect(people.me?.name).toBe("Anna");
});

it("keeps somebody whose connection was lost hollow for thirty seconds", async () => {
  people.left(1, "lost");
  expect(shown()).toEqual(["Anna!", "Ben?"]);
  await environment.pass(29_000);
  expect([shown(), gone]).toEqual([["Anna!", "Ben?"], []]);
  await environment.pass(1_000);
  expect([shown(), gone]).toEqual([["Anna!"], ["Ben"]]);
});

it("takes back whoever returns in time, without a word", async () => {
  people.left(1, "lost");
  expect(people.join(person(5, "Ben"))).toBe(false);
  await environment.pass(60_000);
  expect([shown(), gone]).toEqual([["Anna!", "Ben"], []]);
});

it("lets go at once of whoever leaves", () => {
  people.left(1, "left");
  expect([shown(), gone]).toEqual([["Anna!"], ["Ben"]]);
});

it("merges statuses and roles", () => {
  people.status(1, { tool: "section", away: true });
  people.status(1, { away: false });
  people.role({ t: "role", slot: 1, role: "viewer", session_role: "listener" });
  expect(workspace.people.get()[1]).toMatchObject({
    status: { tool: "section", away: false },
    role: "viewer",
    session_role: "listener",
  });
});

describe("following somebody who follows", () => {
  const chain = (...following: (number | null)[]): Person[] =>
    following.map((next, slot) => ({
      ...person(slot, `p${slot}`, { status: { following: next } }),
      mine: slot === 0,
    }));

  it("shows whom they follow", () => {
    expect(rootOf(1, chain(null, 2, 3, null))?.slot).toBe(3);
  });

  it("shows nothing when the chain comes back to me or goes in a circle", () => {
    expect(rootOf(1, chain(null, 2, 0))).toBeNull();
    expect(rootOf(1, chain(null, 2, 1))).toBeNull();
  });

  it("stops at somebody whose leader has gone", () => {
    expect(rootOf(1, chain(null, 9))?.slot).toBe(1);
  });
});
