import { expect, test } from "vitest";
import { type Circumstances, TroubleWatch } from "./trouble_watch";

const FINE: Circumstances = {
  nowMs: 0,
  connection: "connected",
  asleep: false,
  headSeen: true,
  hands: 2,
  refused: [],
};

test("with everything there is nothing to say", () => {
  expect(new TroubleWatch().read(FINE)).toEqual([]);
});

test("a head that is lost for a moment is no news, one that stays lost is, and it ends when it is seen", () => {
  const watch = new TroubleWatch();
  watch.read(FINE);
  expect(watch.read({ ...FINE, nowMs: 300, headSeen: false })).toEqual([]);
  expect(watch.read({ ...FINE, nowMs: 500, headSeen: false })).toEqual(["tracking"]);
  expect(watch.read({ ...FINE, nowMs: 510 })).toEqual([]);
});

test("the network, sleep, a guessed floor and missing hands are named", () => {
  const watch = new TroubleWatch();
  expect(watch.read({ ...FINE, connection: "offline" })).toEqual(["offline"]);
  expect(watch.read({ ...FINE, connection: "reconnecting", asleep: true })).toEqual([
    "asleep",
    "reconnecting",
  ]);
  expect(watch.read({ ...FINE, refused: ["noFloor", "noHands"] })).toEqual(["noFloor"]);
  expect(watch.read({ ...FINE, hands: 0, refused: ["noHands"] })).toEqual([
    "noHands",
    "noController",
  ]);
});
