/** A tree of boxes, and the pairs of two trees that may be nearest. */

/** Items in a leaf. */
const LEAF = 4;

/** Over n boxes of six numbers each: least and greatest x, y, z. */
export class BoxTree {
  readonly boxes: Float64Array;
  /** Items, leaf after leaf. */
  readonly items: Uint32Array;
  /** Boxes of the nodes. */
  readonly nodes: Float64Array;
  /** Of each node: first item and number of items of a leaf, or −1 − right child and 0; the left child follows. */
  readonly links: Int32Array;
  private made = 0;

  constructor(boxes: Float64Array) {
    this.boxes = boxes;
    const count = boxes.length / 6;
    this.items = Uint32Array.from({ length: count }, (_, i) => i);
    const most = Math.max(1, 4 * Math.ceil(count / LEAF) + 1);
    this.nodes = new Float64Array(6 * most);
    this.links = new Int32Array(2 * most);
    if (count > 0) this.build(0, count);
  }

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  private build(from: number, to: number): number {
    const node = this.made;
    this.made += 1;
    const { nodes, boxes, items } = this;
    const at = 6 * node;
    nodes.fill(Infinity, at, at + 3);
    nodes.fill(-Infinity, at + 3, at + 6);
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = from; i < to; i += 1) {
      const box = 6 * (items[i] ?? 0);
      for (let a = 0; a < 3; a += 1) {
        const [l, h] = [boxes[box + a] ?? 0, boxes[box + 3 + a] ?? 0];
        nodes[at + a] = Math.min(nodes[at + a] ?? 0, l);
        nodes[at + 3 + a] = Math.max(nodes[at + 3 + a] ?? 0, h);
        low[a] = Math.min(low[a] ?? 0, l + h);
        high[a] = Math.max(high[a] ?? 0, l + h);
      }
    }
    if (to - from <= LEAF) {
      this.links[2 * node] = from;
      this.links[2 * node + 1] = to - from;
      return node;
    }
    const span = (a: number): number => (high[a] ?? 0) - (low[a] ?? 0);
    const axis = span(0) >= span(1) ? (span(0) >= span(2) ? 0 : 2) : span(1) >= span(2) ? 1 : 2;
    const middle = ((low[axis] ?? 0) + (high[axis] ?? 0)) / 2;
    let cut = from;
    for (let i = from; i < to; i += 1) {
      const item = items[i] ?? 0;
      if ((boxes[6 * item + axis] ?? 0) + (boxes[6 * item + 3 + axis] ?? 0) > middle) continue;
      items[i] = items[cut] ?? 0;
      items[cut] = item;
      cut += 1;
    }
    if (cut === from || cut === to) cut = (from + to) >> 1;
    this.build(from, cut);
    this.links[2 * node] = -1 - this.build(cut, to);
    return node;
  }
}

/** Squared least distance of two boxes. */
function gapSquared(a: Float64Array, i: number, b: Float64Array, j: number): number {
  let sum = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const gap = Math.max(
      0,
      (a[6 * i + axis] ?? 0) - (b[6 * j + 3 + axis] ?? 0),
      (b[6 * j + axis] ?? 0) - (a[6 * i + 3 + axis] ?? 0),
    );
    sum += gap * gap;
  }
  return sum;
}

/** Visits pairs of items whose boxes are no farther apart than `limit()`, near ones first. */
export function nearPairs(
  a: BoxTree,
  b: BoxTree,
  limit: () => number,
  visit: (i: number, j: number) => void,
): void {
  if (a.isEmpty || b.isEmpty) return;
  const within = (squared: number): boolean => {
    const most = limit();
    return squared <= most * most;
  };
  const size = (tree: BoxTree, node: number): number => {
    const n = tree.nodes;
    return (
      (n[6 * node + 3] ?? 0) -
      (n[6 * node] ?? 0) +
      ((n[6 * node + 4] ?? 0) - (n[6 * node + 1] ?? 0)) +
      ((n[6 * node + 5] ?? 0) - (n[6 * node + 2] ?? 0))
    );
  };
  const descend = (p: number, q: number): void => {
    const [leafA, leafB] = [a.links[2 * p + 1] ?? 0, b.links[2 * q + 1] ?? 0];
    if (leafA > 0 && leafB > 0) {
      const [firstA, firstB] = [a.links[2 * p] ?? 0, b.links[2 * q] ?? 0];
      for (let i = firstA; i < firstA + leafA; i += 1)
        for (let j = firstB; j < firstB + leafB; j += 1) {
          const [x, y] = [a.items[i] ?? 0, b.items[j] ?? 0];
          if (within(gapSquared(a.boxes, x, b.boxes, y))) visit(x, y);
        }
      return;
    }
    const splitA = leafB > 0 || (leafA === 0 && size(a, p) >= size(b, q));
    const [one, two]: [[number, number], [number, number]] = splitA
      ? [
          [p + 1, q],
          [-1 - (a.links[2 * p] ?? 0), q],
        ]
      : [
          [p, q + 1],
          [p, -1 - (b.links[2 * q] ?? 0)],
        ];
    const [g1, g2] = [
      gapSquared(a.nodes, one[0], b.nodes, one[1]),
      gapSquared(a.nodes, two[0], b.nodes, two[1]),
    ];
    const [near, far, gn, gf] = g1 <= g2 ? [one, two, g1, g2] : [two, one, g2, g1];
    if (within(gn)) descend(near[0], near[1]);
    if (within(gf)) descend(far[0], far[1]);
  };
  if (within(gapSquared(a.nodes, 0, b.nodes, 0))) descend(0, 0);
}
