/**
 * Everything a person can do, as data. Toolbar, shortcut, context menu and VR menu all call
 * `run(id, args)`; who performs a command is registered by `main`; one undo stack per person.
 */

import { ATTENDING_COMMANDS, type AttendingArgs } from "./commands/attending";
import { CAMERA_COMMANDS, type CameraArgs } from "./commands/camera";
import { COLOUR_COMMANDS, type ColourArgs } from "./commands/colour";
import { CONDUCT_COMMANDS, type ConductArgs } from "./commands/conduct";
import { DESK_COMMANDS, type DeskArgs } from "./commands/desk";
import { DISPLAY_COMMANDS, type DisplayArgs } from "./commands/display";
import { EXPLODE_COMMANDS, type ExplodeArgs } from "./commands/explode";
import { GRAPHICS_COMMANDS, type GraphicsArgs } from "./commands/graphics";
import { HAND_TOOLS_COMMANDS, type HandToolsArgs } from "./commands/hand_tools";
import { COMPARING_COMMANDS, type ComparingArgs } from "./commands/comparing";
import { ISSUES_COMMANDS, type IssuesArgs } from "./commands/issues";
import { LAYER_PARTS_COMMANDS, type LayerPartsArgs } from "./commands/layer_parts";
import { MARKS_COMMANDS, type MarksArgs } from "./commands/marks";
import { MEASURES_COMMANDS, type MeasuresArgs } from "./commands/measures";
import { NUMBERS_COMMANDS, type NumbersArgs } from "./commands/numbers";
import { NAVIGATION_COMMANDS, type NavigationArgs } from "./commands/navigation";
import { NOTES_COMMANDS, type NotesArgs } from "./commands/notes";
import { ROOM_PANELS_COMMANDS, type RoomPanelsArgs } from "./commands/panels_in_room";
import { PICTURE_COMMANDS, type PictureArgs } from "./commands/picture";
import { SEATING_COMMANDS, type SeatingArgs } from "./commands/seating";
import { SECTIONS_COMMANDS, type SectionsArgs } from "./commands/sections";
import { SELECTION_COMMANDS, type SelectionArgs } from "./commands/selection";
import { SESSION_COMMANDS, type SessionArgs } from "./commands/session";
import { VIEWS_COMMANDS, type ViewsArgs } from "./commands/views";
import { TABLE_COMMANDS, type TableArgs } from "./commands/table";
import { VOICE_COMMANDS, type VoiceArgs } from "./commands/voice";
import { VISIBILITY_COMMANDS, type VisibilityArgs } from "./commands/visibility";
import type { Command, NoArgs } from "./commands/define";
import { type Readable, Store } from "./store";
import type { Workspace } from "./workspace";

export { BadArguments } from "./commands/define";
export type { Command, NoArgs, Scope } from "./commands/define";
export type { SectionChange } from "./commands/sections";

/** The arguments of each command. `preview` marks a drag in progress: shown, but not yet undoable. */
export interface CommandArgs
  extends
    AttendingArgs,
    CameraArgs,
    ColourArgs,
    ComparingArgs,
    ConductArgs,
    DeskArgs,
    DisplayArgs,
    ExplodeArgs,
    GraphicsArgs,
    HandToolsArgs,
    IssuesArgs,
    LayerPartsArgs,
    MarksArgs,
    MeasuresArgs,
    NumbersArgs,
    NavigationArgs,
    NotesArgs,
    PictureArgs,
    RoomPanelsArgs,
    SeatingArgs,
    SectionsArgs,
    SelectionArgs,
    SessionArgs,
    ViewsArgs,
    TableArgs,
    VisibilityArgs,
    VoiceArgs {}

export type CommandId = keyof CommandArgs;

/** The way back of something done; `redo` is needed where running it again would not do the same. */
export type Inverse = (() => void) | { undo(): void; redo(): void };

/** Every command. */
export const COMMANDS: { readonly [Id in CommandId]: Command<CommandArgs[Id]> } = {
  ...ATTENDING_COMMANDS,
  ...CAMERA_COMMANDS,
  ...COLOUR_COMMANDS,
  ...COMPARING_COMMANDS,
  ...CONDUCT_COMMANDS,
  ...DESK_COMMANDS,
  ...DISPLAY_COMMANDS,
  ...EXPLODE_COMMANDS,
  ...GRAPHICS_COMMANDS,
  ...HAND_TOOLS_COMMANDS,
  ...ISSUES_COMMANDS,
  ...LAYER_PARTS_COMMANDS,
  ...MARKS_COMMANDS,
  ...MEASURES_COMMANDS,
  ...NUMBERS_COMMANDS,
  ...NAVIGATION_COMMANDS,
  ...NOTES_COMMANDS,
  ...PICTURE_COMMANDS,
  ...ROOM_PANELS_COMMANDS,
  ...SEATING_COMMANDS,
  ...SECTIONS_COMMANDS,
  ...SELECTION_COMMANDS,
  ...SESSION_COMMANDS,
  ...VIEWS_COMMANDS,
  ...TABLE_COMMANDS,
  ...VISIBILITY_COMMANDS,
  ...VOICE_COMMANDS,
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
  private guard: ((step: Step) => string | null) | null = null;
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
    this.register("history.undoAnyway", () => this.undoAnyway());
    this.register("history.keepTheirs", () => this.keepTheirs());
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

  /** Says before each undo who has changed the same since, or null; such a step is asked about. Returns the way to stop. */
  guardUndo(guard: (step: Step) => string | null): () => void {
    this.guard = guard;
    return () => {
      if (this.guard === guard) this.guard = null;
      this.workspace.undoQuestion.set(null);
    };
  }

  undo(): void {
    const step = this.undoStore.get().at(-1);
    if (!step) return;
    const name = this.guard?.(step) ?? null;
    if (name === null) this.undoAnyway();
    else this.workspace.undoQuestion.set({ title: step.title, name });
  }

  /** Undoes the last step, whoever changed the same since. */
  undoAnyway(): void {
    const step = this.undoStore.get().at(-1);
    this.workspace.undoQuestion.set(null);
    if (!step) return;
    this.undoStore.update((done) => done.slice(0, -1));
    step.undo();
    this.redoStore.update((undone) => [...undone, step]);
  }

  /** What the others made of it stays; the step is not asked about again. */
  keepTheirs(): void {
    if (this.workspace.undoQuestion.get() === null) return;
    this.workspace.undoQuestion.set(null);
    this.undoStore.update((done) => done.slice(0, -1));
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
    this.workspace.undoQuestion.set(null);
  }
}
