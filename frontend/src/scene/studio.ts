/**
 * The light of the 3D view: a photo studio given by a formula. A soft vertical gradient, a large soft box up on the left,
 * a weak one on the right, one above, two strips behind for rims, and a glow beside the camera. It turns with the
 * camera, so that a model is well lit from wherever one looks. Parts take it from nine numbers and six lobes in their
 * own shader; textured parts and the photoreal still from the same formula as a picture. Nothing is downloaded.
 *
 * Studio frame: y up, the camera at +z. Radiance 1 lets a white matt face in the open show white.
 */

/** A soft box: radiance strength · exp(sharpness · (cos − 1)) around its direction. */
export interface Lobe {
  /** Unit vector. */
  readonly direction: readonly [number, number, number];
  readonly sharpness: number;
  readonly strength: number;
}

const lobe = (x: number, y: number, z: number, sharpness: number, strength: number): Lobe => {
  const length = Math.hypot(x, y, z);
  return { direction: [x / length, y / length, z / length], sharpness, strength };
};

/**
 * Chosen so that a face towards the camera shows its own colour (irradiance 0.92 to 1.1 of π), the top of a box is
 * brighter than its left side and that brighter than its right one (1.1 : 0.8 : 0.6), and nothing falls below 0.25.
 */
export const LOBES: readonly Lobe[] = [
  lobe(-0.5, 0.56, 0.66, 12, 3.0),
  lobe(0.86, 0.12, 0.5, 6, 0.1),
  lobe(0, 1, 0.05, 6, 0.95),
  lobe(-0.75, 0.3, -0.8, 14, 0.8),
  lobe(0.9, 0.35, -0.6, 14, 0.8),
  lobe(0, 0.12, 1, 3, 0.5),
];
export const FLOOR = 0.22;
export const SKY = 0.4;
/** Heights between which floor becomes sky. */
export const HORIZON = [-0.6, 0.8] as const;

/** Radiance from a direction; unit vector, studio frame. */
export function radiance(x: number, y: number, z: number): number {
  const t = Math.min(1, Math.max(0, (y - HORIZON[0]) / (HORIZON[1] - HORIZON[0])));
  let sum = FLOOR + (SKY - FLOOR) * t * t * (3 - 2 * t);
  for (const { direction, sharpness, strength } of LOBES)
    sum +=
      strength * Math.exp(sharpness * (x * direction[0] + y * direction[1] + z * direction[2] - 1));
  return sum;
}

const STEPS = 48;

/**
 * Irradiance over π as a polynomial of the normal: 9 coefficients for 1, y, z, x, xy, yz, 3z² − 1, xz, x² − y²
 * (spherical harmonics to order 2; Ramamoorthi and Hanrahan 2001, equations 8 to 10).
 */
export function irradiancePolynomial(): Float32Array {
  const sums = new Float64Array(9);
  for (let j = 0; j < STEPS; j += 1)
    for (let i = 0; i < 2 * STEPS; i += 1) {
      const polar = ((j + 0.5) / STEPS) * Math.PI;
      const turn = ((i + 0.5) / STEPS) * Math.PI;
      const x = Math.sin(polar) * Math.cos(turn);
      const y = Math.cos(polar);
      const z = Math.sin(polar) * Math.sin(turn);
      const share = radiance(x, y, z) * Math.sin(polar) * (Math.PI / STEPS) ** 2;
      const terms = [1, y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y];
      terms.forEach((term, k) => (sums[k] = (sums[k] ?? 0) + term * share));
    }
  // Squares of the harmonics' constants, times the cosine's (π, 2π/3, π/4), over π.
  const scale = [1 / (4 * Math.PI), 1, 1, 1, 1, 1, 1, 1, 1].map((own, k) => {
    if (k === 0) return own;
    if (k < 4) return (3 / (4 * Math.PI)) * (2 / 3);
    if (k === 6) return (5 / (16 * Math.PI)) * (1 / 4);
    if (k === 8) return (15 / (16 * Math.PI)) * (1 / 4);
    return (15 / (4 * Math.PI)) * (1 / 4);
  });
  return Float32Array.from(sums, (sum, k) => sum * (scale[k] ?? 0));
}

/** What `irradiancePolynomial` gives for a unit normal, studio frame. */
export function irradiance(polynomial: Float32Array, x: number, y: number, z: number): number {
  const terms = [1, y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y];
  return terms.reduce((sum, term, k) => sum + term * (polynomial[k] ?? 0), 0);
}

/** Share of the camera's own tilt that the studio follows: looking straight down it is not lit from behind. */
const FOLLOWED_TILT = 0.35;

/**
 * The studio's axes in the model frame for a camera that looks along `forward`; rows x, y, z, so that the matrix takes
 * model directions to studio ones. forward, cameraUp: unit vectors, model frame, y up.
 */
export function studioAxes(
  forward: readonly [number, number, number],
  cameraUp: readonly [number, number, number],
): number[] {
  // Looking straight down or up, what is up on the screen says where the camera would stand.
  const [fx, fy, fz] = forward;
  const level = Math.hypot(fx, fz);
  const lean = fy > 0 ? -1 : 1;
  const hx = level > 0.05 ? fx / level : cameraUp[0] * lean;
  const hz = level > 0.05 ? fz / level : cameraUp[2] * lean;
  const length = Math.hypot(hx, hz) || 1;
  const tilt = Math.asin(Math.min(1, Math.max(-1, -fy))) * FOLLOWED_TILT;
  const back: [number, number] = [-hx / length, -hz / length];
  const c = Math.cos(tilt);
  const s = Math.sin(tilt);
  // z: towards the camera, raised by part of its height; x: to its right; y: what is left.
  const z = [back[0] * c, s, back[1] * c];
  const x = [back[1], 0, -back[0]];
  const y = [-back[0] * s, c, -back[1] * s];
  return [...x, ...y, ...z];
}
