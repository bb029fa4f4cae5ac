/**
 * How faces take the studio's light, as GLSL: split-sum lighting (Karis 2013) with one satin finish. The diffuse half is
 * a polynomial of the normal, the mirrored half the lobes widened by the finish; every number is a constant of the
 * program, so that a processor draws it nearly as fast as a graphics card would mind.
 */

import { FLOOR, HORIZON, LOBES, SKY, irradiancePolynomial } from "./studio";

/** Roughness of the finish: highlights show curvature and hide no colour. */
const ROUGHNESS = 0.4;
/** Reflectance at normal incidence: varnish. */
const REFLECTANCE = 0.045;
/** Sharpness of the finish's own lobe, about a GGX of that roughness seen at 45°. */
const FINISH = 30;
/** Lobes weaker or wider than these are part of the even glow. */
const SHARP = 5;
const STRONG = 0.5;

const float = (value: number): string => {
  const text = value.toPrecision(6);
  return /[.e]/.test(text) ? text : `${text}.0`;
};
const vec3 = (v: readonly number[]): string => `vec3(${v.map(float).join(", ")})`;

function lightOn(): string {
  const c = [...irradiancePolynomial()].map(float);
  return /* glsl */ `
// Irradiance over pi for a unit normal, studio frame.
float lightOn(vec3 n) {
  return ${c[0]} + dot(n, vec3(${c[3]}, ${c[1]}, ${c[2]}))
    + n.y * (${c[4]} * n.x + ${c[5]} * n.z) + ${c[6]} * (3.0 * n.z * n.z - 1.0)
    + ${c[7]} * n.x * n.z + ${c[8]} * (n.x * n.x - n.y * n.y);
}
`;
}

function mirrored(): string {
  const sharp = LOBES.filter(
    ({ sharpness, strength }) => sharpness >= SHARP && strength >= STRONG,
  ).map(({ direction, sharpness, strength }) => {
    const widened = (sharpness * FINISH) / (sharpness + FINISH);
    const weaker = (strength * FINISH) / (sharpness + FINISH);
    return `  sum += ${float(weaker)} * exp2(${float(widened * Math.LOG2E)} * (dot(r, ${vec3(direction)}) - 1.0));`;
  });
  return /* glsl */ `
// What the finish mirrors from a direction, studio frame.
float mirrored(vec3 r) {
  float sum = mix(${float(FLOOR)}, ${float(SKY)}, smoothstep(${float(HORIZON[0] - 0.2)}, ${float(HORIZON[1] + 0.2)}, r.y));
${sharp.join("\n")}
  return sum;
}
`;
}

function shaded(): string {
  // The environment's BRDF for a fixed roughness: Karis, "Physically based shading on mobile" (2014).
  const r = [
    1 - ROUGHNESS,
    0.0425 - 0.0275 * ROUGHNESS,
    1.04 - 0.572 * ROUGHNESS,
    0.022 * ROUGHNESS - 0.04,
  ];
  const [x = 0, y = 0, z = 0, w = 0] = r;
  return /* glsl */ `
// n, v: unit vectors, studio frame; facing: their cosine, not negative.
vec3 shaded(vec3 albedo, vec3 n, vec3 v, float facing) {
  float a = min(${float(x * x)}, exp2(-9.28 * facing)) * ${float(x)} + ${float(y)};
  float mirror = ${float(REFLECTANCE)} * (${float(z)} - 1.04 * a) + 1.04 * a + ${float(w)};
  return albedo * lightOn(n) + vec3(mirror * mirrored(reflect(-v, n)));
}
`;
}

/**
 * Khronos PBR Neutral: base colours come out as they went in, and only what is brighter than white paint is bent.
 * Its offset takes away what a face mirrors head on: half as much in this studio as in the white room it is made for.
 * https://github.com/KhronosGroup/ToneMapping/tree/main/PBR_Neutral
 */
export const TONE = /* glsl */ `
vec3 toned(vec3 c) {
  float least = min(c.r, min(c.g, c.b));
  c -= least < 0.04 ? least - 12.5 * least * least : 0.02;
  float peak = max(c.r, max(c.g, c.b));
  if (peak < 0.76) return c;
  float bent = 1.0 - 0.0576 / (peak - 0.52);
  return mix(vec3(bent), c * (bent / peak), 1.0 / (0.15 * (peak - bent) + 1.0));
}
`;

/** lightOn, mirrored and shaded; wants `uniform mat3 studio` to get into the studio frame. */
export const STUDIO = `${lightOn()}${mirrored()}${shaded()}`;

/**
 * Share of ink that a curved face's silhouette leaves here: the cosine falls to nothing within about `width` pixels; as
 * the square root of the distance, so half its value over its slope is that distance. A flat face seen at a slant has a
 * small cosine, too, but not a falling one.
 */
export const SILHOUETTE = /* glsl */ `
float silhouetteInk(float facing, float width) {
  float pixels = facing / max(fwidth(facing), 1e-5);
  return 1.0 - smoothstep(width * 1.1, width * 1.1 + 1.3, pixels);
}
`;
