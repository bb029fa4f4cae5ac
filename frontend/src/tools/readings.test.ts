import { describe, expect, it, test } from "vitest";
import type { MeasurePoint, Reading, SnapKind } from "../state/areas/measuring";
import type { Vec3 } from "../state/model";
import type { Measured, Placed, Properties, Thickness } from "../scene/kernel/types";
import { distance, dot, normalize, subtract } from "../scene/vector";
import type { Shapes } from "./reading_shapes";
import { boxReading, clicksOf, readingsOf } from "./readings";

/** Shapes whose answers a test writes down; entities are told apart by their index. */
function shapes(
  properties: readonly Partial<Properties>[],
  measured: Partial<Measured> = {},
  thickness: Thickness | null = null,
): Shapes {
  return {
    placed: ({ position, entity, tolerance_m }): Placed => ({
      type: "point",
      point: entity ? [entity.index, Infinity, 0] : position,
      tolerance_m,
    }),
    placedPart: () => ({ type: "point", point: [0, Infinity, 0], tolerance_m: 0 }),
    toLocal: (_, position) => position,
    // The file is z up.
    toFile: ([x, y, z]) => [x, -z, y],
    measure: (a, b) => ({
      distance: 1,
      from: pointOf(a),
      to: pointOf(b),
      components: [0, 0, 0],
      exact: true,
      tolerance_m: 1e-15,
      ...measured,
    }),
    properties: (of) => {
      const index = of.type === "point" && of.point[1] === Infinity ? of.point[0] : -1;
      const found = properties[index];
      if (!found) return { form: "point", exact: true, tolerance_m: 0 };
      return { form: "surface", exact: true, tolerance_m: 0, ...found };
    },
    thickness: () => thickness,
  };
}

function pointOf(placed: Placed): Vec3 {
  return placed.type === "point" && placed.point[1] !== Infinity ? placed.point : [0, 0, 0];
}

function at(position: Vec3, snap: SnapKind = "vertex", index: number | null = null): MeasurePoint {
  const kind = snap === "face" || snap === "axis" ? "face" : "edge";
  return {
    position,
    occurrence: 3,
    local: position,
    snap,
    entity: index === null ? null : { occurrence: 3, kind, index },
    tolerance_m: 0,
  };
}

const modes = (readings: readonly Reading[]): string[] =>
  readings.map(({ kind, mode }) => `${kind} ${mode}`);

test("two points have a distance with components in the file's axes", () => {
  const [found] = readingsOf("smart", [at([0, 0, 0]), at([0.03, 0.04, 0])], shapes([]));
  expect(found).toMatchObject({ kind: "distance", mode: "points", exact: true });
  expect(found?.value).toBeCloseTo(0.05, 15);
  expect(found?.components).toEqual([0.03, -0, 0.04]);
});

test("points of a mesh add up their tolerances", () => {
  const corner = { ...at([0, 0, 0]), tolerance_m: 1e-5 };
  const [found] = readingsOf(
    "distance",
    [corner, { ...at([1, 0, 0]), tolerance_m: 2e-5 }],
    shapes([]),
  );
  expect(found).toMatchObject({ exact: false, mesh: true });
  expect(found?.tolerance).toBeCloseTo(3e-5, 15);
});

describe("one thing alone", () => {
  it("is a circle by its diameter, drawn through its centre towards the click", () => {
    const circle: Partial<Properties> = {
      form: "circle",
      radius: 0.004,
      length: 0.008 * Math.PI,
      centre: [1, 2, 3],
      axis: { point: [1, 2, 3], direction: [0, 1, 0] },
    };
    const found = readingsOf("smart", [at([1.004, 2, 3], "edge", 0)], shapes([circle]));
    expect(modes(found)).toEqual([
      "radius diameter",
      "radius radius",
      "length plain",
      "position plain",
    ]);
    expect(found[0]?.value).toBe(0.008);
    const [one, other] = found[0]?.points.map(({ position }) => position) ?? [];
    expect(one && other && distance(one, other)).toBeCloseTo(0.008, 12);
  });

  it("is an arc by its radius, a line by its length, a plane by its area", () => {
    const things: Partial<Properties>[] = [
      { form: "arc", radius: 0.01, length: 0.01, centre: [0, 0, 0] },
      { form: "line", length: 0.02, axis: { point: [0, 0, 0], direction: [1, 0, 0] } },
      { form: "plane", area: 2, normal: [0, 1, 0] },
      {
        form: "cylinder",
        radius: 0.004,
        area: 3,
        axis: { point: [0, 0, 0], direction: [0, 0, 1] },
      },
    ];
    const best = (index: number, snap: SnapKind): string | undefined =>
      modes(readingsOf("smart", [at([1, 0, 0], snap, index)], shapes(things)))[0];
    expect(best(0, "edge")).toBe("radius radius");
    expect(best(1, "edge")).toBe("length plain");
    expect(best(2, "face")).toBe("area plain");
    expect(best(3, "face")).toBe("radius diameter");
  });

  it("is a vertex by its coordinates", () => {
    const [found] = readingsOf("smart", [at([1, 2, 3])], shapes([]));
    expect(found).toMatchObject({ kind: "position", components: [1, -3, 2] });
  });

  it("that does not fit the task has no reading", () => {
    expect(readingsOf("radius", [at([1, 0, 0])], shapes([]))).toEqual([]);
    expect(readingsOf("thickness", [at([1, 0, 0], "face", 0)], shapes([{}]))).toEqual([]);
  });
});

describe("two planes", () => {
  const level: Partial<Properties> = { form: "plane", normal: [0, 1, 0], area: 1 };

  it("that are parallel have the distance between them, square to both", () => {
    const found = readingsOf(
      "smart",
      [at([1, 0, 5], "face", 0), at([4, 2, 7], "face", 1)],
      shapes([level, level], { distance: 3, parallel_m: 2, angle_rad: 0 }),
    );
    expect(modes(found)).toEqual(["distance parallel", "distance minimum", "distance points"]);
    expect(found[0]?.value).toBe(2);
    expect(found[0]?.points.map(({ position }) => position)).toEqual([
      [1, 0, 5],
      [1, 2, 5],
    ]);
  });

  it("that are not have an angle, drawn at their line with legs in both", () => {
    const tilt = (30 * Math.PI) / 180;
    const slant: Partial<Properties> = {
      form: "plane",
      normal: [Math.sin(tilt), Math.cos(tilt), 0],
      area: 1,
    };
    const found = readingsOf(
      "smart",
      // The slant falls from x = 2 on.
      [at([1, 0, 0], "face", 0), at([3, -Math.tan(tilt), 1], "face", 1)],
      shapes([level, slant], { angle_rad: tilt }),
    );
    expect(modes(found).slice(0, 2)).toEqual(["angle inner", "angle outer"]);
    for (const reading of found.slice(0, 2)) {
      const [first, apex, second] = reading.points.map(({ position }) => position);
      if (!first || !apex || !second) throw new Error("Expected a wedge.");
      expect(apex[0]).toBeCloseTo(2, 12);
      expect(apex[1]).toBeCloseTo(0, 12);
      const legs = dot(normalize(subtract(first, apex)), normalize(subtract(second, apex)));
      expect(Math.acos(legs)).toBeCloseTo(reading.value, 9);
    }
    expect(found[0]?.value).toBeCloseTo(tilt, 12);
    expect(found[1]?.value).toBeCloseTo(Math.PI - tilt, 12);
  });
});

test("a line lies to a plane as its complement lies to the normal", () => {
  const line: Partial<Properties> = {
    form: "line",
    axis: { point: [0, 0, 0], direction: [Math.cos(0.3), Math.sin(0.3), 0] },
  };
  const plane: Partial<Properties> = { form: "plane", normal: [0, 1, 0] };
  const [found] = readingsOf(
    "angle",
    [at([1, 0.31, 0], "edge", 0), at([2, 0, 0], "face", 1)],
    shapes([line, plane], { angle_rad: Math.PI / 2 - 0.3 }),
  );
  expect(found?.value).toBeCloseTo(0.3, 12);
});

test("two bores have the distance of their axes first, and the shortest as another reading", () => {
  const bore: Partial<Properties> = {
    form: "cylinder",
    radius: 0.004,
    axis: { point: [0, 0, 0], direction: [0, 1, 0] },
  };
  const found = readingsOf(
    "smart",
    [at([0.004, 0, 0], "face", 0), at([0.034, 0, 0], "face", 1)],
    shapes([bore, bore], {
      distance: 0.022,
      parallel_m: 0.03,
      angle_rad: 0,
      centres: { distance: 0.03, from: [0, 0, 0], to: [0.03, 0, 0] },
    }),
  );
  expect(modes(found)).toEqual([
    "distance centres",
    "distance parallel",
    "distance minimum",
    "distance points",
  ]);
  expect(found[0]?.value).toBe(0.03);
  expect(found[2]?.value).toBe(0.022);
});

test("a vertex and a face have their shortest distance first", () => {
  const plane: Partial<Properties> = { form: "plane", normal: [0, 1, 0] };
  const anchors = [at([0, 1, 0]), at([5, 0, 0], "face", 0)];
  expect(modes(readingsOf("smart", anchors, shapes([plane])))[0]).toBe("distance minimum");
  expect(modes(readingsOf("distance", anchors, shapes([plane])))[0]).toBe("distance points");
});

test("the volume of a mesh is off by at most a skin as thick as its tolerance", () => {
  const solid: Partial<Properties> = {
    form: "body",
    volume: 8,
    area: 24,
    exact: false,
    tolerance_m: 1e-4,
  };
  const [found] = readingsOf("volume", [at([0, 0, 0], "face", 0)], shapes([solid]));
  expect(found).toMatchObject({ value: 8, exact: false, mesh: true });
  expect(found?.tolerance).toBeCloseTo(24e-4, 12);
});

test("a wall is as thick as the material behind the click", () => {
  const wall: Thickness = {
    thickness: 0.003,
    from: [0, 0, 0],
    to: [0, 0, 0.003],
    face: 4,
    exact: true,
    tolerance_m: 0,
  };
  const [found] = readingsOf("thickness", [at([0, 0, 0], "face", 0)], shapes([{}], {}, wall));
  expect(found).toMatchObject({ kind: "thickness", value: 0.003, exact: true });
});

test("a path has each leg and their sum", () => {
  const anchors = [at([0, 0, 0]), at([3, 0, 0]), at([3, 4, 0]), at([0, 0, 0])];
  const [found] = readingsOf("path", anchors, shapes([]));
  expect(found?.components).toEqual([3, 4, 5]);
  expect(found?.value).toBe(12);
  expect(readingsOf("path", anchors.slice(0, 1), shapes([]))).toEqual([]);
});

test("a box has its sizes in the file's axes and eight corners", () => {
  const found = boxReading([0, 0, 0], [1, 2, 3], null, { exact: true, tolerance: 0 }, shapes([]));
  expect(found.components).toEqual([1, 3, 2]);
  expect(found.points).toHaveLength(8);
  expect(found.value).toBeCloseTo(Math.sqrt(14), 12);
});

test("each task knows how many clicks it takes", () => {
  expect(clicksOf("smart")).toBe(2);
  expect(clicksOf("thickness")).toBe(1);
  expect(clicksOf("path")).toBe("many");
});
