import { describe, expect, it } from "vitest";
import type {
  ChangeMessage,
  HelloMessage,
  Json,
  NakMessage,
  OpMessage,
} from "../protocol/messages";
import { OpLog } from "./op_log";

const by = { principal_id: "ben", name: "Ben", slot: 1 };

function op(seq: number, key: string, value: Json, more: Partial<OpMessage> = {}): OpMessage {
  const at = "2026-01-05T12:00:00.000Z";
  return { t: "op", seq, kind: "set", key, value, by, at, cid: "other-one", cseq: seq, ...more };
}

function hello(fields: Partial<HelloMessage>): HelloMessage {
  const you = {
    slot: 0,
    principal_id: "anna",
    name: "Anna",
    colour: 0,
    shape: 0,
    role: "editor",
    session_role: "host" as const,
    device: "desktop",
    guest: false,
    status: {},
  };
  return {
    t: "hello",
    epoch: "e1",
    seq: 0,
    slot: 0,
    resumed: false,
    chat: [],
    who: [you],
    holds: {},
    hz: 30,
    session: { id: "s1", kind: "meeting", name: "Friday", project_id: "p1", revision_id: "r1" },
    you,
    ...fields,
  };
}

function sent(log: OpLog): ChangeMessage[] {
  const all: ChangeMessage[] = [];
  log.flush((message) => all.push(message) > 0);
  return all;
}

function nak(cseq: number, code: NakMessage["code"]): NakMessage {
  return { t: "nak", cseq, code, detail: "no" };
}

describe("what I see", () => {
  it("is mine while it is on its way, and the room's afterwards", () => {
    const log = new OpLog("client-one");
    log.hello(hello({ state: { explode: { value: { amount: 0.1 }, seq: 1, by } }, seq: 1 }));
    log.set("explode", { amount: 0.5 });
    expect(log.value("explode")).toEqual({ amount: 0.5 });
    log.op(op(2, "explode", { amount: 0.9 }));
    expect(log.value("explode")).toEqual({ amount: 0.5 }); // mine comes later in the room's order
    log.op(op(3, "explode", { amount: 0.5 }, { cid: "client-one", cseq: 1 }));
    expect(log.value("explode")).toEqual({ amount: 0.5 });
    expect(log.unsent).toBe(0);
    log.op(op(4, "explode", { amount: 0.7 }));
    expect(log.value("explode")).toEqual({ amount: 0.7 });
  });

  it("is the room's again when mine is refused", () => {
    const log = new OpLog("client-one");
    log.hello(hello({ state: { explode: { value: { amount: 0.1 }, seq: 1, by } }, seq: 1 }));
    log.set("explode", { amount: 0.5 });
    expect(log.nak(nak(1, "forbidden")).refused).toMatchObject({ key: "explode" });
    expect(log.value("explode")).toEqual({ amount: 0.1 });
  });

  it("loses every key of a cleared prefix", () => {
    const log = new OpLog("client-one");
    log.hello(hello({}));
    log.op(op(1, "section/a", { x: 1 }));
    log.op(op(2, "explode", { amount: 1 }));
    expect(log.op(op(3, "section/", null, { kind: "clear" })).keys).toEqual(["section/a"]);
    expect([...log.keys()]).toEqual(["explode"]);
  });
});

describe("numbers", () => {
  it("asks for what is missing instead of applying out of order", () => {
    const log = new OpLog("client-one");
    log.hello(hello({ seq: 4 }));
    expect(log.op(op(6, "explode", { amount: 1 })).gap).toBe(true);
    expect(log.position).toEqual({ epoch: "e1", seq: 4 });
  });

  it("applies what was missed once, however often it comes", () => {
    const log = new OpLog("client-one");
    log.hello(hello({ seq: 4 }));
    const missed = [op(5, "", { text: "a" }, { kind: "chat" }), op(6, "explode", { amount: 1 })];
    log.hello(hello({ seq: 6, resumed: true, ops: missed }));
    log.op(op(5, "", { text: "a" }, { kind: "chat" }));
    expect(log.chat.map((line) => line.value)).toEqual([{ text: "a" }]);
    expect(log.position?.seq).toBe(6);
  });

  it("takes a snapshot for all there is", () => {
    const log = new OpLog("client-one");
    log.hello(hello({ seq: 4, state: { explode: { value: { amount: 1 }, seq: 4, by } } }));
    const change = log.hello(hello({ epoch: "e2", seq: 9, state: {} }));
    expect(change.keys).toContain("explode");
    expect(log.value("explode")).toBeNull();
    expect(log.position).toEqual({ epoch: "e2", seq: 9 });
  });
});

describe("the queue", () => {
  it("is sent in order, and again after a new hello, under the same numbers", () => {
    const log = new OpLog("client-one");
    log.hello(hello({}));
    log.set("explode", { amount: 0.5 });
    log.say("hello");
    expect(sent(log).map(({ cseq }) => cseq)).toEqual([1, 2]);
    expect(sent(log)).toEqual([]);
    // The first was stored; its acknowledgement was lost with the connection.
    const stored = op(1, "explode", { amount: 0.5 }, { cid: "client-one", cseq: 1 });
    log.hello(hello({ seq: 1, resumed: true, ops: [stored] }));
    expect(sent(log).map(({ cseq }) => cseq)).toEqual([2]);
  });

  it("acknowledges what the server stored long ago", () => {
    const log = new OpLog("client-one");
    log.hello(hello({}));
    log.set("explode", { amount: 0.5 });
    sent(log);
    log.hello(hello({ seq: 8, state: { explode: { value: { amount: 0.9 }, seq: 8, by } } }));
    expect(log.value("explode")).toEqual({ amount: 0.5 });
    const change = log.op(op(3, "explode", { amount: 0.5 }, { cid: "client-one", cseq: 1 }));
    expect(change.keys).toEqual(["explode"]);
    expect(log.value("explode")).toEqual({ amount: 0.9 });
    expect(log.unsent).toBe(0);
  });

  it("keeps only the newest unsent value of a key", () => {
    const log = new OpLog("client-one");
    for (const amount of [0.1, 0.2, 0.3]) log.set("explode", { amount });
    expect(log.unsent).toBe(1);
    expect(sent(log)).toMatchObject([{ value: { amount: 0.3 } }]);
  });

  it("never lets an older value of mine come after the newer one", () => {
    const log = new OpLog("client-one");
    log.hello(hello({}));
    log.set("explode", { amount: 0.1 });
    log.say("meanwhile");
    sent(log);
    log.set("explode", { amount: 0.2 });
    sent(log);
    // The first was refused for going too fast, the last was stored, and the line was lost before either was heard.
    log.hello(hello({ resumed: true, ops: [] }));
    expect(sent(log).map((message) => message.cseq)).toEqual([2, 3]);

    log.set("explode", { amount: 0.3 });
    sent(log);
    expect(log.nak(nak(3, "rate"))).toEqual({ refused: null, later: true });
    expect(sent(log)).toEqual([]);
    expect(log.value("explode")).toEqual({ amount: 0.3 });
  });

  it("waits when the server asks for patience", () => {
    const log = new OpLog("client-one");
    log.set("explode", { amount: 0.5 });
    sent(log);
    expect(log.nak(nak(1, "rate"))).toEqual({ refused: null, later: true });
    expect(sent(log)).toHaveLength(1);
  });
});
