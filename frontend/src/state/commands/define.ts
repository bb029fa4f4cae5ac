/** What command definitions are made of: their shape, and how untyped arguments are read. */

import { t } from "../messages";
import type { Vec3 } from "../model";
import { RangeSet, type Range } from "../ranges";
import { myPart, type SessionRules } from "../areas/conducting";
import type { Person, Role, Workspace } from "../workspace";

export type NoArgs = Record<never, never>;
/** personal: mine alone; scene: the room's in a session; object: stored beside the model. */
export type Scope = "personal" | "scene" | "object";

/** A command as data. */
export interface Command<Args> {
  readonly title: string;
  readonly scope: Scope;
  /** Reads untyped arguments, from a URL, an embed or a test of the border. Throws `BadArguments`. */
  parse(args: unknown): Args;
  /** true, or the reason why not, written for the person who pressed. */
  allowed(workspace: Workspace): true | string;
}

/** The commands of one area. */
export type Commanding<Area> = { readonly [Id in keyof Area]: Command<Area[Id]> };

/** Arguments that do not fit the command. */
export class BadArguments extends Error {
  override readonly name = "BadArguments";
}

export type Fields = Record<string, unknown>;

export function fields(args: unknown): Fields {
  if (args === undefined || args === null) return {};
  if (typeof args !== "object") throw new BadArguments("Arguments must be an object.");
  return Object.fromEntries(Object.entries(args));
}

export function oneOf<T extends string>(value: unknown, values: readonly T[], what: string): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new BadArguments(`${what} must be one of ${values.join(", ")}.`);
  return found;
}

export function ranges(value: unknown): RangeSet {
  if (value instanceof RangeSet) return value;
  if (!Array.isArray(value)) throw new BadArguments("ranges must be a list of [first, last].");
  return RangeSet.fromRanges(
    value.map((pair: unknown): Range => {
      if (!Array.isArray(pair)) throw new BadArguments("A range must be [first, last].");
      return [number(pair[0], "first"), number(pair[1], "last")];
    }),
  );
}

export function number(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new BadArguments(`${what} must be a finite number.`);
  return value;
}

export function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw new BadArguments(`${what} must be a text.`);
  return value;
}

export function bool(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw new BadArguments(`${what} must be true or false.`);
  return value;
}

export function vector(value: unknown, what: string): Vec3 {
  if (!Array.isArray(value) || value.length !== 3)
    throw new BadArguments(`${what} must be three numbers.`);
  return [number(value[0], what), number(value[1], what), number(value[2], what)];
}

export function unitVector(value: unknown, what: string): Vec3 {
  const [x, y, z] = vector(value, what);
  const length = Math.hypot(x, y, z);
  if (length < 1e-9) throw new BadArguments(`${what} must not be zero.`);
  return [x / length, y / length, z / length];
}

export const preview = (raw: Fields): { preview?: boolean } =>
  raw["preview"] === undefined ? {} : { preview: bool(raw["preview"], "preview") };

export const nothing = (): NoArgs => ({});
export const always = (): true => true;

const SCENE_ROLES: readonly Role[] = ["owner", "editor", "reviewer", "guest_live"];

/** Without a session, at a revision's table or in my own view the scene is mine; in a session it needs a right. */
export function mayShareScene(workspace: Workspace): true | string {
  return workspace.myView.get() ? true : mayChangeRoom(workspace);
}

/** What everybody in a session sees. */
export function mayChangeRoom(workspace: Workspace): true | string {
  const session = workspace.session.get();
  if (session?.kind !== "session") return true;
  if (!SCENE_ROLES.includes(workspace.role.get())) return t("refused.scene");
  return sceneRefusal(workspace.people.get(), workspace.conduct.get().rules) ?? true;
}

/** What the session's rules say to my part in it (rooms/conduct.py). */
function sceneRefusal(people: readonly Person[], { scene }: SessionRules): string | null {
  const part = myPart(people);
  if (part === "listener") return t("refused.listener");
  if (part === null || part === "host" || scene === "everyone") return null;
  if (scene === "hosts") return t("refused.sceneHosts");
  return part === "presenter" ? null : t("refused.sceneRule");
}

export function mayComment(workspace: Workspace): true | string {
  if (workspace.session.get() === null) return t("refused.noConnection");
  if (SCENE_ROLES.includes(workspace.role.get())) return true;
  return t("refused.chat");
}

export const needsSession = (workspace: Workspace): true | string =>
  workspace.session.get() === null ? t("refused.noSession") : true;

/** At a table everybody's view is their own anyway. */
export const needsMeeting = (workspace: Workspace): true | string =>
  workspace.session.get()?.kind === "session" ? true : t("refused.noSession");

export function define<Args>(
  title: string,
  scope: Scope,
  parse: (raw: Fields) => Args,
  allowed: (workspace: Workspace) => true | string = scope === "scene" ? mayShareScene : always,
): Command<Args> {
  return { title, scope, parse: (args) => parse(fields(args)), allowed };
}

export const someRanges = (raw: Fields): { ranges: RangeSet } => ({
  ranges: ranges(raw["ranges"]),
});
