/**
 * Every member of `holotable-viewpoint/1` comes back from an address, from the server and from an embedding page.
 * The members are read from the schema: one that is added fails here until the example says it and it comes back.
 */

import { describe, expect, it } from "vitest";
import document from "../../../../docs/formats/viewpoint-1.schema.json";
import words from "../../../../docs/formats/viewpoint.md?raw";
import vectors from "../../../../tests/vectors/viewpoint.json";
import { Commands } from "../../state/commands";
import { type EmbedHost, answer } from "../../state/embed";
import { performOnWorkspace } from "../../state/perform";
import { anyScene, workspaceWith } from "../../state/viewpoint.test-data";
import { type Viewpoint, capture, compact, readViewpoint } from "../../state/viewpoint";
import { localise } from "../../state/viewpoint_parts";
import type { Workspace } from "../../state/workspace";
import { decodeViewpoint, encodeViewpoint, readFragment } from "./link";

/** What of JSON Schema says which members there are. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}

const SCHEMA = document as unknown as Schema; // what JSON imports are typed as has every member of every definition
const EXAMPLE = "every member, none as usual";
/** Named in other words when they are shown: ids and single parts become the numbers of the model on the table. */
const OTHER_WORDS = ["Parts", "Occurrence"];
/** Members that are not of the picture, and why. */
const NOT_SEEN: Readonly<Record<string, string>> = {};

interface Member {
  // As `sections/planes/*/name`: a comment of the other kind would end there.
  readonly path: string;
  /** The definition that it belongs to; the viewpoint itself is `Viewpoint`. */
  readonly of: string;
  readonly usual: unknown;
}

/** Every member that a schema names, at any depth. */
function membersOf(schema: Schema, at = "", of = "Viewpoint"): Member[] {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    const definition = SCHEMA.$defs?.[name];
    if (!definition) throw new Error(`The schema has no ${name}.`);
    return OTHER_WORDS.includes(name) ? [] : membersOf(definition, at, name);
  }
  const found = (schema.anyOf ?? []).flatMap((choice) => membersOf(choice, at, of));
  if (schema.items) found.push(...membersOf(schema.items, `${at}/*`, of));
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const path = at === "" ? name : `${at}/${name}`;
    found.push({ path, of, usual: member.default }, ...membersOf(member, path, of));
  }
  return found;
}

/** What stands at a path, in every element of the lists on the way. */
function valuesAt(value: unknown, path: string): unknown[] {
  let found = [value];
  for (const step of path.split("/"))
    found = found.flatMap((one): unknown[] => {
      if (step === "*") return Array.isArray(one) ? one : [];
      if (typeof one !== "object" || one === null || !Object.hasOwn(one, step)) return [];
      return [Reflect.get(one, step)];
    });
  return found;
}

/** A workspace as a page has it; what is there already must not leak into what is shown. */
function desk(seed: number): EmbedHost {
  const workspace = workspaceWith(200);
  const commands = new Commands(workspace);
  performOnWorkspace(workspace, commands, () => "new");
  anyScene(workspace, seed);
  return {
    workspace,
    commands,
    load: () => Promise.reject(new Error("nothing else is here")),
    show: (viewpoint) => {
      put({ workspace, commands }, viewpoint);
      return Promise.resolve();
    },
    screenshot: () => Promise.resolve(null),
  };
}

function put(to: Pick<EmbedHost, "workspace" | "commands">, viewpoint: Viewpoint): void {
  const structure = to.workspace.structure.get();
  if (!structure) throw new Error("no model");
  const here = localise(viewpoint, structure, null).viewpoint;
  to.commands.run("view.apply", { viewpoint: here, view: null });
}

function seen(workspace: Workspace): Viewpoint {
  return compact(capture(workspace), workspace.structure.get()?.hiddenByFile.toJSON() ?? []);
}

/** As a message between windows, or a request, hands it over. */
function sent(value: unknown): unknown {
  return structuredClone(JSON.parse(JSON.stringify(value)));
}

const example = readViewpoint(
  vectors.valid.find(({ name }) => name === EXAMPLE)?.viewpoint ?? null,
);
const members = membersOf(SCHEMA);
const shown = members.filter(({ path }) => !(path in NOT_SEEN));

const WAYS: Readonly<Record<string, (from: EmbedHost, to: EmbedHost) => Promise<void>>> = {
  "an address": async (from, to) => {
    const text = await encodeViewpoint(seen(from.workspace));
    const fragment = readFragment(`#v=${text ?? ""}`);
    if (fragment.kind !== "inline") throw new Error("not an address");
    put(to, await decodeViewpoint(fragment.text));
  },
  // That the server answers what it was sent is held by tests/backend/web/test_viewpoints.py, on the same example.
  "a saved view": (from, to) => Promise.resolve(put(to, readViewpoint(sent(seen(from.workspace))))),
  "an embedding page": async (from, to) => {
    const viewpoint = sent(await answer(from, "getViewpoint", {}));
    await answer(to, "setViewpoint", { viewpoint });
  },
};

describe("every member of a viewpoint", () => {
  it.each(shown)("has its say in the example: $path", ({ path, usual }) => {
    const values = valuesAt(example, path);
    expect(values.filter((value) => value !== null)).not.toEqual([]);
    if (usual !== undefined) expect(values.some((value) => differs(value, usual))).toBe(true);
  });

  it("can be put on the screen", () => {
    const { workspace, commands } = desk(1);
    put({ workspace, commands }, example);
    expect(sent(capture(workspace))).toEqual(example);
  });

  describe.each(Object.entries(WAYS))("comes back from %s", async (_name, go) => {
    const [from, to] = [desk(2), desk(3)];
    put(from, example);
    await go(from, to);
    const now = sent(capture(to.workspace));
    it.each(shown)("$path", ({ path }) => {
      expect(valuesAt(now, path)).toEqual(valuesAt(example, path));
    });

    it("and nothing else does", () => {
      expect(now).toEqual(example);
    });
  });

  it("stands in the table of the documentation", () => {
    const rows = [...words.matchAll(/^\| `(\w+)` \| (`.*`) \| yes \| yes \| yes \|$/gm)];
    const written = rows.flatMap(([, of = "", names = ""]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => `${of}.${name}`),
    );
    const meant = shown.map(({ path, of }) => `${of}.${path.split("/").pop() ?? ""}`);
    expect([...written].sort()).toEqual([...new Set(meant)].sort());
  });
});

function differs(value: unknown, usual: unknown): boolean {
  return JSON.stringify(value) !== JSON.stringify(usual);
}
