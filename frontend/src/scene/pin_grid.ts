/** Which pins stand so near to one another in the picture that one mark stands for all of them. */

/** Marks in the picture: of mark m, `first[m]` is its first pin, and `x`, `y` its place in CSS pixels. */
export interface PinMarks {
  readonly count: number;
  readonly first: Int32Array;
  readonly size: Int32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** CSS pixels: a pin is 24 wide, and two whose middles are nearer than this cover one another. */
const NEAR_PX = 26;
const CELL_PX = 28;
/** More marks than this nobody reads; they are drawn as fewer, larger groups. */
const MOST_MARKS = 300;

/** Groups pins on a grid, in memory that it keeps from picture to picture. */
export class PinGrid {
  private head = new Int32Array(0);
  private next = new Int32Array(0);
  private first = new Int32Array(0);
  private size = new Int32Array(0);
  private x = new Float32Array(0);
  private y = new Float32Array(0);
  private markOfCell = new Int32Array(0);
  private markOf = new Int32Array(0);

  /**
   * screen: (2 × pins) CSS pixels; NaN where a pin is not in the picture.
   * width, height: of the picture, CSS pixels.
   */
  group(screen: Float32Array, width: number, height: number): PinMarks {
    for (let cell = CELL_PX; ; cell *= 2) {
      const count = this.groupBy(screen, width, height, cell);
      if (count > MOST_MARKS && cell < Math.max(width, height)) continue;
      const { first, size, x, y } = this;
      return { count, first, size, x, y };
    }
  }

  /** The pins of a mark of the last grouping, in their order. */
  pinsOf(mark: number): readonly number[] {
    const found: number[] = [];
    for (let pin = 0; pin < this.markOf.length; pin += 1)
      if (this.markOf[pin] === mark) found.push(pin);
    return found;
  }

  private groupBy(screen: Float32Array, width: number, height: number, cell: number): number {
    const pins = screen.length / 2;
    const columns = Math.max(1, Math.ceil(width / cell));
    const rows = Math.max(1, Math.ceil(height / cell));
    this.reserve(pins, columns * rows);
    const { head, next, first, size, x, y, markOfCell, markOf } = this;
    head.fill(-1, 0, columns * rows);
    markOfCell.fill(-1, 0, columns * rows);
    markOf.fill(-1);
    // Backwards, so that the lists run forwards.
    for (let pin = pins - 1; pin >= 0; pin -= 1) {
      const px = screen[pin * 2] ?? NaN;
      const py = screen[pin * 2 + 1] ?? NaN;
      if (!(px >= 0 && py >= 0 && px < width && py < height)) continue;
      const at = Math.floor(py / cell) * columns + Math.floor(px / cell);
      next[pin] = head[at] ?? -1;
      head[at] = pin;
    }
    let count = 0;
    for (let at = 0; at < columns * rows; at += 1) {
      let pin = head[at] ?? -1;
      if (pin < 0) continue;
      let sumX = 0;
      let sumY = 0;
      let many = 0;
      for (; pin >= 0; pin = next[pin] ?? -1) {
        sumX += screen[pin * 2] ?? 0;
        sumY += screen[pin * 2 + 1] ?? 0;
        many += 1;
      }
      const mark = this.nearMark(at, columns, sumX / many, sumY / many, cell) ?? count;
      const before = mark === count ? 0 : (size[mark] ?? 0);
      const all = before + many;
      x[mark] = ((x[mark] ?? 0) * before + sumX) / all;
      y[mark] = ((y[mark] ?? 0) * before + sumY) / all;
      size[mark] = all;
      const firstHere = head[at] ?? 0;
      first[mark] = before === 0 ? firstHere : Math.min(first[mark] ?? firstHere, firstHere);
      markOfCell[at] = mark;
      for (pin = head[at] ?? -1; pin >= 0; pin = next[pin] ?? -1) markOf[pin] = mark;
      if (mark === count) count += 1;
    }
    return count;
  }

  /** A mark of a cell beside that this one would cover. */
  private nearMark(
    at: number,
    columns: number,
    px: number,
    py: number,
    cell: number,
  ): number | null {
    const near = Math.max(NEAR_PX, (NEAR_PX * cell) / CELL_PX);
    const column = at % columns;
    for (const [right, down] of BESIDE) {
      if (column + right < 0 || column + right >= columns) continue;
      const mark = this.markOfCell[at + down * columns + right] ?? -1;
      if (mark < 0) continue;
      if (Math.hypot((this.x[mark] ?? 0) - px, (this.y[mark] ?? 0) - py) < near) return mark;
    }
    return null;
  }

  private reserve(pins: number, cells: number): void {
    if (this.head.length < cells) {
      this.head = new Int32Array(cells);
      this.markOfCell = new Int32Array(cells);
      this.first = new Int32Array(cells);
      this.size = new Int32Array(cells);
      this.x = new Float32Array(cells);
      this.y = new Float32Array(cells);
    }
    if (this.next.length !== pins) {
      this.next = new Int32Array(pins);
      this.markOf = new Int32Array(pins);
    }
  }
}

/** Cells that were looked at before this one. */
const BESIDE = [
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;
