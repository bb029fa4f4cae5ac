/** Which hatch a cut gets: neighbours differ, and the same part looks the same where it can. */

/** Hatches that can be told apart; `caps_shaders.ts` draws them by number. */
export const HATCHES: readonly { readonly degrees: number; readonly spacing: number }[] = [
  { degrees: 45, spacing: 1 },
  { degrees: 135, spacing: 1 },
  { degrees: 45, spacing: 0.6 },
  { degrees: 135, spacing: 0.6 },
  { degrees: 30, spacing: 0.8 },
  { degrees: 120, spacing: 0.8 },
  { degrees: 60, spacing: 1.3 },
  { degrees: 150, spacing: 1.3 },
];

/** Cells of the grid that finds neighbours, along the longer side of what was first put in. */
const CELLS = 48;

type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** One plane's hatches, given in the order in which cuts come. */
export class HatchChooser {
  private readonly cell: number;
  private readonly cells = new Map<number, { readonly box: Box; readonly hatch: number }[]>();
  private readonly large: { readonly box: Box; readonly hatch: number }[] = [];

  /** size: of the whole model, metres. */
  constructor(size: number) {
    this.cell = Math.max(size, 1e-9) / CELLS;
  }

  /** The hatch of a cut with this box in the plane; the one its geometry prefers if no neighbour has it. */
  choose(box: Box, geometry: number): number {
    const taken = new Uint32Array(HATCHES.length);
    const margin = this.cell * 0.02;
    const near: Box = [box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin];
    const count = ({ box: other, hatch }: { box: Box; hatch: number }): void => {
      if (near[0] <= other[2] && other[0] <= near[2] && near[1] <= other[3] && other[1] <= near[3])
        taken[hatch] = (taken[hatch] ?? 0) + 1;
    };
    this.large.forEach(count);
    const keys = this.keys(near);
    for (const key of keys ?? []) this.cells.get(key)?.forEach(count);
    if (!keys) for (const list of this.cells.values()) list.forEach(count);
    const preferred = geometry % 2;
    let best = preferred;
    for (let i = 0; i < HATCHES.length; i += 1) {
      const candidate = (preferred + i) % HATCHES.length;
      if ((taken[candidate] ?? 0) < (taken[best] ?? 0)) best = candidate;
      if ((taken[best] ?? 0) === 0) break;
    }
    const entry = { box, hatch: best };
    if (!keys) this.large.push(entry);
    for (const key of keys ?? []) {
      const list = this.cells.get(key);
      if (list) list.push(entry);
      else this.cells.set(key, [entry]);
    }
    return best;
  }

  /** Cells that a box covers; null when they are many. */
  private keys(box: Box): number[] | null {
    const [x0, y0, x1, y1] = box.map((value) => Math.floor(value / this.cell)) as unknown as Box;
    if ((x1 - x0 + 1) * (y1 - y0 + 1) > 64) return null;
    const keys: number[] = [];
    for (let x = x0; x <= x1; x += 1) for (let y = y0; y <= y1; y += 1) keys.push(x * 1e6 + y);
    return keys;
  }
}
