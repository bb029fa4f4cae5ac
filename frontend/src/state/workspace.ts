/**
 * Everything the viewer shows, as stores. The network writes it, the scene draws it, a tool or
 * panel changes it only by a command (`commands.ts`).
 */

import { type Attending, createAttending } from "./areas/attending";
import { type ColouringState, createColouring, resetColouring } from "./areas/colouring";
import { type ComparingState, createComparing } from "./areas/comparing";
import { type Conducting, createConducting } from "./areas/conducting";
import { type Displaying, createDisplaying } from "./areas/displaying";
import { type Noting, createNoting, resetNoting } from "./areas/noting";
import { type RoomPanels, createRoomPanels } from "./areas/panels_in_room";
import { type Picturing, createPicturing } from "./areas/picturing";
import { type Exploding, createExploding, resetExploding } from "./areas/exploding";
import { type Marking, createMarking, resetMarking } from "./areas/marking";
import { type HandTooling, createHandTooling } from "./areas/hand_tools";
import { type Issuing, createIssuing, resetIssuing } from "./areas/issues";
import { type LayerParting, createLayerParting, resetLayerParting } from "./areas/layer_parts";
import { type Measuring, createMeasuring, resetMeasuring } from "./areas/measuring";
import { type Navigating, createNavigating, resetNavigating } from "./areas/navigating";
import { type Numbering, createNumbering } from "./areas/numbers";
import { type Owning, createOwning } from "./areas/owning";
import { type Recording, createRecording } from "./areas/recording";
import { type Rendering, createRendering } from "./areas/rendering";
import { type Replaying, createReplaying } from "./areas/replaying";
import { type Seating, createSeating } from "./areas/seating";
import { type Sectioning, createSectioning, resetSectioning } from "./areas/sectioning";
import { type Selecting, createSelecting, resetSelecting } from "./areas/selecting";
import { type Showing, createShowing, resetShowing } from "./areas/showing";
import { type Voicing, createVoicing } from "./areas/voicing";
import { type Viewing, createViewing, resetViewing } from "./areas/viewing";
import { type Seeing, createSeeing } from "./areas/seeing";
import { type Tabling, createTabling, resetTabling } from "./areas/table";
import type { Bounds, Manifest, Structure, Vec3 } from "./model";
import type { Correction } from "./placement";
import { Store } from "./store";

export type { Display } from "./areas/displaying";
export type { MeasurePoint, Measurement, SnapKind } from "./areas/measuring";
export type { Section, SectionBox } from "./areas/sectioning";
export type { DisplayUnit } from "./units";

/** Metres relative to `manifest.origin`, y up. */
export interface CameraPose {
  readonly position: Vec3;
  readonly target: Vec3;
  readonly up: Vec3;
  /** Vertical field of view. */
  readonly fov_rad: number;
  /** Height of the picture when orthographic, else null. */
  readonly ortho_height_m: number | null;
}

export type Theme = "light" | "dark";
export type ToolName = "select" | "section" | "measure" | "draw" | "place" | "pin";
export type ViewName = "iso" | "front" | "back" | "left" | "right" | "top" | "bottom";
export type Role = "owner" | "editor" | "reviewer" | "viewer" | "guest_live" | "guest_view";

/** How far the package has arrived. */
export interface Loading {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly parts: number;
  readonly totalParts: number;
  /** Finest level shown so far, 0 is the finest; null before the first picture. */
  readonly level: number | null;
  readonly done: boolean;
}

/** What a person does besides pointing; each key may be missing. */
export interface PersonStatus {
  readonly selection?: {
    readonly revision_id: string;
    readonly ranges: readonly (readonly [number, number])[];
  } | null;
  readonly following?: number | null;
  readonly tool?: string;
  readonly device?: string;
  readonly away?: boolean;
  readonly hand?: boolean;
  /** Place of the raised hand in the queue. */
  readonly hand_rank?: number | null;
  /** Wears the headset right now. */
  readonly in_xr?: boolean;
  /** The headset they wear, as people call it. */
  readonly xr_device?: string | null;
  /** Where they write an issue or a comment; point: absolute metres, y up, unexploded. */
  readonly writing?: {
    readonly revision_id: string;
    readonly kind: "issue" | "comment";
    readonly occurrence: number | null;
    readonly point: Vec3;
  } | null;
  /** In a recording: had not said that they go on, so nothing of them was kept. */
  readonly unrecorded?: boolean | null;
  /** null: not in voice. */
  readonly voice?: "muted" | "open" | null;
  /** The host closed their microphone. */
  readonly silenced?: boolean;
}

/** One participant, as the room tells it, and whether it is this client. */
export interface Person {
  readonly slot: number;
  readonly principal_id: string;
  readonly name: string;
  /** 0 to 7, index into the people colours. */
  readonly colour: number;
  /** 0 to 5: disc, diamond, triangle, square, pentagon, cross. */
  readonly shape: number;
  readonly role: string;
  readonly session_role: string;
  readonly device: string;
  readonly guest: boolean;
  readonly status: PersonStatus;
  readonly mine: boolean;
  /** The connection was lost; hollow for 30 s, then they have left (UX.md §3.2). */
  readonly lost?: boolean;
}

/** One line of chat. */
export interface ChatMessage {
  /** Number in the log; null while it is on its way. */
  readonly seq: number | null;
  readonly text: string;
  readonly name: string;
  readonly slot: number | null;
  /** ISO time, UTC. */
  readonly at: string;
  readonly mine: boolean;
}

/** The live connection in the words the user reads (UX.md §3.7). */
export interface ConnectionState {
  readonly kind:
    "none" | "connecting" | "connected" | "unstable" | "reconnecting" | "offline" | "ended";
  /** Round trip, milliseconds; null while unknown. */
  readonly latency_ms: number | null;
  /** Unix milliseconds since when `kind` holds. */
  readonly since_ms: number;
  /** Changes kept here until the connection is back. */
  readonly unsent: number;
  /** Why it ended, a stable code. */
  readonly reason: string | null;
}

/** The session that this workspace takes part in; the table is a revision's implicit presence room. */
export interface SessionInfo {
  readonly id: string;
  readonly kind: "table" | "session";
  readonly name: string;
  /** Six digits, null at the table. */
  readonly code: string | null;
  readonly joinUrl: string | null;
  readonly startedAt: string | null;
}

/** Whose camera mine follows. */
export interface Following {
  readonly slot: number;
  /** I moved the camera myself; Enter resumes. */
  readonly paused: boolean;
}

/** What is on the table. */
export interface RevisionRef {
  readonly projectId: string;
  readonly projectName: string;
  readonly assetId: string;
  readonly assetName: string;
  readonly revisionId: string;
  readonly label: string;
  /** What somebody corrected of the file's unit and axis. */
  readonly correction: Correction | null;
}

/** Why VR can or cannot be entered right now (UX.md §4.1). */
export interface XrState {
  readonly kind:
    | "checking"
    | "ready"
    | "no-device"
    | "insecure"
    | "blocked"
    | "unsupported"
    | "loading"
    | "active";
  /** 0 to 1 while loading. */
  readonly fraction: number;
  /** Seeing the model in the room (immersive-ar) is possible, too. */
  readonly ar?: boolean;
}

/** What the frame loop measured, at most twice a second. */
export interface FrameStats {
  readonly fps: number;
  readonly triangles: number;
  readonly drawCalls: number;
}

/** Something that happened, said once to eyes and screen readers. */
export interface Announcement {
  readonly id: number;
  readonly text: string;
  /** Interrupts a screen reader: recording, removal, connection. */
  readonly assertive: boolean;
  /** What somebody else did: screen readers hear it a little later, with what else happens (`spoken.ts`). */
  readonly others: boolean;
  /** Whose doing, for the colour. */
  readonly slot: number | null;
}

/** A failure that takes the picture away. */
export interface ViewerProblem {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  /** What can be done about it here; left out: reload the page. */
  readonly ways?: readonly ("restore" | "lower" | "reload")[];
}

/** All state of one viewer page. */
export interface Workspace
  extends
    ColouringState,
    ComparingState,
    Conducting,
    Displaying,
    Exploding,
    HandTooling,
    Issuing,
    LayerParting,
    Marking,
    Measuring,
    Numbering,
    Owning,
    Navigating,
    Noting,
    Picturing,
    RoomPanels,
    Rendering,
    Seating,
    Sectioning,
    Seeing,
    Selecting,
    Showing,
    Tabling,
    Attending,
    Recording,
    Replaying,
    Viewing,
    Voicing {
  // What is on the table.
  readonly revision: Store<RevisionRef | null>;
  readonly manifest: Store<Manifest | null>;
  readonly structure: Store<Structure | null>;
  readonly loading: Store<Loading>;
  readonly problem: Store<ViewerProblem | null>;

  // Scene state: mine alone, or the room's while I am in a session.
  /** Key of shared state that is being dragged here, `section/<id>` or `explode`: changes are previews. */
  readonly dragging: Store<string | null>;
  /** Keys that someone else drags right now → their slot. */
  readonly holds: Store<ReadonlyMap<string, number>>;

  // Personal state.
  /** Occurrence under the pointer. */
  readonly hover: Store<number | null>;
  /** Absolute metres, y up, of the surface under the pointer. */
  readonly pointerPosition: Store<Vec3 | null>;
  readonly tool: Store<ToolName>;
  readonly camera: Store<CameraPose>;
  readonly theme: Store<Theme>;
  readonly reducedMotion: Store<boolean>;
  readonly frame: Store<FrameStats>;
  readonly xr: Store<XrState>;

  // People.
  readonly role: Store<Role>;
  readonly session: Store<SessionInfo | null>;
  /** Everyone in the room, me included (`mine`). */
  readonly people: Store<readonly Person[]>;
  readonly following: Store<Following | null>;
  /** In a session: what I show is mine alone, until I rejoin. */
  readonly myView: Store<boolean>;
  readonly chat: Store<readonly ChatMessage[]>;
  readonly connection: Store<ConnectionState>;
  readonly announcement: Store<Announcement | null>;
  /** The last fifty of them, newest first. */
  readonly announced: Store<readonly Announcement[]>;

  /** Puts a revision on the table: scene and selection start as the file says. */
  open(manifest: Manifest, structure: Structure): void;
  /** Says something once; polite unless told otherwise. */
  announce(
    text: string,
    options?: { assertive?: boolean; others?: boolean; slot?: number | null },
  ): void;
}

const MOST_ANNOUNCED = 50;

export const NOTHING_LOADED: Loading = {
  bytes: 0,
  totalBytes: 0,
  parts: 0,
  totalParts: 0,
  level: null,
  done: false,
};

export const NOT_CONNECTED: ConnectionState = {
  kind: "none",
  latency_ms: null,
  since_ms: 0,
  unsent: 0,
  reason: null,
};

/** A workspace with nothing on the table. */
export function createWorkspace(): Workspace {
  let announcements = 0;
  const workspace: Workspace = {
    ...createAttending(),
    ...createColouring(),
    ...createComparing(),
    ...createConducting(),
    ...createDisplaying(),
    ...createExploding(),
    ...createHandTooling(),
    ...createIssuing(),
    ...createLayerParting(),
    ...createMarking(),
    ...createMeasuring(),
    ...createNumbering(),
    ...createOwning(),
    ...createNavigating(),
    ...createNoting(),
    ...createPicturing(),
    ...createRoomPanels(),
    ...createRendering(),
    ...createSeating(),
    ...createSectioning(),
    ...createSeeing(),
    ...createSelecting(),
    ...createShowing(),
    ...createTabling(),
    ...createRecording(),
    ...createReplaying(),
    ...createViewing(),
    ...createVoicing(),
    revision: new Store<RevisionRef | null>(null),
    manifest: new Store<Manifest | null>(null),
    structure: new Store<Structure | null>(null),
    loading: new Store(NOTHING_LOADED),
    problem: new Store<ViewerProblem | null>(null),
    dragging: new Store<string | null>(null),
    holds: new Store<ReadonlyMap<string, number>>(new Map()),
    hover: new Store<number | null>(null),
    pointerPosition: new Store<Vec3 | null>(null),
    tool: new Store<ToolName>("select"),
    camera: new Store<CameraPose>({
      position: [1, 1, 1],
      target: [0, 0, 0],
      up: [0, 1, 0],
      fov_rad: Math.PI / 4,
      ortho_height_m: null,
    }),
    theme: new Store<Theme>("light"),
    reducedMotion: new Store(false),
    frame: new Store<FrameStats>({ fps: 0, triangles: 0, drawCalls: 0 }),
    xr: new Store<XrState>({ kind: "checking", fraction: 0 }),
    role: new Store<Role>("viewer"),
    session: new Store<SessionInfo | null>(null),
    people: new Store<readonly Person[]>([]),
    following: new Store<Following | null>(null),
    myView: new Store(false),
    chat: new Store<readonly ChatMessage[]>([]),
    connection: new Store(NOT_CONNECTED),
    announcement: new Store<Announcement | null>(null),
    announced: new Store<readonly Announcement[]>([]),
    open(manifest, structure) {
      resetSelecting(workspace);
      workspace.hover.set(null);
      resetShowing(workspace, structure);
      resetColouring(workspace);
      resetExploding(workspace);
      resetIssuing(workspace);
      resetMarking(workspace);
      resetTabling(workspace);
      resetLayerParting(workspace);
      resetNoting(workspace);
      resetMeasuring(workspace);
      resetNavigating(workspace);
      resetSectioning(workspace);
      resetViewing(workspace);
      workspace.manifest.set(manifest);
      workspace.structure.set(structure);
    },
    announce(text, options = {}) {
      announcements += 1;
      const news: Announcement = {
        id: announcements,
        text,
        assertive: options.assertive ?? false,
        others: options.others ?? false,
        slot: options.slot ?? null,
      };
      workspace.announced.update((earlier) => [news, ...earlier].slice(0, MOST_ANNOUNCED));
      workspace.announcement.set(news);
    },
  };
  return workspace;
}

/** Centre of a box, metres. */
export function centre(bounds: Bounds): Vec3 {
  return [
    (bounds.min[0] + bounds.max[0]) / 2,
    (bounds.min[1] + bounds.max[1]) / 2,
    (bounds.min[2] + bounds.max[2]) / 2,
  ];
}

/** Length of a box's diagonal, metres. */
export function diagonal(bounds: Bounds): number {
  return Math.hypot(
    bounds.max[0] - bounds.min[0],
    bounds.max[1] - bounds.min[1],
    bounds.max[2] - bounds.min[2],
  );
}
