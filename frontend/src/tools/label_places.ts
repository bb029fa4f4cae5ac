/** Where labels stand so that none covers another: each as near to where it belongs as the others leave room. */

/** A label that wants its middle at x, y; CSS pixels. */
export interface LabelWish {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Somebody dragged it there: it stays, and others make way. */
  readonly fixed: boolean;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Space between labels. */
const GAP = 4;
/** Rings around the wish that are tried; beyond them a label covers another rather than leave its place. */
const RINGS = 7;
/** Upwards and downwards first: beside is where lines mostly run. */
const WAYS = [
  [0, -1],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
  [1, 0],
  [-1, 0],
] as const;

/** Middles of labels, in their order; `width`, `height`: of the picture, which they do not leave if they can help it. */
export function placeLabels(
  wishes: readonly LabelWish[],
  width: number,
  height: number,
): readonly Place[] {
  const taken: LabelWish[] = [];
  const places: Place[] = wishes.map(({ x, y }) => ({ x, y }));
  const order = wishes.map((_, index) => index);
  // Fixed ones first, then as they came: a new label makes way for those that were there.
  order.sort((a, b) => Number(wishes[b]?.fixed) - Number(wishes[a]?.fixed) || a - b);
  for (const index of order) {
    const wish = wishes[index];
    if (!wish) continue;
    const inside = wish.fixed ? wish : clamped(wish, width, height);
    const place = wish.fixed ? inside : freePlace(inside, taken, width, height);
    places[index] = { x: place.x, y: place.y };
    taken.push({ ...wish, ...places[index] });
  }
  return places;
}

function freePlace(
  wish: LabelWish,
  taken: readonly LabelWish[],
  width: number,
  height: number,
): LabelWish {
  if (!taken.some((other) => overlap(wish, other))) return wish;
  for (let ring = 1; ring <= RINGS; ring += 1)
    for (const [right, down] of WAYS) {
      const tried = clamped(
        {
          ...wish,
          x: wish.x + right * ring * (wish.width / 2 + GAP),
          y: wish.y + down * ring * (wish.height + GAP),
        },
        width,
        height,
      );
      if (!taken.some((other) => overlap(tried, other))) return tried;
    }
  return wish;
}

/** A label whose place is in the picture stays whole in it. */
function clamped(wish: LabelWish, width: number, height: number): LabelWish {
  const { x, y } = wish;
  if (x < 0 || y < 0 || x > width || y > height) return wish;
  const within = (value: number, size: number, all: number): number =>
    size >= all ? all / 2 : Math.min(all - size / 2, Math.max(size / 2, value));
  return { ...wish, x: within(x, wish.width, width), y: within(y, wish.height, height) };
}

function overlap(a: LabelWish, b: LabelWish): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 + GAP - 1e-6 &&
    Math.abs(a.y - b.y) < (a.height + b.height) / 2 + GAP - 1e-6
  );
}
