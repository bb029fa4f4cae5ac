/** The shaders of point clouds: round sprites as wide as the gaps they close, cut and tinted like parts. */

import {
  CUT,
  DITHER,
  FRAGMENT_HEAD,
  GHOST,
  HOVERED,
  OCCURRENCE,
  SELECTED,
  TO_SRGB,
} from "./shaders";
import { HEIGHT_RAMP } from "../state/point_ramp";
import { HAS_CLASSES, HAS_COLOURS, HAS_INTENSITIES } from "./points_decode";

/** What `mode` may be. */
export const NATURAL = 0;
export const INTENSITY = 1;
export const CLASS = 2;
export const ELEVATION = 3;
export const PLAIN = 4;

/** What the first number of `sizing` may be. */
export const ADAPTIVE = 0;
export const IN_PIXELS = 1;
export const IN_METRES = 2;

const rgb = (hex: string): string =>
  `vec3(${[1, 3, 5].map((at) => (Number.parseInt(hex.slice(at, at + 2), 16) / 255).toFixed(4)).join(", ")})`;

export const POINT_VERTEX = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;
${OCCURRENCE}${CUT}
uniform int occurrence;
uniform vec4 grid;         // geometry steps = grid.xyz + grid.w * q
uniform float spacing;     // metres between the neighbours that are shown
uniform vec2 pixels;       // least and most device pixels of a point
uniform float viewportHeight;
uniform vec2 strengths;    // intensities drawn black and white
uniform vec2 heights;      // of the model, model frame
uniform int mode;
uniform vec3 sizing;       // how sizes are meant, device pixels, metres
uniform sampler2D classes; // colour of each class, alpha 0: not drawn
uniform vec3 plainColour;  // sRGB
uniform int has;
in vec4 place_;            // q and the intensity
in vec4 shade;             // sRGB and the class, 0 to 1
flat out vec3 vColour;     // sRGB
flat out uint vState;
flat out int vOccurrence;
flat out float vSize;
float height;

// From low to high; even in lightness, and told apart with any colour vision.
vec3 ramp(float t) {
  vec3 stops[5] = vec3[5](${HEIGHT_RAMP.map(rgb).join(", ")});
  float at = clamp(t, 0.0, 1.0) * 4.0;
  int low = min(int(at), 3);
  return mix(stops[low], stops[low + 1], at - float(low));
}
vec4 classHere() {
  return texelFetch(classes, ivec2(int(shade.a * 255.0 + 0.5), 0), 0);
}
vec3 coloured() {
  float grey = clamp((place_.w - strengths.x) / (strengths.y - strengths.x), 0.0, 1.0);
  vec3 byStrength = vec3(0.12 + 0.86 * grey);
  vec3 byHeight = ramp((height - heights.x) / max(heights.y - heights.x, 1e-6));
  if (mode == ${ELEVATION}) return byHeight;
  if (mode == ${INTENSITY} && (has & ${HAS_INTENSITIES}) != 0) return byStrength;
  if (mode == ${CLASS} && (has & ${HAS_CLASSES}) != 0) return classHere().rgb;
  if (mode == ${PLAIN}) return plainColour;
  if ((has & ${HAS_COLOURS}) != 0) return shade.rgb;
  if ((has & ${HAS_INTENSITIES}) != 0) return byStrength;
  return byHeight;
}

void main() {
  vec3 world;
  mat3 turn;
  place(occurrence, grid.xyz + grid.w * place_.xyz, world, turn);
  vState = texelFetch(states, stateTexel(occurrence), 0).r;
  vOccurrence = occurrence;
  height = world.y;
  vColour = coloured();
  gl_Position = projectionMatrix * viewMatrix * vec4(world, 1.0);
  // In a headset the eye's frame is scaled: lengths with it.
  float scale = length(vec3(viewMatrix[0].x, viewMatrix[1].x, viewMatrix[2].x));
  float wide = spacing * scale * projectionMatrix[1][1] * viewportHeight * 0.5 / gl_Position.w;
  vSize = clamp(wide, max(pixels.x, sizing.y * 0.5), pixels.y);
  if (sizing.x == ${IN_PIXELS}.0) vSize = sizing.y;
  if (sizing.x == ${IN_METRES}.0) vSize = clamp(wide / spacing * sizing.z, 1.0, 64.0);
  gl_PointSize = vSize;
  if ((has & ${HAS_CLASSES}) != 0 && classHere().a == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  if (cutAway(world, vState)) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
`;

export const POINT_FRAGMENT =
  `${FRAGMENT_HEAD}${DITHER}${TO_SRGB}` +
  /* glsl */ `
uniform vec3 selectColour;
uniform vec3 hoverColour;
uniform vec3 ghostColour;
flat in vec3 vColour;
flat in uint vState;
flat in int vOccurrence;
flat in float vSize;
out vec4 fragment;

vec3 linear(vec3 srgb) {
  return mix(srgb / 12.92, pow((srgb + 0.055) / 1.055, vec3(2.4)), step(vec3(0.04045), srgb));
}

void main() {
  vec2 from = gl_PointCoord - 0.5;
  float away = dot(from, from);
  if (vSize > 2.5 && away > 0.25) discard;
  bool ghost = (vState & ${GHOST}u) != 0u;
  if (ghost && ditheredAway(0.20, vOccurrence)) discard;
  if (!ghost && (vState & ${SELECTED | HOVERED}u) == 0u) {
    // Large discs end in a darker rim: neighbours of one colour stay apart.
    float rim = vSize > 5.0 ? 1.0 - 0.22 * smoothstep(0.13, 0.25, away) : 1.0;
    fragment = vec4(vColour * rim, 1.0);
    return;
  }
  vec3 colour = linear(vColour);
  if (ghost) colour = mix(colour, ghostColour, 0.75);
  if ((vState & ${SELECTED}u) != 0u) colour = mix(colour, selectColour, 0.42);
  else if ((vState & ${HOVERED}u) != 0u) colour = mix(colour, hoverColour, 0.16);
  fragment = vec4(encoded(colour), 1.0);
}
`;
