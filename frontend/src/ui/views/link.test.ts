import { describe, expect, it } from "vitest";
import vectors from "../../../../tests/vectors/viewpoint.json";
import { type Viewpoint, capture, compact } from "../../state/viewpoint";
import { anyScene, randomly, workspaceWith } from "../../state/viewpoint.test-data";
import {
  INLINE_CHARACTERS,
  LinkProblem,
  decodeViewpoint,
  encodeAtOnce,
  encodeViewpoint,
  readFragment,
} from "./link";

async function reasonOf(text: string): Promise<string> {
  try {
    await decodeViewpoint(text);
  } catch (error) {
    if (error instanceof LinkProblem) return error.reason;
    throw error;
  }
  return "read";
}

const valid = vectors.valid.map(({ name, viewpoint }) => ({
  name,
  viewpoint: viewpoint as unknown as Viewpoint, // JSON widens tuples; the reader checks
}));

describe("a link", () => {
  it.each(valid)("carries a viewpoint as it was: $name", async ({ viewpoint }) => {
    const text = await encodeViewpoint(viewpoint);
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(await decodeViewpoint(text ?? "")).toEqual(viewpoint);
  });

  it.each(randomly(25))("carries any state, seed %i", async (seed) => {
    const workspace = workspaceWith(200);
    anyScene(workspace, seed, { sparse: true });
    const hidden = workspace.structure.get()?.hiddenByFile.toJSON() ?? [];
    const seen = compact(capture(workspace), hidden);
    const text = await encodeViewpoint(seen);
    expect(await decodeViewpoint(text ?? "")).toEqual(seen);
  });

  it.each(randomly(25))("can be written at once, seed %i", async (seed) => {
    const workspace = workspaceWith(200);
    anyScene(workspace, seed);
    const seen = capture(workspace);
    expect(await decodeViewpoint(encodeAtOnce(seen))).toEqual(seen);
  });

  it("that is written at once may be longer than a block", async () => {
    const long = "x".repeat(40_000);
    const seen: Viewpoint = { format: "holotable-viewpoint/1", revision_id: long };
    expect(encodeAtOnce(seen).length).toBeGreaterThan(53_000);
    expect(await reasonOf(encodeAtOnce(seen))).toBe("broken"); // it is inflated, and no id
    await expect(decodeViewpoint(encodeAtOnce(seen))).rejects.toMatchObject({
      cause: expect.objectContaining({
        message: expect.stringContaining("revision_id"),
      }) as unknown,
    });
  });

  it("to a turned view of a model with ten parts hidden has some 400 characters", async () => {
    const workspace = workspaceWith(200);
    const pose = workspace.camera.get();
    workspace.camera.set({ ...pose, position: [1.23456789012345, 2.3456, -3.456] });
    const seen = compact(capture(workspace), []);
    const text = await encodeViewpoint({ ...seen, visibility: { hidden: [[10, 19]] } });
    expect(text?.length).toBeLessThan(600);
    expect(text?.length).toBeLessThan(INLINE_CHARACTERS);
  });

  it("that was cut, damaged or is none of ours is told to be broken", async () => {
    const text = (await encodeViewpoint(valid[1]?.viewpoint as Viewpoint)) ?? "";
    for (const broken of [
      text.slice(0, -20),
      text.slice(9),
      `${text.slice(0, 40)}AAAA${text.slice(44)}`,
      "%%%",
      "a",
      "",
      "x".repeat(70_000),
    ])
      expect(await reasonOf(broken)).toBe("broken");
  });

  it("of a newer version says so", async () => {
    const later = { format: "holotable-viewpoint/2", revision_id: "x" } as unknown as Viewpoint;
    expect(await reasonOf((await encodeViewpoint(later)) ?? "")).toBe("version");
  });

  it("that inflates without end is given up", async () => {
    const bomb: Viewpoint = {
      format: "holotable-viewpoint/1",
      revision_id: " ".repeat(30_000_000),
    };
    const text = (await encodeViewpoint(bomb)) ?? "";
    expect(text.length).toBeLessThan(65_536);
    expect(await reasonOf(text)).toBe("broken");
  });
});

describe("a fragment", () => {
  it.each([
    ["", { kind: "none" }],
    ["#", { kind: "none" }],
    ["#row-7", { kind: "none" }],
    ["#v=abc", { kind: "inline", text: "abc" }],
    ["#view=0190", { kind: "stored", id: "0190" }],
    ["#t=secret&v=abc", { kind: "inline", text: "abc" }],
  ])("%j is read", (hash, fragment) => {
    expect(readFragment(hash)).toEqual(fragment);
  });
});
