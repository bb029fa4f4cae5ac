/** Where functions of one number are zero or stand still. */

/** A sign change between a and b, to the last bit; fa and fb have different signs. */
export function bracketed(
  f: (t: number) => number,
  a: number,
  b: number,
  fa: number,
  fb: number,
): number {
  // Illinois (Dowell and Jarratt 1971), with a bisection whenever it shrinks too little.
  let side = 0;
  for (let step = 0; step < 100; step += 1) {
    const width = b - a;
    let middle = step % 4 === 3 ? a + width / 2 : a - (fa * width) / (fb - fa);
    if (!(middle > a && middle < b)) middle = a + width / 2;
    if (middle <= a || middle >= b) return middle;
    const fm = f(middle);
    if (fm === 0) return middle;
    if (fm * fb < 0) {
      a = middle;
      fa = fm;
      if (side === 1) fb /= 2;
      side = 1;
    } else {
      b = middle;
      fb = fm;
      if (side === -1) fa /= 2;
      side = -1;
    }
    if (b - a <= 4e-16 * (Math.abs(a) + Math.abs(b))) break;
  }
  return a + (b - a) / 2;
}

/**
 * Zeros of f on [a, b], found from `pieces` samples: each change of sign, and each sample triple between
 * which f comes close to zero and turns round.
 */
export function zeros(f: (t: number) => number, a: number, b: number, pieces: number): number[] {
  const found: number[] = [];
  const step = (b - a) / pieces;
  let [before, at, value] = [NaN, a, f(a)];
  if (value === 0) found.push(a);
  for (let i = 1; i <= pieces; i += 1) {
    const next = i === pieces ? b : a + step * i;
    const after = f(next);
    if (after === 0) found.push(next);
    else if (value * after < 0) found.push(bracketed(f, at, next, value, after));
    else if (
      before * value > 0 &&
      Math.abs(value) <= Math.abs(before) &&
      Math.abs(value) <= Math.abs(after)
    ) {
      // |f| is least near this sample: two zeros may hide there.
      const turn = turning(f, at - step, next, Math.sign(value));
      const low = f(turn);
      if (low * value < 0) {
        found.push(
          bracketed(f, at - step, turn, before, low),
          bracketed(f, turn, next, low, after),
        );
      } else if (low === 0) found.push(turn);
    }
    [before, at, value] = [value, next, after];
  }
  return found;
}

/** Where sign · f is least between a and b (golden section). */
export function turning(f: (t: number) => number, a: number, b: number, sign = 1): number {
  const share = (Math.sqrt(5) - 1) / 2;
  let [c, d] = [b - share * (b - a), a + share * (b - a)];
  let [fc, fd] = [sign * f(c), sign * f(d)];
  for (let step = 0; step < 40; step += 1) {
    if (fc < fd) {
      b = d;
      [d, fd] = [c, fc];
      c = b - share * (b - a);
      fc = sign * f(c);
    } else {
      a = c;
      [c, fc] = [d, fd];
      d = a + share * (b - a);
      fd = sign * f(d);
    }
  }
  return (a + b) / 2;
}
