import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  Connection,
  TicketRefused,
  type ConnectionOptions,
  type ConnectionStatus,
} from "./connection";
import { FakeEnvironment } from "./fake_environment";

const HELLO = { t: "hello" };

let environment: FakeEnvironment;
let statuses: ConnectionStatus[];
let tickets: number;

beforeEach(() => {
  environment = new FakeEnvironment();
  statuses = [];
  tickets = 0;
});

function connect(options: Partial<ConnectionOptions> = {}): Connection {
  return new Connection({
    environment,
    fetchTicket: () => {
      tickets += 1;
      return Promise.resolve({ ticket: `t${tickets}`, url: "ws://here/live" });
    },
    resumeFrom: () => null,
    onHello: () => undefined,
    onMessage: () => undefined,
    onPoses: () => undefined,
    onStatus: (status) => statuses.push(status),
    ...options,
  });
}

const kind = (): string | undefined => statuses.at(-1)?.kind;

it("opens a socket with its ticket and says where it was", async () => {
  connect({ resumeFrom: () => ({ epoch: "e1", seq: 12 }) });
  await environment.settle();
  expect(environment.socket.url).toBe("ws://here/live?ticket=t1&since=12&epoch=e1");
  environment.socket.say(HELLO);
  expect(kind()).toBe("connected");
});

it("tells one by one who came and went in one message", async () => {
  const heard: unknown[] = [];
  connect({ onMessage: (message) => heard.push(message) });
  await environment.settle();
  const gone = [1, 2].map((slot) => ({ t: "left", slot, reason: "left" }));
  environment.socket.say({ t: "batch", messages: gone }); // before the hello: of nobody we know
  environment.socket.say(HELLO);
  environment.socket.say({ t: "batch", messages: gone });
  expect(heard).toEqual(gone);
});

it("notices silence within three seconds and comes back with a new ticket", async () => {
  connect();
  await environment.settle();
  environment.socket.say(HELLO);
  await environment.pass(5_000);
  expect(kind()).toBe("connected");
  environment.socket.answers = false;
  const lost = environment.now();
  while (kind() === "connected") await environment.pass(50);
  expect(environment.now() - lost).toBeLessThanOrEqual(3_000);
  expect(kind()).toBe("reconnecting");
  await environment.pass(500);
  expect(tickets).toBe(2);
  environment.socket.say(HELLO);
  expect(kind()).toBe("connected");
});

it("measures the round trip and says when it is long", async () => {
  connect();
  await environment.settle();
  environment.socket.say(HELLO);
  environment.sleep(450);
  environment.socket.say({ t: "pong", ts: environment.now() - 450 });
  expect(statuses.at(-1)).toMatchObject({ kind: "unstable", latencyMs: 450 });
  environment.socket.say({ t: "pong", ts: environment.now() - 20 });
  expect(statuses.at(-1)).toMatchObject({ kind: "connected", latencyMs: 20 });
});

it("does not take its own sleep for the server's silence", async () => {
  connect();
  await environment.settle();
  environment.socket.say(HELLO);
  environment.sleep(60_000);
  await environment.pass(250);
  expect(kind()).toBe("connected");
  expect(environment.socket.heard("ping").length).toBeGreaterThan(1);
});

it("hears nothing of a socket it gave up", async () => {
  const onMessage = vi.fn();
  connect({ onMessage });
  await environment.settle();
  const old = environment.socket;
  old.say(HELLO);
  old.end(1006);
  await environment.pass(1_000);
  environment.socket.say(HELLO);
  old.say({ t: "left", slot: 3, reason: "left" });
  old.end(4403);
  expect(onMessage).not.toHaveBeenCalled();
  expect(kind()).toBe("connected");
});

describe("the end", () => {
  it.each([
    ["a close with 4403", (): void => environment.socket.end(4403, "removed"), "removed"],
    [
      "a bye for good",
      (): void => environment.socket.say({ t: "bye", reason: "ended", retry_after_ms: null }),
      "ended",
    ],
  ])("is %s", async (_, act, reason) => {
    connect();
    await environment.settle();
    environment.socket.say(HELLO);
    act();
    expect(statuses.at(-1)).toMatchObject({ kind: "ended", reason });
    await environment.pass(60_000);
    expect(tickets).toBe(1);
  });

  it("is a ticket that will never be given", async () => {
    connect({ fetchTicket: () => Promise.reject(new TicketRefused("gone")) });
    await environment.settle();
    expect(statuses.at(-1)).toMatchObject({ kind: "ended", reason: "gone" });
  });
});

it("comes back when the server says, or at once when the room moved", async () => {
  connect();
  await environment.settle();
  environment.socket.say(HELLO);
  environment.socket.say({ t: "bye", reason: "restart", retry_after_ms: 700 });
  environment.socket.end(1012);
  await environment.pass(690);
  expect(tickets).toBe(1);
  await environment.pass(20);
  expect(tickets).toBe(2);
  environment.socket.say({ t: "moved", url: "https://two.example" });
  environment.socket.end(4307);
  await environment.pass(200);
  expect(tickets).toBe(3);
});

it("keeps trying with longer pauses while the server is away, and says offline after a while", async () => {
  let fail = false;
  connect({
    fetchTicket: () => {
      tickets += 1;
      const ticket = { ticket: "t", url: "ws://here/live" };
      return fail ? Promise.reject(new Error("no network")) : Promise.resolve(ticket);
    },
  });
  await environment.settle();
  environment.socket.say(HELLO);
  fail = true;
  environment.socket.end(1006);
  await environment.pass(10_000);
  expect(kind()).toBe("reconnecting");
  await environment.pass(50_000);
  expect(kind()).toBe("offline");
  expect(tickets).toBeLessThan(16);
  fail = false;
  await environment.pass(8_000);
  environment.socket.say(HELLO);
  expect(kind()).toBe("connected");
});

it("goes at once when the browser is online again", async () => {
  connect();
  await environment.settle();
  environment.socket.say(HELLO);
  environment.online = false;
  environment.changed();
  expect(kind()).toBe("offline");
  environment.online = true;
  environment.changed();
  await environment.pass(300);
  expect(tickets).toBe(2);
});

it("sends no pose behind what still waits", async () => {
  const connection = connect();
  await environment.settle();
  expect(connection.sendPose(new Uint8Array(4))).toBe(false);
  environment.socket.say(HELLO);
  expect(connection.sendPose(new Uint8Array(4))).toBe(true);
  environment.socket.bufferedAmount = 20_000;
  expect(connection.sendPose(new Uint8Array(4))).toBe(false);
});

it("gives up a ticket that is never answered, and asks again", async () => {
  const asked: AbortSignal[] = [];
  connect({
    fetchTicket: (signal) => {
      asked.push(signal);
      return asked.length < 3
        ? new Promise(() => undefined)
        : Promise.resolve({ ticket: "late", url: "ws://here/live" });
    },
  });
  await environment.pass(5_000);
  expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
  expect(kind()).toBe("reconnecting");
  while (asked.length < 3) await environment.pass(250);
  expect(asked.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  environment.socket.say(HELLO);
  expect(kind()).toBe("connected");
});
