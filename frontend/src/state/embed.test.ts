import { beforeEach, describe, expect, it } from "vitest";
import words from "../../../docs/embed.md?raw";
import types from "../../public/embed.d.ts?raw";
import client from "../../public/embed.js?raw";
import { Commands } from "./commands";
import { type EmbedHost, EMBED_METHODS, EmbedRefused, answer } from "./embed";
import { performOnWorkspace } from "./perform";
import { anyScene, randomly, workspaceWith } from "./viewpoint.test-data";
import { capture, compact } from "./viewpoint";
import { localise } from "./viewpoint_parts";
import type { Workspace } from "./workspace";

function hostOf(workspace: Workspace): EmbedHost {
  const commands = new Commands(workspace);
  let made = 0;
  performOnWorkspace(workspace, commands, () => `id${(made += 1)}`);
  return {
    workspace,
    commands,
    load: () => Promise.reject(new Error("nothing else is here")),
    show: (viewpoint) => {
      const structure = workspace.structure.get();
      if (!structure) throw new Error("no model");
      const here = localise(viewpoint, structure, null).viewpoint;
      commands.run("view.apply", { viewpoint: here, view: null });
      return Promise.resolve();
    },
    screenshot: () => Promise.resolve("a picture"),
  };
}

let host: EmbedHost;
let workspace: Workspace;
beforeEach(() => {
  workspace = workspaceWith(100);
  host = hostOf(workspace);
});

async function refused(method: unknown, params?: unknown): Promise<string> {
  try {
    await answer(host, method, params);
  } catch (error) {
    if (error instanceof EmbedRefused) return error.code;
    throw error;
  }
  return "done";
}

describe("an embedding page", () => {
  it("names parts by stable ids, assemblies for all below them", async () => {
    // Rows: root, ten assemblies, then 100 parts.
    expect(await answer(host, "isolate", { ids: ["id-1"] })).toEqual({ count: 10, unknown: [] });
    expect(workspace.hidden.get().size).toBe(90);
    expect(workspace.isolated.get()).toBe(true);
    await answer(host, "showAll", {});
    expect(await answer(host, "hide", { ids: ["id-11", "gone"] })).toEqual({
      count: 1,
      unknown: ["gone"],
    });
    expect([...workspace.hidden.get()]).toEqual([0]);
    await answer(host, "undo", undefined);
    expect(workspace.hidden.get().isEmpty).toBe(true);
  });

  it("colours by id, the first group that names a part has it", async () => {
    const groups = [
      { ids: ["id-11"], colour: "#FF0000", label: "late" },
      { ids: ["id-1"], colour: "#00ff00" },
    ];
    expect(await answer(host, "colour", { title: "Status", groups })).toEqual({
      count: 10,
      unknown: [],
    });
    expect(
      workspace.colouring.get()?.groups.map(({ colour, ranges }) => [colour, ranges.size]),
    ).toEqual([
      ["#ff0000", 1],
      ["#00ff00", 9],
    ]);
  });

  it.each(randomly(25))(
    "gets any state as a viewpoint and sets it again, seed %i",
    async (seed) => {
      anyScene(workspace, seed);
      const seen = JSON.parse(JSON.stringify(await answer(host, "getViewpoint", {}))) as unknown;
      const other = workspaceWith(100);
      anyScene(other, seed + 999);
      await answer(hostOf(other), "setViewpoint", { viewpoint: seen });
      expect(capture(other)).toEqual(capture(workspace));
    },
  );

  it("moves the camera in absolute metres", async () => {
    const camera = { position: [1, 2, 3], target: [0, 0, 0] };
    await answer(host, "setCamera", { camera });
    expect(await answer(host, "getCamera", {})).toMatchObject({ ...camera, up: [0, 1, 0] });
  });

  it("asks for the state and finds parts by name", async () => {
    await answer(host, "select", { ids: ["id-12"] });
    expect(await answer(host, "state", {})).toMatchObject({
      loaded: true,
      parts: 100,
      visible: 99,
      selected: { ids: ["id-12"], count: 1 },
    });
    const found = await answer(host, "find", { text: "PART 7" });
    const { parts } = found as { parts: readonly { id: string; name: string }[] };
    expect(parts).toHaveLength(11);
    expect(parts[0]).toEqual({ id: "id-18", name: "part 7" });
  });

  it.each([
    ["launch", {}, "unknown_method"],
    ["toString", {}, "unknown_method"],
    ["__proto__", {}, "unknown_method"],
    [7, {}, "unknown_method"],
    ["hide", {}, "bad_arguments"],
    ["hide", { ids: "id-1" }, "bad_arguments"],
    ["hide", { ids: [1] }, "bad_arguments"],
    ["hide", { ids: ["x", "y"] }, "unknown_parts"],
    ["hide", "everything", "bad_arguments"],
    ["colour", { groups: [{ ids: ["id-1"], colour: "red" }] }, "bad_arguments"],
    ["view", { name: "above" }, "bad_arguments"],
    ["explode", { amount: "1" }, "bad_arguments"],
    ["setCamera", { camera: { position: [0, 0, 0], target: [0, 0, 0] } }, "bad_arguments"],
    ["setViewpoint", { viewpoint: { format: "holotable-viewpoint/9" } }, "bad_arguments"],
    ["section", { normal: [0, 0, 0] }, "bad_arguments"],
    ["load", { asset: 1 }, "bad_arguments"],
  ])("is told what is wrong with %j %j", async (method, params, code) => {
    const before = compact(capture(workspace), []);
    expect(await refused(method, params)).toBe(code);
    expect(compact(capture(workspace), [])).toEqual(before);
  });

  it("waits for the model", async () => {
    workspace.structure.set(null);
    expect(await refused("isolate", { ids: ["id-1"] })).toBe("not_loaded");
    expect(await answer(host, "state", {})).toMatchObject({ loaded: false, parts: 0 });
  });

  it("finds every method in the client file, its types and the documentation", () => {
    const listed = /"(state find[^;]*)";/.exec(client.replace(/" \+\s*"/g, ""))?.[1]?.split(" ");
    expect([...(listed ?? [])].sort()).toEqual([...EMBED_METHODS].sort());
    for (const method of EMBED_METHODS) {
      expect(types).toMatch(new RegExp(`\\n  ${method}\\(`));
      expect(words).toContain(`\`${method}\``);
    }
    expect(client.length).toBeLessThanOrEqual(5 * 1024);
  });
});
