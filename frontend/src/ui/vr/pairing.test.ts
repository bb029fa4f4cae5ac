import { beforeEach, expect, it } from "vitest";
import { Pairing, type PairingPort } from "./pairing";

let waiting: { action: () => void; ms: number }[];
let told: unknown[];
let answers: (string | null | { status: number; retryAfterS: number | null })[];
let offers: number;

const timer = {
  later: (action: () => void, ms: number) => {
    const entry = { action, ms };
    waiting.push(entry);
    return () => (waiting = waiting.filter((other) => other !== entry));
  },
};
const port: PairingPort<string> = {
  offer: () => {
    offers += 1;
    return Promise.resolve({
      code: `C-000${String(offers)}`,
      secret: `s${String(offers)}`,
      interval_s: 2,
    });
  },
  answer: (secret) => {
    told.push(secret);
    const next = answers.shift() ?? null;
    if (next !== null && typeof next === "object")
      return Promise.reject(new Error(JSON.stringify(next)));
    return Promise.resolve(next);
  },
  failure: (cause) =>
    JSON.parse((cause as Error).message) as { status: number; retryAfterS: number | null }, // `as`: thrown above
};

async function settle(): Promise<void> {
  for (let round = 0; round < 6; round += 1) await Promise.resolve();
}

async function pass(): Promise<number> {
  const next = waiting.shift();
  next?.action();
  await settle();
  return next?.ms ?? -1;
}

function begin(): Pairing<string> {
  return new Pairing(
    port,
    timer,
    (code) => told.push(code),
    (me) => told.push(`in: ${me}`),
  );
}

beforeEach(() => {
  waiting = [];
  told = [];
  answers = [];
  offers = 0;
});

it("shows a code, asks every two seconds, and is over when somebody typed it", async () => {
  answers = [null, null, "Dana"];
  begin();
  await settle();
  expect([await pass(), await pass(), await pass()]).toEqual([2000, 2000, 2000]);
  expect(told).toEqual(["C-0001", "s1", "s1", "s1", "in: Dana"]);
  expect(waiting).toEqual([]);
});

it("shows another code at once when the first is over", async () => {
  answers = [{ status: 410, retryAfterS: null }];
  begin();
  await settle();
  await pass();
  expect(await pass()).toBe(0);
  expect(told).toEqual(["C-0001", "s1", null, "C-0002"]);
});

it("waits as long as it is told, and goes on when the server was away", async () => {
  answers = [
    { status: 429, retryAfterS: 9 },
    { status: 0, retryAfterS: null },
  ];
  begin();
  await settle();
  await pass();
  expect([await pass(), await pass()]).toEqual([9000, 5000]);
  expect(told).toEqual(["C-0001", "s1", "s1", "s1"]);
});

it("asks nothing any more once it is stopped", async () => {
  const pairing = begin();
  await settle();
  pairing.stop();
  expect(waiting).toEqual([]);
  expect(told).toEqual(["C-0001"]);
});
