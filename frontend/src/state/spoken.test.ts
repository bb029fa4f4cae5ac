import { beforeEach, describe, expect, it } from "vitest";
import { OTHERS_MS, Spoken, type Verbosity, readVerbosity } from "./spoken";

let said: string[];
let due: (() => void) | null;
let spoken: Spoken;
let verbosity: Verbosity;

function hear(text: string, of: { assertive?: boolean; others?: boolean } = {}): void {
  const news = { id: 1, text, assertive: false, others: false, slot: null, ...of };
  spoken.hear(news, verbosity);
}

function fiveSeconds(): void {
  const now = due;
  due = null;
  now?.();
}

beforeEach(() => {
  said = [];
  due = null;
  verbosity = "all";
  spoken = new Spoken({
    later: (callback, ms) => {
      expect(ms).toBe(OTHERS_MS);
      due = callback;
      return () => (due = null);
    },
    say: (text, assertive) => said.push(assertive ? `! ${text}` : text),
  });
});

describe("what is spoken", () => {
  it("says what others do at most once in five seconds, in one sentence", () => {
    hear("Ben joined", { others: true });
    hear("Cleo and Dana joined", { others: true });
    hear("Ben changed a section", { others: true });
    hear("Ben changed a section", { others: true });
    expect(said).toEqual(["Ben joined"]);
    fiveSeconds();
    expect(said[1]).toBe("Cleo and Dana joined; Ben changed a section");
    hear("Ed joined", { others: true });
    expect(said).toHaveLength(2);
    fiveSeconds();
    fiveSeconds();
    hear("Flo joined", { others: true });
    expect(said.slice(2)).toEqual(["Ed joined", "Flo joined"]);
  });

  it("says at once what I did and what interrupts", () => {
    hear("Ben joined", { others: true });
    hear("Distance 1: 25.4 mm");
    hear("Connection lost", { assertive: true });
    expect(said).toEqual(["Ben joined", "Distance 1: 25.4 mm", "! Connection lost"]);
  });

  it("keeps the last of a flood", () => {
    hear("0", { others: true });
    for (const text of ["1", "2", "3", "4", "5"]) hear(text, { others: true });
    fiveSeconds();
    expect(said).toEqual(["0", "3; 4; 5"]);
  });

  it.each([
    ["all", ["Ben joined", "Distance 1", "! Connection lost"]],
    ["important", ["Distance 1", "! Connection lost"]],
    ["off", []],
  ] as const)("says as much as is wanted: %s", (wanted, heard) => {
    verbosity = wanted;
    hear("Ben joined", { others: true });
    hear("Distance 1");
    hear("Connection lost", { assertive: true });
    expect(said).toEqual(heard);
  });

  it("says nothing any more after the end", () => {
    hear("Ben joined", { others: true });
    hear("Cleo joined", { others: true });
    spoken.stop();
    fiveSeconds();
    expect(said).toEqual(["Ben joined"]);
  });

  it("is all unless somebody chose otherwise", () => {
    expect(["all", "important", "off", "loud", null].map(readVerbosity)).toEqual([
      "all",
      "important",
      "off",
      "all",
      "all",
    ]);
  });
});
