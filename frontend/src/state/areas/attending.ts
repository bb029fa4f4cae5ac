/** Who waits at the door of a session, who only watches, what is on its agenda, and who guides. */

import { Store } from "../store";

export const LOBBIES = ["off", "guests", "outside"] as const;
/** Who waits until they are let in: nobody, who has no account, who is no member of the project. */
export type LobbyRule = (typeof LOBBIES)[number];

/** Somebody at the door. */
export interface Knock {
  readonly principal_id: string;
  readonly name: string;
  readonly guest: boolean;
}

/** Something to be looked at. */
export interface AgendaItem {
  readonly id: string;
  readonly title: string;
  /** A saved view. */
  readonly view_id?: string | null;
  readonly revision_id?: string | null;
  /** How long it may take. */
  readonly minutes?: number | null;
  /** Number of an issue. */
  readonly issue?: number | null;
  readonly review_id?: string | null;
}

/** The agenda and where it stands. */
export interface Agenda {
  readonly items: readonly AgendaItem[];
  /** Id of the item that is looked at. */
  readonly at: string | null;
  /** Unix milliseconds since when. */
  readonly since: number | null;
  /** Seconds that items took until then, by id. */
  readonly spent: Readonly<Record<string, number>>;
}

export const NO_AGENDA: Agenda = { items: [], at: null, since: null, spent: {} };
/** As the room takes them (rooms/agenda.py). */
export const MOST_ITEMS = 64;

/** The stores of this area. */
export interface Attending {
  /** Who waits; told only to who may let them in. */
  readonly knocks: Store<readonly Knock[]>;
  /** How many only watch. */
  readonly watching: Store<number>;
  /** I only watch. */
  readonly spectator: Store<boolean>;
  readonly agenda: Store<Agenda>;
  /** Slot of who guides me; null: my camera is mine. */
  readonly guidedBy: Store<number | null>;
}

export function createAttending(): Attending {
  return {
    knocks: new Store<readonly Knock[]>([]),
    watching: new Store(0),
    spectator: new Store(false),
    agenda: new Store<Agenda>(NO_AGENDA),
    guidedBy: new Store<number | null>(null),
  };
}

/** The item that is `by` steps from where the agenda stands; the first one before it has begun. */
export function itemBeside({ items, at }: Agenda, by: 1 | -1): AgendaItem | null {
  if (at === null) return by > 0 ? (items[0] ?? null) : null;
  const place = items.findIndex(({ id }) => id === at);
  return items[place + by] ?? null;
}

/** The items with one of them moved by so many places, as far as there are places. */
export function moved(items: readonly AgendaItem[], id: string, to: number): readonly AgendaItem[] {
  const item = items.find((each) => each.id === id);
  if (!item) return items;
  const others = items.filter((each) => each !== item);
  const place = Math.max(0, Math.min(others.length, to));
  return [...others.slice(0, place), item, ...others.slice(place)];
}

/** Seconds that an item took until `now`, Unix milliseconds. */
export function spentOn({ at, since, spent }: Agenda, id: string, now: number): number {
  const going = id === at && since !== null ? Math.max(0, (now - since) / 1000) : 0;
  return (spent[id] ?? 0) + going;
}

/** `4:05`, or `1:04:05` from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  const tail = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}
