/**
 * `holotable-embed/1`: what a page that frames the viewer may ask, as plain data (docs/embed.md). Every request ends
 * in a command, read by the command's own `parse`; parts are named by their stable ids.
 */

import { BadArguments, COMMANDS, type CommandId, type Commands } from "./commands";
import { fields, number, text } from "./commands/define";
import { RangeSet } from "./ranges";
import { capture, compact, originOf, readViewpoint, ViewpointRefused, toCamera } from "./viewpoint";
import { byId } from "./viewpoint_parts";
import type { Structure } from "./model";
import type { Workspace } from "./workspace";

export const EMBED = "holotable-embed/1";

/** What the page around the workspace does for a request. */
export interface EmbedHost {
  readonly workspace: Workspace;
  readonly commands: Commands;
  /** Puts another revision on the table; resolves to its host when it is there. */
  load(asset: string, revision: string): Promise<EmbedHost>;
  /** Shows a viewpoint, from whichever revision of the asset it is. */
  show(viewpoint: ReturnType<typeof readViewpoint>): Promise<void>;
  /** A PNG. */
  screenshot(options: { scale: number; transparent: boolean }): Promise<unknown>;
}

/** Why a request was not done. */
export class EmbedRefused extends Error {
  override readonly name = "EmbedRefused";
  readonly code: EmbedCode;

  constructor(code: EmbedCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type EmbedCode =
  "unknown_method" | "bad_arguments" | "unknown_parts" | "not_loaded" | "refused" | "failed";

const MOST_IDS = 100_000;
/** Ids in one event or answer. */
export const MOST_ANSWERED = 1_000;

type Method = (host: EmbedHost, params: Readonly<Record<string, unknown>>) => unknown;

/** What is done for each method; what they return is the result. */
const METHODS: Readonly<Record<string, Method>> = {
  load: async (host, params) => {
    const asset = text(params["asset"], "asset");
    return stateOf(await host.load(asset, text(params["revision"], "revision")));
  },
  state: (host) => stateOf(host),
  find: ({ workspace }, params) => find(loaded(workspace), text(params["text"], "text")),
  isolate: (host, params) => onParts(host, params, "visibility.isolate"),
  hide: (host, params) => onParts(host, params, "visibility.hide"),
  show: (host, params) => onParts(host, params, "visibility.show"),
  showAll: (host) => run(host, "visibility.showAll", {}),
  ghost: (host, params) => onParts(host, params, "visibility.ghost"),
  select: (host, params) =>
    onParts(host, params, "selection.set", { mode: params["mode"] ?? "replace" }),
  fit: (host, params) =>
    params["ids"] === undefined
      ? run(host, "camera.fitAll", {})
      : onParts(host, params, "camera.fit"),
  view: (host, params) => run(host, "camera.view", params),
  colour: (host, params) => colour(host, params),
  clearColours: (host) => run(host, "colour.clear", {}),
  section: (host, params) => run(host, "section.add", params),
  clearSections: (host) => run(host, "section.clear", {}),
  explode: (host, params) => run(host, "explode.set", { amount: params["amount"] }),
  getCamera: ({ workspace }) => toCamera(workspace.camera.get(), originOf(workspace)),
  setCamera: (host, params) => run(host, "view.camera", params),
  getViewpoint: ({ workspace }) => {
    const hidden = loaded(workspace).hiddenByFile.toJSON();
    return compact(capture(workspace), hidden);
  },
  setViewpoint: async (host, params) => {
    loaded(host.workspace);
    await host.show(readViewpoint(params["viewpoint"]));
    return {};
  },
  undo: (host) => run(host, "history.undo", {}),
  screenshot: async (host, params) => {
    const scale = params["scale"] === undefined ? 1 : number(params["scale"], "scale");
    const transparent = params["transparent"] === true;
    const picture = await host.screenshot({
      scale: Math.min(4, Math.max(0.1, scale)),
      transparent,
    });
    return { picture };
  },
};

/** The names of all methods. */
export const EMBED_METHODS: readonly string[] = Object.keys(METHODS);

/** Does what was asked. @throws EmbedRefused */
export async function answer(host: EmbedHost, method: unknown, params: unknown): Promise<unknown> {
  const perform =
    typeof method === "string" && Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (!perform)
    throw new EmbedRefused(
      "unknown_method",
      `There is no method ${String(method).slice(0, 40)}; there are ${EMBED_METHODS.join(", ")}.`,
    );
  try {
    return await perform(host, fields(params));
  } catch (error) {
    if (error instanceof EmbedRefused) throw error;
    if (error instanceof BadArguments) throw new EmbedRefused("bad_arguments", error.message);
    if (error instanceof ViewpointRefused)
      throw new EmbedRefused("bad_arguments", `viewpoint: ${error.message}`);
    throw new EmbedRefused("failed", error instanceof Error ? error.message : String(error));
  }
}

/** The stable ids of occurrences, at most `MOST_ANSWERED`, and how many there are. */
export function idsOf(
  structure: Structure,
  occurrences: RangeSet,
): { readonly ids: readonly string[]; readonly count: number } {
  const ids: string[] = [];
  for (const occurrence of occurrences) {
    if (ids.length === MOST_ANSWERED) break;
    ids.push(structure.id(structure.rowOfOccurrence(occurrence)));
  }
  return { ids, count: occurrences.size };
}

/** Runs a command on untyped arguments. */
function run(host: EmbedHost, id: CommandId, raw: unknown): object {
  loaded(host.workspace);
  const refusal = host.commands.refused.get();
  // `never`: the command's own `parse` makes its arguments out of whatever was sent.
  const done = host.commands.run(id, COMMANDS[id].parse(raw) as never);
  if (done) return {};
  const now = host.commands.refused.get();
  throw new EmbedRefused(
    "refused",
    now !== null && now !== refusal ? now.reason : "This cannot be done here.",
  );
}

function onParts(
  host: EmbedHost,
  params: Readonly<Record<string, unknown>>,
  id: CommandId,
  more: object = {},
): object {
  const { ranges, unknown } = partsOf(loaded(host.workspace), params["ids"]);
  run(host, id, { ...more, ranges });
  return { count: ranges.size, unknown };
}

function colour(host: EmbedHost, params: Readonly<Record<string, unknown>>): object {
  const structure = loaded(host.workspace);
  const listed = params["groups"];
  if (!Array.isArray(listed)) throw new BadArguments("groups must be a list of {ids, colour}.");
  const unknown: string[] = [];
  let taken = RangeSet.empty;
  const groups = listed.map((group: unknown, index) => {
    const said = fields(group);
    const found = partsOf(structure, said["ids"]);
    unknown.push(...found.unknown);
    // Groups do not overlap: the first one that names a part has it.
    const ranges = found.ranges.minus(taken);
    taken = taken.union(ranges);
    return { label: said["label"] ?? `${index + 1}`, colour: said["colour"], ranges };
  });
  for (const { colour: named } of groups)
    if (typeof named !== "string" || !/^#[0-9a-f]{6}$/i.test(named))
      throw new BadArguments("colour must be #rrggbb.");
  const title = params["title"] ?? "Colours";
  run(host, "colour.set", { colouring: { title, property: null, groups } });
  return { count: taken.size, unknown: unknown.slice(0, MOST_ANSWERED) };
}

/** Occurrences of stable ids, an assembly's for all below it, and the ids that nothing has. */
function partsOf(
  structure: Structure,
  value: unknown,
): { readonly ranges: RangeSet; readonly unknown: readonly string[] } {
  if (!Array.isArray(value) || value.length > MOST_IDS)
    throw new BadArguments(`ids must be a list of at most ${MOST_IDS} texts.`);
  const ids = value.map((id: unknown) => text(id, "id"));
  const unknown = ids.filter((id) => structure.rowOfId(id) < 0);
  if (ids.length > 0 && unknown.length === ids.length)
    throw new EmbedRefused(
      "unknown_parts",
      `This revision has none of these parts: ${unknown.slice(0, 5).join(", ")}.`,
    );
  return { ranges: byId(structure, { ids }), unknown: unknown.slice(0, MOST_ANSWERED) };
}

/** Rows whose name contains a text. */
function find(structure: Structure, wanted: string): object {
  const folded = wanted.trim().toLowerCase();
  const parts: { id: string; name: string }[] = [];
  for (let row = 0; row < structure.count && parts.length < MOST_ANSWERED; row += 1)
    if (structure.name(row).toLowerCase().includes(folded))
      parts.push({ id: structure.id(row), name: structure.name(row) });
  return { parts };
}

function stateOf({ workspace }: EmbedHost): object {
  const structure = workspace.structure.get();
  const revision = workspace.revision.get();
  return {
    loaded: structure !== null,
    asset_id: revision?.assetId ?? null,
    revision_id: revision?.revisionId ?? null,
    label: revision?.label ?? null,
    parts: structure?.occurrenceCount ?? 0,
    visible: (structure?.occurrenceCount ?? 0) - workspace.hidden.get().size,
    selected: structure ? idsOf(structure, workspace.selection.get()) : { ids: [], count: 0 },
  };
}

function loaded(workspace: Workspace): Structure {
  const structure = workspace.structure.get();
  if (!structure) throw new EmbedRefused("not_loaded", "The model is still loading.");
  return structure;
}
