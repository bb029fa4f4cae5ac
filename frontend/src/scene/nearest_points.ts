/** Which of many points is nearest to a place: points in a grid of cubes, looked through from the inside out. */

/** Points that a cube holds on average, if they were everywhere; on a surface some hold ten times as many. */
const PER_CUBE = 0.25;
const MOST_CUBES = 64;

/** Points with a value each. */
export class NearestPoints {
  private readonly points: Float32Array;
  private readonly low: readonly [number, number, number];
  private readonly cube: number;
  private readonly shape: readonly [number, number, number];
  /** (cubes + 1) first point of each cube in `order`. */
  private readonly starts: Uint32Array;
  private readonly order: Uint32Array;

  /** points: (4 × n) x, y, z and the value. */
  constructor(points: Float32Array) {
    this.points = points;
    const count = points.length / 4;
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let at = 0; at < points.length; at += 4)
      for (let axis = 0; axis < 3; axis += 1) {
        const value = points[at + axis] ?? 0;
        low[axis] = Math.min(low[axis] ?? 0, value);
        high[axis] = Math.max(high[axis] ?? 0, value);
      }
    const sides = [0, 1, 2].map((axis) => Math.max((high[axis] ?? 0) - (low[axis] ?? 0), 0));
    const most = Math.max(...sides, 1e-9);
    const along = Math.min(MOST_CUBES, Math.max(1, Math.cbrt(count / PER_CUBE)));
    this.cube = most / along;
    const [x = 1, y = 1, z = 1] = sides.map((side) => Math.floor(side / this.cube) + 1);
    this.shape = [x, y, z];
    this.low = [low[0] ?? 0, low[1] ?? 0, low[2] ?? 0];
    this.starts = new Uint32Array(x * y * z + 1);
    this.order = new Uint32Array(count);
    const cubes = Uint32Array.from({ length: count }, (_, n) => this.cubeOf(n));
    for (const cube of cubes) this.starts[cube + 1] = (this.starts[cube + 1] ?? 0) + 1;
    for (let i = 1; i < this.starts.length; i += 1)
      this.starts[i] = (this.starts[i] ?? 0) + (this.starts[i - 1] ?? 0);
    const next = this.starts.slice();
    cubes.forEach((cube, n) => {
      const at = next[cube] ?? 0;
      this.order[at] = n;
      next[cube] = at + 1;
    });
  }

  /** The value of the point nearest to a place; NaN without any. */
  valueAt(x: number, y: number, z: number): number {
    const place = [x, y, z] as const;
    const middle = place.map((value, axis) => this.step(value, axis));
    const [cx = 0, cy = 0, cz = 0] = middle;
    // A place outside of the grid is this far from it: rings begin there.
    const reach = Math.max(...this.shape);
    let best = Infinity;
    let value = NaN;
    for (let ring = 0; ring <= reach; ring += 1) {
      // Whatever lies in this ring is at least so far away from a place in the middle cube.
      const least = (ring - 1) * this.cube;
      if (least > 0 && least * least > best) break;
      this.eachOfRing(cx, cy, cz, ring, (cube) => {
        for (let i = this.starts[cube] ?? 0; i < (this.starts[cube + 1] ?? 0); i += 1) {
          const at = (this.order[i] ?? 0) * 4;
          const [dx, dy, dz] = [0, 1, 2].map(
            (axis) => (this.points[at + axis] ?? 0) - (place[axis] ?? 0),
          );
          const away = (dx ?? 0) ** 2 + (dy ?? 0) ** 2 + (dz ?? 0) ** 2;
          if (away >= best) continue;
          best = away;
          value = this.points[at + 3] ?? NaN;
        }
      });
    }
    return value;
  }

  private step(value: number, axis: number): number {
    const steps = Math.floor((value - (this.low[axis] ?? 0)) / this.cube);
    return Math.min((this.shape[axis] ?? 1) - 1, Math.max(0, steps));
  }

  private cubeOf(point: number): number {
    const [x = 0, y = 0, z = 0] = [0, 1, 2].map((axis) =>
      this.step(this.points[point * 4 + axis] ?? 0, axis),
    );
    return (z * this.shape[1] + y) * this.shape[0] + x;
  }

  /** The cubes whose greatest distance along an axis from a cube is `ring`. */
  private eachOfRing(
    cx: number,
    cy: number,
    cz: number,
    ring: number,
    look: (cube: number) => void,
  ): void {
    const [nx, ny, nz] = this.shape;
    for (let z = Math.max(0, cz - ring); z <= Math.min(nz - 1, cz + ring); z += 1)
      for (let y = Math.max(0, cy - ring); y <= Math.min(ny - 1, cy + ring); y += 1) {
        const outer = Math.abs(z - cz) === ring || Math.abs(y - cy) === ring;
        const stride = outer || ring === 0 ? 1 : 2 * ring;
        for (let x = cx - ring; x <= cx + ring; x += stride)
          if (x >= 0 && x < nx) look((z * ny + y) * nx + x);
      }
  }
}
