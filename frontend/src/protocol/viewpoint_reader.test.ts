import { describe, expect, it } from "vitest";
import vectors from "../../../tests/vectors/viewpoint.json";
import { ViewpointRefused, readViewpoint, rewriteParts } from "./viewpoint_reader";

function refusal(value: unknown): ViewpointRefused {
  try {
    readViewpoint(value);
  } catch (error) {
    if (error instanceof ViewpointRefused) return error;
    throw error;
  }
  throw new Error("It was read.");
}

describe("a viewpoint from outside", () => {
  it.each(vectors.valid)("is read when it is valid: $name", ({ viewpoint }) => {
    expect(readViewpoint(viewpoint)).toBe(viewpoint);
  });

  it.each(vectors.invalid)("is refused where it is wrong: $name", ({ at, viewpoint }) => {
    const { reason, message } = refusal(viewpoint);
    if (reason === "invalid") expect(message.startsWith(at)).toBe(true);
    else expect(at).toBe("format");
  });

  it.each([null, 7, "x", [], {}, { format: 3 }])("is refused when it is none: %j", (value) => {
    expect(refusal(value).reason).toBe("invalid");
  });

  it("of a later version is told apart from a damaged one", () => {
    expect(refusal({ format: "holotable-viewpoint/2" }).reason).toBe("format");
  });

  it("is refused instead of followed without end", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 5_000; level += 1) deep = [deep];
    expect(refusal({ ...base, camera: deep }).reason).toBe("invalid");
  });

  it("names its parts at every place where the schema says so, and layers are left alone", () => {
    const everything = vectors.valid.find(({ name }) => name === "everything")?.viewpoint;
    const seen: unknown[] = [];
    const note = (value: unknown): unknown => {
      seen.push(value);
      return value;
    };
    const written = rewriteParts(readViewpoint(everything), {
      Parts: note,
      Occurrence: note,
      EntityRef: () => undefined,
    });
    const ranges = seen.filter((value) => Array.isArray(value) && value.length > 0);
    expect(ranges).toEqual([
      [
        [0, 2],
        [5, 9],
      ],
      [[3, 3]],
      [[1, 1]],
      [[1, 4]],
      [[4, 4]],
    ]);
    expect(seen.filter((value) => value === 4)).toHaveLength(4);
    expect(written.selection?.entities).toEqual([]);
    expect(written.measurements?.[0]?.anchors[0]?.entity).toBeNull();
    expect(written.layers).toEqual(readViewpoint(everything).layers);
  });
});

const base = {
  format: "holotable-viewpoint/1",
  revision_id: "0190b6d4-0000-7000-8000-000000000000",
};
