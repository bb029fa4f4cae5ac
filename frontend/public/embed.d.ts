/** Types of embed.js: `holotable-embed/1`, described in docs/embed.md. */

/** Metres, y up. */
export type Vec3 = readonly [number, number, number];

export interface Camera {
  readonly position: Vec3;
  readonly target: Vec3;
  readonly up?: Vec3;
  /** Of the whole height. */
  readonly fov_rad?: number;
  /** Height of the picture where it is orthographic, else null. */
  readonly ortho_height_m?: number | null;
}

export interface EmbedOptions {
  /** Where Holotable runs: `https://review.example.org`. */
  readonly server: string;
  /** Id of the asset. */
  readonly asset: string;
  /** Label or id of the revision. */
  readonly revision: string;
  /** Secret of a share link, what stands behind `/s/`; without it the frame needs a session of its own site. */
  readonly token?: string;
  /** What stands behind `#v=` in a copied link. */
  readonly viewpoint?: string;
  /** Label or id of an older revision to compare with. */
  readonly compare?: string;
  /** Id of a saved view. */
  readonly view?: string;
  /** Name of the frame for screen readers. */
  readonly title?: string;
  readonly timeout_ms?: number;
  /** Leave the frame, with its explanation, where nobody answers. */
  readonly keepFrame?: boolean;
}

export interface Selected {
  /** At most 1,000. */
  readonly ids: readonly string[];
  readonly count: number;
}

export interface ModelState {
  readonly loaded: boolean;
  readonly asset_id: string | null;
  readonly revision_id: string | null;
  readonly label: string | null;
  readonly parts: number;
  readonly visible: number;
  readonly selected: Selected;
}

/** How many parts were meant, and which ids this revision does not have. */
export interface Touched {
  readonly count: number;
  readonly unknown: readonly string[];
}

export interface Events {
  ready: { readonly protocol: string; readonly methods: readonly string[] };
  loaded: Pick<ModelState, "asset_id" | "revision_id" | "label" | "parts">;
  selection: Selected;
  hover: { readonly id: string | null };
  view: { readonly camera: Camera };
  visibility: { readonly visible: number };
  error: { readonly code: string; readonly message: string };
}

type Ids = { readonly ids: readonly string[] };
type Done = Promise<Record<string, never>>;

export interface Viewer {
  readonly frame: HTMLIFrameElement;
  on<Name extends keyof Events>(event: Name, listener: (data: Events[Name]) => void): () => void;
  close(): void;
  /** Any method by its name. */
  request(method: string, params?: object): Promise<unknown>;

  load(params: { asset: string; revision: string }): Promise<ModelState>;
  state(): Promise<ModelState>;
  find(params: { text: string }): Promise<{ parts: readonly { id: string; name: string }[] }>;
  isolate(params: Ids): Promise<Touched>;
  hide(params: Ids): Promise<Touched>;
  show(params: Ids): Promise<Touched>;
  showAll(): Done;
  /** Exactly these are seen through; an empty list ends it. */
  ghost(params: Ids): Promise<Touched>;
  select(params: Ids & { mode?: "replace" | "add" | "remove" | "toggle" }): Promise<Touched>;
  fit(params?: Ids): Promise<Touched | Record<string, never>>;
  view(params: { name: "iso" | "front" | "back" | "left" | "right" | "top" | "bottom" }): Done;
  /** colour: `#rrggbb`; of two groups with one part, the first has it. */
  colour(params: {
    title?: string;
    groups: readonly { ids: readonly string[]; colour: string; label?: string }[];
  }): Promise<Touched>;
  clearColours(): Done;
  section(params: { axis?: "x" | "y" | "z"; normal?: Vec3; offset_m?: number }): Done;
  clearSections(): Done;
  /** 0 to 1. */
  explode(params: { amount: number }): Done;
  getCamera(): Promise<Required<Camera>>;
  setCamera(params: { camera: Camera; animate?: boolean }): Done;
  /** `holotable-viewpoint/1`, docs/formats/viewpoint.md. */
  getViewpoint(): Promise<object>;
  setViewpoint(params: { viewpoint: object }): Done;
  undo(): Done;
  screenshot(params?: { scale?: number; transparent?: boolean }): Promise<{ picture: Blob }>;
}

export class HolotableError extends Error {
  readonly code: string;
}

export function embed(container: Element, options: EmbedOptions): Promise<Viewer>;
export function connect(
  frame: HTMLIFrameElement,
  options?: Pick<EmbedOptions, "timeout_ms">,
): Promise<Viewer>;
