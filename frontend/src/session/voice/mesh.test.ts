import { beforeEach, expect, test, vi } from "vitest";
import { FakeEnvironment } from "../fake_environment";
import { FakeConnection, asConnection, fakeTrack, promisesKept } from "./fake_rtc.test-data";
import type { LinkState, Talker } from "./link";
import { Mesh } from "./mesh";
import { encodeSignal } from "./signals";

/** Two pages and the room between them, which passes signals on in order. */
class Pair {
  readonly environment = new FakeEnvironment();
  readonly connections: FakeConnection[][] = [[], []];
  readonly states: LinkState[][] = [[], []];
  readonly meshes: [Mesh, Mesh];
  sent = 0;
  isDelayed = false;
  private readonly waiting: (() => void)[] = [];

  constructor() {
    this.meshes = [this.make(0), this.make(1)];
    this.meshes[0].others([talker(1)]);
    this.meshes[1].others([talker(0)]);
  }

  /** Passes on what was held back. */
  deliver(): void {
    this.isDelayed = false;
    for (const pass of this.waiting.splice(0)) pass();
  }

  private make(me: 0 | 1): Mesh {
    return new Mesh({
      environment: this.environment,
      mySlot: me,
      connect: () => {
        const made = new FakeConnection();
        this.connections[me]?.push(made);
        return asConnection(made);
      },
      events: { onStream: () => undefined, onState: (state) => this.states[me]?.push(state) },
      send: (to, signal) => {
        this.sent += 1;
        const pass = (): void => this.meshes[to === 0 ? 0 : 1].receive(me, encodeSignal(signal));
        if (this.isDelayed) this.waiting.push(pass);
        else pass();
      },
    });
  }
}

function talker(slot: number): Talker {
  return { slot, principalId: `p${slot}`, open: false };
}

beforeEach(() => {
  vi.stubGlobal("MediaStream", class {});
});

test("nobody connects before somebody speaks, and then one connection serves both", async () => {
  const pair = new Pair();
  await promisesKept();
  expect(pair.connections).toEqual([[], []]);
  pair.meshes[0].send(fakeTrack());
  await promisesKept();
  expect(pair.connections.map((each) => each.length)).toEqual([1, 1]);
  expect(pair.connections[0]?.[0]?.signalingState).toBe("stable");
  expect(pair.connections[1]?.[0]?.remote?.type).toBe("offer");
});

test("muting replaces the track and negotiates nothing", async () => {
  const pair = new Pair();
  pair.meshes[0].send(fakeTrack());
  await promisesKept();
  const before = pair.sent;
  pair.meshes[0].send(null);
  const next = fakeTrack();
  pair.meshes[0].send(next);
  await promisesKept();
  expect(pair.sent).toBe(before);
  expect(pair.connections[0]?.[0]?.transceivers[0]?.sender.track).toBe(next);
});

test("when both begin at once the polite one takes its offer back", async () => {
  const pair = new Pair();
  pair.isDelayed = true;
  pair.meshes[0].send(fakeTrack());
  pair.meshes[1].send(fakeTrack());
  await promisesKept();
  pair.deliver();
  await promisesKept();
  const [impolite, polite] = [pair.connections[0]?.[0], pair.connections[1]?.[0]];
  expect([impolite?.rollbacks, polite?.rollbacks]).toEqual([0, 1]);
  expect([impolite?.signalingState, polite?.signalingState]).toEqual(["stable", "stable"]);
  expect(pair.connections.map((each) => each.length)).toEqual([1, 1]);
});

test("a failed connection is restarted twice, then it counts as failed", async () => {
  const pair = new Pair();
  pair.meshes[0].send(fakeTrack());
  await promisesKept();
  const connection = pair.connections[0]?.[0];
  connection?.becomes("connected");
  for (let time = 0; time < 3; time += 1) {
    connection?.becomes("failed");
    await promisesKept();
  }
  expect(connection?.restarts).toBe(2);
  expect(pair.states[0]).toEqual(["connecting", "connected", "connecting", "failed"]);
});

test("who is not reached in time has failed, and retrying begins a new attempt on both sides", async () => {
  const pair = new Pair();
  pair.meshes[0].send(fakeTrack());
  await promisesKept();
  await pair.environment.pass(15_001);
  expect(pair.states[0]?.at(-1)).toBe("failed");
  pair.meshes[0].retry();
  await promisesKept();
  expect(pair.connections.map((each) => each.length)).toEqual([2, 2]);
  expect(pair.connections.map((each) => each[0]?.connectionState)).toEqual(["closed", "closed"]);
  pair.connections[0]?.[1]?.becomes("connected");
  expect(pair.states[0]?.at(-1)).toBe("connected");
});

test("what belongs to an old attempt is ignored", async () => {
  const pair = new Pair();
  pair.meshes[0].send(fakeTrack());
  await promisesKept();
  const connection = pair.connections[1]?.[0];
  const remote = connection?.remote;
  pair.meshes[1].receive(0, { kind: "offer", link: 0, sdp: "old" });
  pair.meshes[1].receive(0, { kind: "candidate", link: 9, candidate: "new" });
  await promisesKept();
  expect(connection?.remote).toBe(remote);
  expect(connection?.candidates).toEqual([]);
});

test("who may only listen says so in the description", async () => {
  const pair = new Pair();
  pair.meshes[0].send(fakeTrack());
  await promisesKept();
  pair.meshes[0].allow(false);
  const transceiver = pair.connections[0]?.[0]?.transceivers[0];
  expect(transceiver?.direction).toBe("recvonly");
  expect(transceiver?.sender.track).toBeNull();
});

test("who left is connected to nobody", async () => {
  const pair = new Pair();
  pair.meshes[0].send(fakeTrack());
  await promisesKept();
  pair.meshes[0].others([]);
  expect(pair.connections[0]?.[0]?.connectionState).toBe("closed");
  expect(pair.states[0]?.at(-1)).toBe("idle");
});
