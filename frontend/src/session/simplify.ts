/** Fewer points for the same stroke: Douglas and Peucker, 1973, without recursion. */

/**
 * The indices that stay so that no point lies farther than `tolerance` from the line through those.
 *
 * points: any dimension, all of the same; the first and the last stay.
 */
export function keptPoints(
  points: readonly (readonly number[])[],
  tolerance: number,
): readonly number[] {
  if (points.length <= 2) return points.map((_, index) => index);
  const kept = new Set([0, points.length - 1]);
  const open: (readonly [number, number])[] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    let farthest = -1;
    let away = tolerance;
    for (let index = from + 1; index < to; index += 1) {
      const off = distanceTo(points[index] ?? [], points[from] ?? [], points[to] ?? []);
      if (off > away) [farthest, away] = [index, off];
    }
    if (farthest < 0) continue;
    kept.add(farthest);
    open.push([from, farthest], [farthest, to]);
  }
  return [...kept].sort((a, b) => a - b);
}

/** Of a point to the piece between two others. */
function distanceTo(point: readonly number[], a: readonly number[], b: readonly number[]): number {
  let along = 0;
  let length = 0;
  for (let axis = 0; axis < point.length; axis += 1) {
    const step = (b[axis] ?? 0) - (a[axis] ?? 0);
    along += ((point[axis] ?? 0) - (a[axis] ?? 0)) * step;
    length += step * step;
  }
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, along / length));
  let square = 0;
  for (let axis = 0; axis < point.length; axis += 1) {
    const on = (a[axis] ?? 0) + share * ((b[axis] ?? 0) - (a[axis] ?? 0));
    square += ((point[axis] ?? 0) - on) ** 2;
  }
  return Math.sqrt(square);
}
