import { expect, it } from "vitest";
import { holderOf } from "./holding";
import type { Person } from "./workspace";

const person = (slot: number, name: string, mine: boolean): Person =>
  ({ slot, name, mine, colour: slot + 3 }) as Person; // only what is looked at

const PEOPLE = [person(0, "Mia Berg", true), person(1, "Ben", false)];

it("names who else has it in hand, in their colour", () => {
  const holds = new Map([["section/a", 1]]);
  expect(holderOf("section/a", holds, PEOPLE)).toEqual({ name: "Ben", colour: 4 });
  expect(holderOf("section/b", holds, PEOPLE)).toBeNull();
});

it("is free for who holds it, and held by somebody unknown until the room names them", () => {
  expect(holderOf("section/a", new Map([["section/a", 0]]), PEOPLE)).toBeNull();
  expect(holderOf("section/a", new Map([["section/a", 9]]), PEOPLE)).toEqual({
    name: "",
    colour: 0,
  });
});
