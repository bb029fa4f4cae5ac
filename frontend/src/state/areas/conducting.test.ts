import { expect, it } from "vitest";
import type { Person } from "../workspace";
import { NO_CONDUCT, handsOf, iLead, myPart, presenterAmong } from "./conducting";

function person(slot: number, principal_id: string, fields: Partial<Person> = {}): Person {
  return {
    slot, principal_id, name: principal_id, colour: 0, shape: 0, role: "editor",
    session_role: "participant", device: "desktop", guest: false, status: {}, mine: false, ...fields,
  }; // prettier-ignore
}

it("knows a presenter only while they are here", () => {
  const conduct = { ...NO_CONDUCT, presenter: "ben" };
  expect(presenterAmong([person(0, "anna"), person(1, "ben")], conduct)?.slot).toBe(1);
  expect(presenterAmong([person(1, "ben", { lost: true })], conduct)).toBeNull();
  expect(presenterAmong([person(1, "ben")], NO_CONDUCT)).toBeNull();
});

it("lists raised hands in the order of the room, each person once", () => {
  const people = [
    person(0, "anna", { status: { hand: true, hand_rank: 7 } }),
    person(1, "ben", { status: { hand: true, hand_rank: 3 } }),
    person(2, "ben", { status: { hand: true, hand_rank: 3 } }),
    person(3, "cleo", { status: { hand: false, hand_rank: null } }),
    person(4, "dora", { status: { hand: true, hand_rank: 1 }, lost: true }),
  ];
  expect(handsOf(people).map(({ slot }) => slot)).toEqual([1, 0]);
});

it("says what I am", () => {
  expect(myPart([person(0, "anna")])).toBeNull();
  const me = (session_role: string) => [person(0, "anna", { mine: true, session_role })];
  expect(myPart(me("listener"))).toBe("listener");
  expect(["host", "presenter", "participant", "listener"].map((r) => iLead(me(r)))).toEqual([
    true, true, false, false,
  ]); // prettier-ignore
});
