/** Who is here, as the stores show it: me among them, and those whose connection was lost for a while longer. */

import type { PersonMessage, ServerMessage, StatusFields } from "../protocol/messages";
import type { Person, PersonStatus, Workspace } from "../state/workspace";
import type { Environment } from "./environment";

/** UX.md §3.2: a lost person stays hollow this long before they have left. */
const LOST_MS = 30_000;

export class People {
  private readonly workspace: Workspace;
  private readonly environment: Environment;
  private readonly onGone: (person: Person) => void;
  private readonly byKey = new Map<string, Person>();
  private readonly timers = new Map<string, () => void>();
  private mySlot: number | null = null;

  /** onGone: somebody left for good, or did not come back in time. */
  constructor(workspace: Workspace, environment: Environment, onGone: (person: Person) => void) {
    this.workspace = workspace;
    this.environment = environment;
    this.onGone = onGone;
  }

  get me(): Person | null {
    return this.mySlot === null ? null : this.bySlot(this.mySlot);
  }

  /** Somebody who is connected. */
  bySlot(slot: number): Person | null {
    for (const person of this.byKey.values())
      if (person.slot === slot && !person.lost) return person;
    return null;
  }

  /** A new hello: exactly these are here. */
  reset(who: readonly PersonMessage[], mySlot: number): void {
    this.mySlot = mySlot;
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    this.byKey.clear();
    for (const person of who) this.byKey.set(String(person.slot), this.person(person));
    this.publish();
  }

  /** Somebody came; false when they were only away for a moment. */
  join(who: PersonMessage): boolean {
    const back = [...this.byKey].find(
      ([, person]) =>
        person.lost === true &&
        person.principal_id === who.principal_id &&
        person.device === who.device,
    );
    if (back) this.remove(back[0]);
    this.byKey.set(String(who.slot), this.person(who));
    this.publish();
    return back === undefined;
  }

  left(slot: number, reason: "left" | "lost" | "removed"): void {
    const person = this.byKey.get(String(slot));
    if (!person) return;
    this.byKey.delete(String(slot));
    if (reason === "lost") {
      const key = `lost-${slot}-${this.environment.now()}`;
      this.byKey.set(key, { ...person, lost: true });
      this.timers.set(
        key,
        this.environment.later(() => {
          this.remove(key);
          this.publish();
          this.onGone(person);
        }, LOST_MS),
      );
    }
    this.publish();
    if (reason !== "lost") this.onGone(person);
  }

  status(slot: number, change: StatusFields): void {
    this.update(slot, (person) => ({
      ...person,
      status: { ...person.status, ...statusOf(change) },
    }));
  }

  role(message: Extract<ServerMessage, { t: "role" }>): void {
    this.update(message.slot, (person) => ({
      ...person,
      role: message.role,
      session_role: message.session_role,
    }));
  }

  /** Nobody, because the connection ended. */
  clear(): void {
    this.reset([], -1);
    this.mySlot = null;
  }

  private update(slot: number, change: (person: Person) => Person): void {
    const person = this.byKey.get(String(slot));
    if (!person) return;
    this.byKey.set(String(slot), change(person));
    this.publish();
  }

  private remove(key: string): void {
    this.timers.get(key)?.();
    this.timers.delete(key);
    this.byKey.delete(key);
  }

  private person(message: PersonMessage): Person {
    return { ...message, status: statusOf(message.status), mine: message.slot === this.mySlot };
  }

  private publish(): void {
    this.workspace.people.set([...this.byKey.values()]);
  }
}

function statusOf(fields: StatusFields): PersonStatus {
  return fields;
}

/**
 * Whom I see when I follow `slot`: the last of those who follow one another (UX.md §3.3). Null when that chain
 * comes back to me or runs in a circle: then there is nothing to see.
 */
export function rootOf(slot: number, people: readonly Person[]): Person | null {
  const passed = new Set<number>();
  let current = people.find((person) => person.slot === slot && !person.lost) ?? null;
  while (current) {
    if (current.mine || passed.has(current.slot)) return null;
    passed.add(current.slot);
    const next = current.status.following;
    if (next === null || next === undefined) return current;
    const leader = people.find((person) => person.slot === next && !person.lost) ?? null;
    if (!leader) return current;
    current = leader;
  }
  return null;
}
