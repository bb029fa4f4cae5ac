/**
 * Leading and being led: what the room's log says under `session/…` becomes the stores of `conducting`, its events
 * become cards, faces and pings that end by themselves, and the commands become operations and events.
 */

import type { EventBody, Json, ServerMessage } from "../protocol/messages";
import {
  NO_CONDUCT,
  PLAIN_RULES,
  PRESENT_RULES,
  REACTIONS,
  SCENE_RULES,
  VOICE_RULES,
  presenterAmong,
  type Call,
  type Conduct,
  type SessionRules,
} from "../state/areas/conducting";
import { LOBBIES } from "../state/areas/attending";
import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { Vec3 } from "../state/model";
import type { CameraPose, Person, Workspace } from "../state/workspace";
import type { Environment } from "./environment";
import { Guided } from "./guided";

/** UX.md §3.3: a refusable card of five seconds. */
export const BRING_MS = 5_000;
/** As the room keeps them (rooms/floor.py). */
const OFFER_MS = 60_000;
const ASK_MS = 60_000;
const REACTION_MS = 3_000;
/** UX.md §3.5. */
export const PING_MS = 10_000;
/** On screen at once; the oldest goes. */
const MOST_CALLS = 3;
const MOST_REACTIONS = 24;
const MOST_PINGS = 8;

const PRESENTER = "session/presenter";
const RULES = "session/rules";
const HOST = "session/host";
const LISTENER = "session/listener/";
const REMOVED = "session/removed/";
const DOOR = "session/door/";

/** What of the room this needs. */
export interface ConductRoom {
  value(key: string): Json;
  keys(): ReadonlySet<string>;
  /** Queues an operation. */
  set(key: string, value: Json): void;
  /** Sends an event now; false: there is no connection, and it is gone. */
  send(event: EventBody): boolean;
  /** Where my pointer is: the part and metres in its frame, or in the model's. */
  /** Moves my camera there. */
  showCamera(pose: CameraPose): void;
  pointer(): { readonly occurrence: number | null; readonly point: Vec3 } | null;
}

/** The conduct of one meeting. */
export class ConductSync {
  private readonly workspace: Workspace;
  private readonly commands: Commands;
  private readonly environment: Environment;
  private readonly room: ConductRoom;
  private readonly revisionId: string;
  private readonly stops: (() => void)[] = [];
  /** Ends of what ends by itself, by the id of what it is. */
  private readonly ends = new Map<number, () => void>();
  /** Who asked to present, by principal: handing over to them needs no offer. */
  private readonly wishes = new Set<string>();
  private readonly guided: Guided;
  private nextId = 1;

  constructor(
    workspace: Workspace,
    commands: Commands,
    environment: Environment,
    revisionId: string,
    room: ConductRoom,
  ) {
    this.workspace = workspace;
    this.commands = commands;
    this.environment = environment;
    this.revisionId = revisionId;
    this.room = room;
    this.guided = new Guided(workspace, {
      showCamera: (pose) => room.showCamera(pose),
      offer: (presenter) => this.call("bring", presenter, OFFER_MS),
    });
    this.perform();
  }

  /** The room was entered: who comes late stands where the presenter stands (UX.md §3.1). */
  enter(): void {
    this.read();
    const presenter = this.presenter();
    if (presenter && !presenter.mine && !this.inHeadset()) this.follow(presenter);
  }

  /** Keys may have changed. `by`: who did it, told to everybody else. */
  changed(keys: readonly string[], by: string | null = null): void {
    if (!keys.some((key) => key.startsWith("session/"))) return;
    const before = this.workspace.conduct.get();
    this.read();
    this.tell(before, this.workspace.conduct.get(), by);
  }

  /** Something happened. */
  event(message: Extract<ServerMessage, { t: "event" }>): void {
    const person = this.bySlot(message.slot);
    if (!person || person.mine) return;
    const { event } = message;
    switch (event.kind) {
      case "point":
        this.ping(person, event.occurrence ?? null, event.point);
        this.say("conduct.pointed", person);
        return;
      case "react": {
        const { reaction } = event;
        if (!REACTIONS.includes(reaction)) return;
        this.float(person.slot, reaction);
        this.workspace.announce(t(`conduct.reacted.${reaction}`, { name: person.name }), {
          others: true,
          slot: person.slot,
        });
        return;
      }
      case "bring":
        this.brought(person);
        return;
      case "ask":
        this.wishes.add(person.principal_id);
        this.call("ask", person, ASK_MS);
        return;
      case "offer":
        this.call("offer", person, OFFER_MS);
        return;
      case "decline":
        this.wishes.delete(person.principal_id);
        this.say("conduct.declined", person);
        return;
      case "mute":
        return; // what it does comes as a status, and voice says it
      case "allow":
        this.workspace.announce(t("conduct.mayTalk"), { assertive: true, slot: person.slot });
        return;
      case "lower":
        return; // hands come as statuses
      case "own":
        return; // of this page, not of the session: own_devices.ts
    }
  }

  /** My hand was lowered by the host, or is confirmed. */
  myHand(up: boolean): void {
    if (this.workspace.hand.get() === up) return;
    this.workspace.hand.set(up);
    if (!up) this.workspace.announce(t("conduct.handLowered"), { assertive: true });
  }

  /** Nobody leads here any more. */
  stop(): void {
    this.guided.stop();
    for (const stop of this.stops) stop();
    for (const end of this.ends.values()) end();
    this.ends.clear();
    const { conduct, hand, calls, reactions, pings } = this.workspace;
    conduct.set(NO_CONDUCT);
    hand.set(false);
    calls.set([]);
    reactions.set([]);
    pings.set([]);
  }

  // Commands

  private perform(): void {
    const { commands, room, workspace } = this;
    this.stops.push(
      commands.register("session.present", ({ slot }) => this.present(slot)),
      commands.register("session.ask", () => {
        if (room.send({ kind: "ask" })) workspace.announce(t("conduct.asked"));
      }),
      commands.register("session.bring", ({ slot }) => {
        if (!room.send({ kind: "bring", ...(slot === undefined ? {} : { to: slot }) })) return;
        workspace.announce(t("conduct.brought"));
      }),
      commands.register("session.answer", ({ id, yes }) => {
        const call = workspace.calls.get().find((each) => each.id === id);
        if (call) this.answer(call, yes);
      }),
      commands.register("session.raiseHand", ({ up }) => {
        const raised = up ?? !workspace.hand.get();
        workspace.hand.set(raised); // the session sends it as a status
        workspace.announce(t(raised ? "conduct.handUp" : "conduct.handDown"));
      }),
      commands.register("session.lowerHands", ({ slot }) => {
        room.send({ kind: "lower", ...(slot === null ? {} : { to: slot }) });
      }),
      commands.register("session.react", ({ reaction }) => {
        const me = this.me();
        if (me && room.send({ kind: "react", reaction })) this.float(me.slot, reaction);
      }),
      commands.register("session.ping", () => {
        const me = this.me();
        const at = room.pointer();
        if (!me || !at) return;
        if (room.send({ kind: "point", revision_id: this.revisionId, ...at }))
          this.ping(me, at.occurrence, at.point);
      }),
      commands.register("session.mute", ({ slot }) => {
        room.send({ kind: "mute", ...(slot === null ? {} : { to: slot }) });
      }),
      commands.register("session.allow", ({ slot }) => void room.send({ kind: "allow", to: slot })),
      commands.register("session.transfer", ({ slot }) => {
        const person = this.bySlot(slot);
        if (person) room.set(HOST, { principal_id: person.principal_id });
      }),
      commands.register("session.remove", ({ slot }) => {
        const person = this.bySlot(slot);
        if (person) room.set(REMOVED + person.principal_id, { name: person.name });
      }),
      commands.register("session.readmit", ({ principal_id }) => {
        room.set(REMOVED + principal_id, null);
      }),
      commands.register("session.listen", ({ slot, on }) => {
        const person = this.bySlot(slot);
        if (!person) return;
        room.set(LISTENER + person.principal_id, on ? { name: person.name } : null);
        if (on && this.workspace.conduct.get().presenter === person.principal_id)
          room.set(PRESENTER, null);
      }),
      commands.register("session.lock", ({ on }) => this.rule({ locked: on })),
      commands.register("session.rules", (rules) => this.rule(rules)),
    );
  }

  private rule(change: Partial<SessionRules>): void {
    this.room.set(RULES, { ...this.workspace.conduct.get().rules, ...change });
  }

  private present(slot: number | null): void {
    const { room, workspace } = this;
    if (slot === null) {
      room.set(PRESENTER, null);
      return;
    }
    const person = this.bySlot(slot);
    if (!person) return;
    if (person.mine || this.wishes.has(person.principal_id)) {
      this.wishes.delete(person.principal_id);
      room.set(PRESENTER, { principal_id: person.principal_id });
      if (person.mine) workspace.following.set(null);
    } else if (room.send({ kind: "offer", to: slot })) {
      workspace.announce(t("conduct.offered", { name: person.name }));
    }
  }

  private answer(call: Call, yes: boolean): void {
    this.end(call.id);
    const person = this.bySlot(call.slot);
    if (!person) return;
    switch (call.kind) {
      case "bring":
        if (yes) this.join(person);
        return;
      case "offer": {
        const me = this.me();
        if (!yes) this.room.send({ kind: "decline", to: call.slot });
        else if (me) this.present(me.slot);
        return;
      }
      case "ask":
        if (yes) this.present(call.slot);
        else this.room.send({ kind: "decline", to: call.slot });
    }
  }

  // What happens

  private brought(person: Person): void {
    if (this.workspace.conduct.get().rules.guided && !this.inHeadset()) {
      this.join(person);
      return;
    }
    // No answer joins at a desk; nobody is moved in a headset (UX.md §3.3, statement 58).
    this.call("bring", person, BRING_MS, (call) => this.answer(call, !this.inHeadset()));
  }

  /** Whoever presents is followed; else it is one look. */
  private join(person: Person): void {
    if (person.principal_id === this.workspace.conduct.get().presenter) this.follow(person);
    else this.commands.run("session.goTo", { slot: person.slot });
  }

  private follow(person: Person): void {
    this.commands.run("session.follow", { slot: person.slot });
  }

  private call(
    kind: Call["kind"],
    person: Person,
    lastsMs: number,
    unanswered: (call: Call) => void = (call) => this.end(call.id),
  ): void {
    const { calls } = this.workspace;
    for (const earlier of calls.get())
      // said again, it begins again
      if (earlier.kind === kind && earlier.slot === person.slot) this.end(earlier.id);
    const id = this.id();
    const call = { id, kind, slot: person.slot, name: person.name, lasts_ms: lastsMs };
    const kept = [...calls.get(), call];
    for (const { id: oldest } of kept.splice(0, kept.length - MOST_CALLS)) this.end(oldest);
    calls.set(kept);
    this.ends.set(
      id,
      this.environment.later(() => unanswered(call), lastsMs),
    );
    this.workspace.announce(t(`conduct.${kind}`, { name: person.name }), {
      assertive: true,
      slot: person.slot,
    });
  }

  private float(slot: number, reaction: (typeof REACTIONS)[number]): void {
    const { reactions } = this.workspace;
    const id = this.id();
    reactions.set([...reactions.get(), { id, slot, reaction }].slice(-MOST_REACTIONS));
    this.ends.set(
      id,
      this.environment.later(() => this.end(id), REACTION_MS),
    );
  }

  private ping(person: Person, occurrence: number | null, point: Vec3): void {
    const { pings } = this.workspace;
    const { slot, colour, name } = person;
    const id = this.id();
    const others = pings.get().filter((ping) => ping.slot !== slot); // one each
    pings.set([...others, { id, slot, colour, name, occurrence, point }].slice(-MOST_PINGS));
    this.ends.set(
      id,
      this.environment.later(() => this.end(id), PING_MS),
    );
  }

  /** What has this id is over. */
  private end(id: number): void {
    this.ends.get(id)?.();
    this.ends.delete(id);
    const { calls, reactions, pings } = this.workspace;
    drop(calls, id);
    drop(reactions, id);
    drop(pings, id);
  }

  // What lasts

  private read(): void {
    this.workspace.conduct.set({
      rules: readRules(this.room.value(RULES)),
      presenter: readPrincipal(this.room.value(PRESENTER)),
      listeners: this.listed(LISTENER),
      removed: this.listed(REMOVED),
      declined: this.listed(DOOR, (value) => value["admitted"] === false),
    });
  }

  private listed(
    prefix: string,
    wanted: (value: Readonly<Record<string, Json>>) => boolean = () => true,
  ): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const key of this.room.keys()) {
      if (!key.startsWith(prefix)) continue;
      const value = record(this.room.value(key));
      const name = value?.["name"];
      if (value && typeof name === "string" && wanted(value))
        found.set(key.slice(prefix.length), name);
    }
    return found;
  }

  /** Says what changed, and follows where the session is guided. */
  private tell(before: Conduct, now: Conduct, by: string | null): void {
    const presenter = this.presenter();
    if (now.presenter !== before.presenter) {
      if (presenter) this.wishes.delete(presenter.principal_id);
      if (presenter?.mine) this.workspace.announce(t("conduct.youPresent"), { assertive: true });
      else if (presenter) {
        this.say("conduct.presents", presenter);
        // Who only watches is led by whoever presents, unless they chose somebody (UX.md §3.3).
        const { spectator, following } = this.workspace;
        if (spectator.get() && following.get() === null) this.follow(presenter);
      } else if (before.presenter) {
        this.workspace.announce(t("conduct.presentingEnded"), { others: true });
      }
    }
    const name = by ?? t("people.someone");
    const { rules } = now;
    if (rules.locked !== before.rules.locked)
      this.workspace.announce(t(rules.locked ? "conduct.locked" : "conduct.unlocked", { name }), {
        others: true,
      });
    if (rules.scene !== before.rules.scene)
      this.workspace.announce(t(`conduct.scene.${rules.scene}`, { name }), { others: true });
    if (rules.guided !== before.rules.guided)
      this.workspace.announce(t(rules.guided ? "conduct.guided" : "conduct.unguided", { name }), {
        others: true,
      });
  }

  private say(key: "conduct.pointed" | "conduct.presents" | "conduct.declined", who: Person): void {
    this.workspace.announce(t(key, { name: who.name }), { others: true, slot: who.slot });
  }

  private presenter(): Person | null {
    return presenterAmong(this.workspace.people.get(), this.workspace.conduct.get());
  }

  private me(): Person | null {
    return this.workspace.people.get().find(({ mine }) => mine) ?? null;
  }

  private bySlot(slot: number): Person | null {
    const people = this.workspace.people.get();
    return people.find((person) => person.slot === slot && person.lost !== true) ?? null;
  }

  private inHeadset(): boolean {
    return this.workspace.xr.get().kind === "active";
  }

  private id(): number {
    return this.nextId++;
  }
}

function drop<T extends { readonly id: number }>(
  store: { get(): readonly T[]; set(value: readonly T[]): void },
  id: number,
): void {
  const left = store.get().filter((each) => each.id !== id);
  if (left.length < store.get().length) store.set(left);
}

function readRules(value: Json): SessionRules {
  const said = record(value) ?? {};
  return {
    scene: SCENE_RULES.find((each) => each === said["scene"]) ?? PLAIN_RULES.scene,
    present: PRESENT_RULES.find((each) => each === said["present"]) ?? PLAIN_RULES.present,
    guided: said["guided"] === true,
    locked: said["locked"] === true,
    lobby: LOBBIES.find((each) => each === said["lobby"]) ?? null,
    spectators:
      typeof said["spectators"] === "number" ? said["spectators"] : PLAIN_RULES.spectators,
    voice: VOICE_RULES.find((each) => each === said["voice"]) ?? PLAIN_RULES.voice,
  };
}

function readPrincipal(value: Json): string | null {
  const id = record(value)?.["principal_id"];
  return typeof id === "string" ? id : null;
}

function record(value: Json): Readonly<Record<string, Json>> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return value as Readonly<Record<string, Json>>; // Array.isArray does not narrow readonly arrays
}
