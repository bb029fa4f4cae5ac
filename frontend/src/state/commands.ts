/**
 * Everything a person can do, as data. Toolbar, shortcut, context menu and VR menu all call
 * `run(id, args)`; who performs a command is registered by `main`; one undo stack per person.
 */

import type { Vec3 } from "./model";
import { t } from "./messages";
import { RangeSet, type Range } from "./ranges";
import { type Readable, Store } from "./store";
import type {
  DisplayUnit,
  MeasurePoint,
  Role,
  Section,
  Theme,
  ToolName,
  ViewName,
  Workspace,
} from "./workspace";

/** The changeable fields of a section. */
export type SectionChange = Partial<Omit<Section, "id">>;

/** The arguments of each command. `preview` marks a drag in progress: shown, but not yet undoable. */
export interface CommandArgs {
  "selection.set": { ranges: RangeSet; mode: "replace" | "add" | "remove" | "toggle" };
  "selection.clear": NoArgs;
  "selection.parent": NoArgs;
  "selection.identical": NoArgs;
  "visibility.hide": { ranges: RangeSet };
  "visibility.show": { ranges: RangeSet };
  "visibility.isolate": { ranges: RangeSet };
  "visibility.showAll": NoArgs;
  /** Ghosts exactly these; empty ends ghosting. */
  "visibility.ghost": { ranges: RangeSet };
  "section.add": { axis?: "x" | "y" | "z"; normal?: Vec3; offset_m?: number; name?: string };
  "section.update": { id: string; change: SectionChange; preview?: boolean };
  "section.remove": { id: string };
  "section.clear": NoArgs;
  "section.activate": { id: string | null };
  "camera.fit": { ranges?: RangeSet };
  "camera.fitAll": NoArgs;
  "camera.view": { name: ViewName };
  "camera.projection": { projection?: "perspective" | "orthographic" };
  "display.edges": { on?: boolean };
  "display.pmi": { on?: boolean };
  "tool.set": { tool: ToolName };
  "measure.add": { from: MeasurePoint; to: MeasurePoint; exact: boolean };
  "measure.remove": { id: string };
  "measure.clear": NoArgs;
  "explode.set": { amount: number; preview?: boolean };
  "unit.set": { unit: DisplayUnit };
  "theme.set": { theme: Theme };
  "session.follow": { slot: number | null };
  "session.goTo": { slot: number };
  "session.chat": { text: string };
  "xr.enter": NoArgs;
  "xr.leave": NoArgs;
  "ui.search": NoArgs;
  "ui.shortcuts": NoArgs;
  "ui.chrome": NoArgs;
  "ui.chat": NoArgs;
  "history.undo": NoArgs;
  "history.redo": NoArgs;
  /** One rung down the Esc ladder. */
  escape: NoArgs;
  /** Enter: takes up a paused follow again. */
  resume: NoArgs;
}

export type NoArgs = Record<never, never>;
export type CommandId = keyof CommandArgs;

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

/** Arguments that do not fit the command. */
export class BadArguments extends Error {
  override readonly name = "BadArguments";
}

/** The way back of something done; `redo` is needed where running it again would not do the same. */
export type Inverse = (() => void) | { undo(): void; redo(): void };

type Fields = Record<string, unknown>;

function fields(args: unknown): Fields {
  if (args === undefined || args === null) return {};
  if (typeof args !== "object") throw new BadArguments("Arguments must be an object.");
  return Object.fromEntries(Object.entries(args));
}

function oneOf<T extends string>(value: unknown, values: readonly T[], what: string): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new BadArguments(`${what} must be one of ${values.join(", ")}.`);
  return found;
}

function ranges(value: unknown): RangeSet {
  if (value instanceof RangeSet) return value;
  if (!Array.isArray(value)) throw new BadArguments("ranges must be a list of [first, last].");
  return RangeSet.fromRanges(
    value.map((pair: unknown): Range => {
      if (!Array.isArray(pair)) throw new BadArguments("A range must be [first, last].");
      return [number(pair[0], "first"), number(pair[1], "last")];
    }),
  );
}

function number(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new BadArguments(`${what} must be a finite number.`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw new BadArguments(`${what} must be a text.`);
  return value;
}

function bool(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw new BadArguments(`${what} must be true or false.`);
  return value;
}

function vector(value: unknown, what: string): Vec3 {
  if (!Array.isArray(value) || value.length !== 3)
    throw new BadArguments(`${what} must be three numbers.`);
  return [number(value[0], what), number(value[1], what), number(value[2], what)];
}

function unitVector(value: unknown, what: string): Vec3 {
  const [x, y, z] = vector(value, what);
  const length = Math.hypot(x, y, z);
  if (length < 1e-9) throw new BadArguments(`${what} must not be zero.`);
  return [x / length, y / length, z / length];
}

function measurePoint(value: unknown): MeasurePoint {
  const raw = fields(value);
  return {
    position: vector(raw["position"], "position"),
    occurrence: raw["occurrence"] === null ? null : number(raw["occurrence"], "occurrence"),
    local: raw["local"] === null ? null : vector(raw["local"], "local"),
    snap: oneOf(
      raw["snap"],
      ["vertex", "middle", "centre", "edge", "face", "none"] as const,
      "snap",
    ),
  };
}

function sectionChange(value: unknown): SectionChange {
  const raw = fields(value);
  return {
    ...(raw["name"] === undefined ? {} : { name: text(raw["name"], "name") }),
    ...(raw["normal"] === undefined ? {} : { normal: unitVector(raw["normal"], "normal") }),
    ...(raw["offset_m"] === undefined ? {} : { offset_m: number(raw["offset_m"], "offset_m") }),
    ...(raw["enabled"] === undefined ? {} : { enabled: bool(raw["enabled"], "enabled") }),
    ...(raw["cap"] === undefined ? {} : { cap: bool(raw["cap"], "cap") }),
  };
}

const preview = (raw: Fields): { preview?: boolean } =>
  raw["preview"] === undefined ? {} : { preview: bool(raw["preview"], "preview") };

const nothing = (): NoArgs => ({});
const always = (): true => true;

const SCENE_ROLES: readonly Role[] = ["owner", "editor", "reviewer", "guest_live"];

/** Without a session, or at a revision's table, the scene is mine; in a session it needs a right. */
function mayShareScene(workspace: Workspace): true | string {
  const session = workspace.session.get();
  if (session?.kind !== "session" || SCENE_ROLES.includes(workspace.role.get())) return true;
  return t("refused.scene");
}

function mayComment(workspace: Workspace): true | string {
  if (workspace.session.get() === null) return t("refused.noConnection");
  if (SCENE_ROLES.includes(workspace.role.get())) return true;
  return t("refused.chat");
}

const needsSession = (workspace: Workspace): true | string =>
  workspace.session.get() === null ? t("refused.noSession") : true;

function define<Args>(
  title: string,
  scope: Scope,
  parse: (raw: Fields) => Args,
  allowed: (workspace: Workspace) => true | string = scope === "scene" ? mayShareScene : always,
): Command<Args> {
  return { title, scope, parse: (args) => parse(fields(args)), allowed };
}

const someRanges = (raw: Fields): { ranges: RangeSet } => ({ ranges: ranges(raw["ranges"]) });

/** Every command. */
export const COMMANDS: { readonly [Id in CommandId]: Command<CommandArgs[Id]> } = {
  "selection.set": define(t("command.selection.set"), "personal", (raw) => ({
    ranges: ranges(raw["ranges"]),
    mode: oneOf(raw["mode"] ?? "replace", ["replace", "add", "remove", "toggle"] as const, "mode"),
  })),
  "selection.clear": define(t("command.selection.clear"), "personal", nothing),
  "selection.parent": define(t("command.selection.parent"), "personal", nothing),
  "selection.identical": define(t("command.selection.identical"), "personal", nothing),
  "visibility.hide": define(t("command.visibility.hide"), "scene", someRanges),
  "visibility.show": define(t("command.visibility.show"), "scene", someRanges),
  "visibility.isolate": define(t("command.visibility.isolate"), "scene", someRanges),
  "visibility.showAll": define(t("command.visibility.showAll"), "scene", nothing),
  "visibility.ghost": define(t("command.visibility.ghost"), "scene", someRanges),
  "section.add": define(t("command.section.add"), "scene", (raw) => ({
    ...(raw["axis"] === undefined
      ? {}
      : { axis: oneOf(raw["axis"], ["x", "y", "z"] as const, "axis") }),
    ...(raw["normal"] === undefined ? {} : { normal: unitVector(raw["normal"], "normal") }),
    ...(raw["offset_m"] === undefined ? {} : { offset_m: number(raw["offset_m"], "offset_m") }),
    ...(raw["name"] === undefined ? {} : { name: text(raw["name"], "name") }),
  })),
  "section.update": define(t("command.section.update"), "scene", (raw) => ({
    id: text(raw["id"], "id"),
    change: sectionChange(raw["change"]),
    ...preview(raw),
  })),
  "section.remove": define(t("command.section.remove"), "scene", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "section.clear": define(t("command.section.clear"), "scene", nothing),
  "section.activate": define(t("command.section.activate"), "personal", (raw) => ({
    id: raw["id"] === null ? null : text(raw["id"], "id"),
  })),
  "camera.fit": define(t("command.camera.fit"), "personal", (raw) =>
    raw["ranges"] === undefined ? {} : someRanges(raw),
  ),
  "camera.fitAll": define(t("command.camera.fitAll"), "personal", nothing),
  "camera.view": define(t("command.camera.view"), "personal", (raw) => ({
    name: oneOf(
      raw["name"],
      ["iso", "front", "back", "left", "right", "top", "bottom"] as const,
      "name",
    ),
  })),
  "camera.projection": define(t("command.camera.projection"), "personal", (raw) =>
    raw["projection"] === undefined
      ? {}
      : {
          projection: oneOf(
            raw["projection"],
            ["perspective", "orthographic"] as const,
            "projection",
          ),
        },
  ),
  "display.edges": define(t("command.display.edges"), "personal", (raw) =>
    raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") },
  ),
  "display.pmi": define(t("command.display.pmi"), "personal", (raw) =>
    raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") },
  ),
  "tool.set": define(t("command.tool.set"), "personal", (raw) => ({
    tool: oneOf(raw["tool"], ["select", "section", "measure"] as const, "tool"),
  })),
  "measure.add": define(t("command.measure.add"), "object", (raw) => ({
    from: measurePoint(raw["from"]),
    to: measurePoint(raw["to"]),
    exact: bool(raw["exact"], "exact"),
  })),
  "measure.remove": define(t("command.measure.remove"), "object", (raw) => ({
    id: text(raw["id"], "id"),
  })),
  "measure.clear": define(t("command.measure.clear"), "object", nothing),
  "explode.set": define(t("command.explode.set"), "scene", (raw) => ({
    amount: Math.min(1, Math.max(0, number(raw["amount"], "amount"))),
    ...preview(raw),
  })),
  "unit.set": define(t("command.unit.set"), "personal", (raw) => ({
    unit: oneOf(raw["unit"], ["mm", "cm", "m", "in", "ft"] as const, "unit"),
  })),
  "theme.set": define(t("command.theme.set"), "personal", (raw) => ({
    theme: oneOf(raw["theme"], ["light", "dark"] as const, "theme"),
  })),
  "session.follow": define(
    t("command.session.follow"),
    "personal",
    (raw) => ({ slot: raw["slot"] === null ? null : number(raw["slot"], "slot") }),
    needsSession,
  ),
  "session.goTo": define(
    t("command.session.goTo"),
    "personal",
    (raw) => ({ slot: number(raw["slot"], "slot") }),
    needsSession,
  ),
  "session.chat": define(
    t("command.session.chat"),
    "object",
    (raw) => ({ text: text(raw["text"], "text") }),
    mayComment,
  ),
  "xr.enter": define(t("command.xr.enter"), "personal", nothing),
  "xr.leave": define(t("command.xr.leave"), "personal", nothing),
  "ui.search": define(t("command.ui.search"), "personal", nothing),
  "ui.shortcuts": define(t("command.ui.shortcuts"), "personal", nothing),
  "ui.chrome": define(t("command.ui.chrome"), "personal", nothing),
  "ui.chat": define(t("command.ui.chat"), "personal", nothing),
  "history.undo": define(t("command.history.undo"), "personal", nothing),
  "history.redo": define(t("command.history.redo"), "personal", nothing),
  escape: define(t("command.escape"), "personal", nothing),
  resume: define(t("command.resume"), "personal", nothing),
};

/** Arguments may be left out when all of them are optional. */
export type RunArgs<Id extends CommandId> = NoArgs extends CommandArgs[Id]
  ? [args?: CommandArgs[Id]]
  : [args: CommandArgs[Id]];

/** A command that was not run, and why. */
export interface Refusal {
  readonly id: CommandId;
  readonly reason: string;
}

/** What is on the undo stack. */
export interface Step {
  readonly id: CommandId;
  readonly title: string;
}

interface Done extends Step {
  undo(): void;
  redo(): void;
}

type Performers = { [Id in CommandId]?: (args: CommandArgs[Id]) => Inverse | undefined };

// 200: a review's worth of steps; each holds two range sets at most.
const UNDO_LIMIT = 200;

/** Runs commands and remembers the way back. */
export class Commands {
  private readonly workspace: Workspace;
  private readonly performers: Performers = {};
  private readonly undoStore = new Store<readonly Done[]>([]);
  private readonly redoStore = new Store<readonly Done[]>([]);
  private readonly canUndoStore = new Store(false);
  private readonly canRedoStore = new Store(false);
  private readonly refusedStore = new Store<Refusal | null>(null);
  /** The steps that can be undone, oldest first. */
  readonly history: Readable<readonly Step[]> = this.undoStore;
  readonly canUndo: Readable<boolean> = this.canUndoStore;
  readonly canRedo: Readable<boolean> = this.canRedoStore;
  /** The last command that was not allowed. */
  readonly refused: Readable<Refusal | null> = this.refusedStore;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.undoStore.subscribe((done) => this.canUndoStore.set(done.length > 0));
    this.redoStore.subscribe((undone) => this.canRedoStore.set(undone.length > 0));
    this.register("history.undo", () => this.undo());
    this.register("history.redo", () => this.redo());
  }

  /**
   * Says who performs a command; the last one registered wins. What `perform` returns is the way
   * back, or nothing when there is none. Returns the way to unregister.
   */
  register<Id extends CommandId>(
    id: Id,
    // A performer without a way back returns nothing at all: void, not undefined, lets it be an arrow.
    perform: (args: CommandArgs[Id]) => Inverse | void,
  ): () => void {
    const performers: { [K in Id]?: (args: CommandArgs[K]) => Inverse | undefined } =
      this.performers;
    const entry = (args: CommandArgs[Id]): Inverse | undefined => perform(args) ?? undefined;
    performers[id] = entry;
    return () => {
      if (performers[id] === entry) delete performers[id];
    };
  }

  /** Whether somebody performs this command. */
  has(id: CommandId): boolean {
    return this.performers[id] !== undefined;
  }

  /** Runs a command; false when it is not allowed or nobody performs it here. */
  run<Id extends CommandId>(id: Id, ...[args]: RunArgs<Id>): boolean {
    const command: Command<CommandArgs[Id]> = COMMANDS[id];
    const perform: ((args: CommandArgs[Id]) => Inverse | undefined) | undefined =
      this.performers[id];
    if (!perform) return false;
    const allowed = command.allowed(this.workspace);
    if (allowed !== true) {
      this.refusedStore.set({ id, reason: allowed });
      return false;
    }
    const parsed = command.parse(args);
    const inverse = perform(parsed);
    if (inverse) {
      const step =
        typeof inverse === "function"
          ? { undo: inverse, redo: (): void => void perform(parsed) }
          : inverse;
      this.undoStore.update((done) =>
        [...done, { id, title: command.title, undo: step.undo, redo: step.redo }].slice(
          -UNDO_LIMIT,
        ),
      );
      this.redoStore.set([]);
    }
    return true;
  }

  undo(): void {
    const step = this.undoStore.get().at(-1);
    if (!step) return;
    this.undoStore.update((done) => done.slice(0, -1));
    step.undo();
    this.redoStore.update((undone) => [...undone, step]);
  }

  redo(): void {
    const step = this.redoStore.get().at(-1);
    if (!step) return;
    this.redoStore.update((undone) => undone.slice(0, -1));
    step.redo();
    this.undoStore.update((done) => [...done, step]);
  }

  /** Forgets the way back: the scene was replaced, by joining, leaving or opening. */
  clearHistory(): void {
    this.undoStore.set([]);
    this.redoStore.set([]);
  }
}
