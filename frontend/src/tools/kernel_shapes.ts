/** The kernel's answers in the frame of measurements: absolute metres, y up, unexploded. */

import type { MeasurePoint } from "../state/areas/measuring";
import { WHOLE_PART } from "../state/entities";
import { entityOf, ownerOf } from "../state/measure_owner";
import { type Vec3, toFileAxes } from "../state/model";
import type { ExactStore } from "../scene/exact_store";
import { inverse, placePoint } from "../scene/kernel/affine";
import { measure } from "../scene/kernel/measure";
import { propertiesOf } from "../scene/kernel/properties";
import { thicknessAt } from "../scene/kernel/thickness";
import type { Axis, Measured, Placed, Properties, Thickness } from "../scene/kernel/types";
import type { Viewer } from "../scene/viewer";
import { MeshRims } from "./mesh_rim_store";
import { type Shapes, meansPoint } from "./reading_shapes";

/** Shapes of what is on a viewer's table. The kernel computes relative to the model's origin, where digits are plenty. */
export function kernelShapes(viewer: Viewer): Shapes {
  const rims = new Map<string | null, MeshRims>();
  /** The exact shapes, and the creases, of the model that a point belongs to; null where it is not on the table. */
  const modelOf = (anchor: MeasurePoint): { exact: ExactStore; rims: MeshRims } | null => {
    const revision = ownerOf(anchor)?.revision ?? null;
    const exact = viewer.placed(revision)?.exact;
    if (!exact) return null;
    let own = rims.get(revision);
    if (!own) rims.set(revision, (own = new MeshRims(() => viewer.placed(revision))));
    return { exact, rims: own };
  };
  const out = (point: Vec3): Vec3 => viewer.toAbsolute(point);
  const pointOf = ({ position, tolerance_m }: MeasurePoint): Placed => ({
    type: "point",
    point: viewer.toModel(position),
    tolerance_m,
  });
  const placedPart = (anchor: MeasurePoint): Placed | null => {
    const [owner, at, entity] = [ownerOf(anchor), modelOf(anchor), entityOf(anchor)];
    if (!owner || !at) return null;
    const whole = { occurrence: owner.occurrence, kind: "body", index: WHOLE_PART } as const;
    return at.exact.placed(entity ? at.exact.bodyOf(entity) : whole);
  };
  return {
    placed: (anchor) => {
      if (meansPoint(anchor)) return pointOf(anchor);
      const [at, entity] = [modelOf(anchor), entityOf(anchor)];
      const found = entity ? at?.exact.placed(entity) : at?.rims.placed(anchor);
      return found ?? pointOf(anchor);
    },
    placedPart,
    toLocal: ({ revision, occurrence }, position) => {
      const matrix = viewer.placed(revision)?.exact.matrixOf(occurrence) ?? null;
      return matrix && placePoint(inverse(matrix), viewer.toModel(position));
    },
    toFile: (vector) => {
      const manifest = viewer.workspace.manifest.get();
      const [x, y, z] = manifest ? toFileAxes(vector, manifest.source) : vector;
      // No negative zeros: they would be written as such.
      return [x + 0, y + 0, z + 0];
    },
    measure: (a, b) => movedMeasured(measure(a, b), out),
    properties: (of) => movedProperties(propertiesOf(of), out),
    thickness: (anchor) => {
      const { position } = anchor;
      const entity = entityOf(anchor);
      const face = entity?.kind === "face" ? modelOf(anchor)?.exact.placed(entity) : null;
      const placed = face ?? (entity ? null : placedPart(anchor));
      return placed && movedThickness(thicknessAt(placed, viewer.toModel(position)), out);
    },
  };
}

type Move = (point: Vec3) => Vec3;

function movedMeasured(found: Measured | null, out: Move): Measured | null {
  if (!found) return null;
  const { centres } = found;
  return {
    ...found,
    from: out(found.from),
    to: out(found.to),
    ...(centres ? { centres: { ...centres, from: out(centres.from), to: out(centres.to) } } : {}),
  };
}

function movedProperties(found: Properties | null, out: Move): Properties | null {
  if (!found) return null;
  const { point, centre, axis, box } = found;
  const moved = (line: Axis): Axis => ({ ...line, point: out(line.point) });
  return {
    ...found,
    ...(point ? { point: out(point) } : {}),
    ...(centre ? { centre: out(centre) } : {}),
    ...(axis ? { axis: moved(axis) } : {}),
    ...(box ? { box: { min: out(box.min), max: out(box.max) } } : {}),
  };
}

function movedThickness(found: Thickness | null, out: Move): Thickness | null {
  return found && { ...found, from: out(found.from), to: out(found.to) };
}
