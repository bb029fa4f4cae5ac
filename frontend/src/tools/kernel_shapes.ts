/** The kernel's answers in the frame of measurements: absolute metres, y up, unexploded. */

import type { MeasurePoint } from "../state/areas/measuring";
import { WHOLE_PART } from "../state/entities";
import { type Vec3, toFileAxes } from "../state/model";
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
  const rims = new MeshRims(viewer);
  const out = (point: Vec3): Vec3 => viewer.toAbsolute(point);
  const pointOf = ({ position, tolerance_m }: MeasurePoint): Placed => ({
    type: "point",
    point: viewer.toModel(position),
    tolerance_m,
  });
  const placedPart = ({ occurrence, entity }: MeasurePoint): Placed | null => {
    if (occurrence === null) return null;
    const whole = { occurrence, kind: "body", index: WHOLE_PART } as const;
    return viewer.exact.placed(entity ? viewer.exact.bodyOf(entity) : whole);
  };
  return {
    placed: (anchor) => {
      if (meansPoint(anchor)) return pointOf(anchor);
      const found = anchor.entity ? viewer.exact.placed(anchor.entity) : rims.placed(anchor);
      return found ?? pointOf(anchor);
    },
    placedPart,
    toLocal: (occurrence, position) => {
      const matrix = viewer.exact.matrixOf(occurrence);
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
      const { entity, position } = anchor;
      const face = entity?.kind === "face" ? viewer.exact.placed(entity) : null;
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
