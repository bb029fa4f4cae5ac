import { beforeEach, expect, it } from "vitest";
import { FakeEnvironment } from "./fake_environment";
import { type DoorState, Waiting } from "./waiting";

let environment: FakeEnvironment;
let states: DoorState[];
let answers: (() => { ticket: string; url: string } | null)[];
let waiting: Waiting;

const TICKET = { ticket: "t1", url: "ws://here/live" };
const newest = (): DoorState | undefined => states.at(-1);

async function begin(): Promise<void> {
  waiting = new Waiting({
    environment,
    knock: () => {
      const answer = answers.shift();
      return new Promise((resolve) => resolve(answer ? answer() : TICKET));
    },
    finalCode: (error) => (error instanceof Error && error.message === "no" ? "gone" : null),
    onState: (state) => void states.push(state),
  });
  await environment.settle();
}

beforeEach(() => {
  environment = new FakeEnvironment();
  [states, answers] = [[], []];
});

it("waits, says who is asked, and comes in when that is said", async () => {
  await begin();
  expect(environment.socket.url).toBe("ws://here/live?ticket=t1&seat=door");
  environment.socket.say({ t: "lobby", state: "waiting", asked: "host" });
  expect(newest()).toEqual({ kind: "waiting", asked: "host" });
  environment.socket.say({ t: "lobby", state: "waiting", asked: "nobody" });
  expect(newest()).toEqual({ kind: "waiting", asked: "nobody" });
  environment.socket.say({ t: "lobby", state: "admitted", asked: "host" });
  expect(newest()).toEqual({ kind: "admitted" });
  expect(environment.socket.closedWith).toBe(1000);
});

it("comes in at once where nobody has to wait any more", async () => {
  answers = [() => null];
  await begin();
  expect([newest(), environment.sockets.length]).toEqual([{ kind: "admitted" }, 0]);
});

it.each(["declined", "unanswered", "locked"])("is told that it was %s", async (reason) => {
  await begin();
  environment.socket.say({ t: "bye", reason, retry_after_ms: null });
  expect(newest()).toEqual({ kind: "refused", reason });
  await environment.pass(60_000);
  expect(environment.sockets.length).toBe(1);
});

it("takes a refusal of the page for good, and anything else for a bad moment", async () => {
  const fail = (message: string) => (): never => {
    throw new Error(message);
  };
  answers = [fail("busy"), fail("no")];
  await begin();
  expect(newest()).toEqual({ kind: "lost" });
  await environment.pass(10_000);
  expect(newest()).toEqual({ kind: "refused", reason: "gone" });
});

it("notices silence and asks again", async () => {
  await begin();
  environment.socket.answers = false;
  await environment.pass(12_000);
  expect(environment.sockets.length).toBeGreaterThan(1);
  expect(states).toContainEqual({ kind: "lost" });
});

it("comes again when the server restarts, and not once it was told to stop", async () => {
  await begin();
  environment.socket.end(1012);
  await environment.pass(10_000);
  expect(environment.sockets.length).toBe(2);
  waiting.stop();
  expect(environment.socket.closedWith).toBe(1000);
  const told = states.length;
  await environment.pass(60_000);
  expect(states.length).toBe(told);
});
