/** Where north is in the model (docs/formats/scene-package.md, Georeference). */

import type { Manifest, Vec3 } from "./model";

/** Unit, horizontal, model frame; true north, else the map's; null when the file says neither. */
export function northOf(manifest: Pick<Manifest, "georeference"> | null): Vec3 | null {
  const said = manifest?.georeference;
  if (!said) return null;
  const number = (key: string): number | null => {
    const value = said[key];
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  };
  const turn = number("true_north_rad");
  // From -z, counter-clockwise seen from above.
  if (turn !== null) return [-Math.sin(turn), 0, -Math.cos(turn)];
  const a = number("x_axis_abscissa");
  const b = number("x_axis_ordinate");
  if (a === null && b === null) return null;
  // Where the northing grows: it is b · x − a · z.
  const [x, z] = [b ?? 0, -(a ?? 1)];
  const size = Math.hypot(x, z);
  return size < 1e-9 ? null : [x / size, 0, z / size];
}
