/** The shaders of the ground: from heights to darkness, the blur, and the quad that shows shadow and grid. */

import { FRAGMENT_HEAD } from "./shaders";

/** Red: what touches the ground, green: what hovers over it. From 1 − height over the whole; alpha 0: nothing above. */
export const SHADOW_GATHER =
  `${FRAGMENT_HEAD}` +
  /* glsl */ `
uniform sampler2D source;
uniform float height;  // metres of the whole
uniform float near;    // metres within which something counts as touching
in vec2 vAt;
out vec4 fragment;
void main() {
  vec4 above = texture(source, vAt);
  float metres = (1.0 - above.r) * height;
  float there = step(0.5, above.a);
  fragment = vec4(there * exp(-metres / near), there * (0.35 + 0.65 * exp(-metres / (near * 9.0))), 0.0, 1.0);
}
`;

/** Gaussian of 13 taps, narrow for red and wide for green. along: one side of the picture in its direction. */
export const SHADOW_BLUR =
  `${FRAGMENT_HEAD}` +
  /* glsl */ `
uniform sampler2D source;
uniform vec2 along;
in vec2 vAt;
out vec4 fragment;
void main() {
  vec2 sum = vec2(0.0);
  float weights = 0.0;
  for (int i = -6; i <= 6; i++) {
    float at = float(i);
    float weight = exp(-at * at / 9.0);
    sum += weight * vec2(texture(source, vAt + along * at * 0.0032).r, texture(source, vAt + along * at * 0.0115).g);
    weights += weight;
  }
  fragment = vec4(sum / weights, 0.0, 1.0);
}
`;

export const GROUND_VERTEX = /* glsl */ `
precision highp float;
uniform mat4 viewMatrix;
uniform mat4 projectionMatrix;
uniform vec4 place;      // middle, model frame
uniform float quadSize;  // metres
in vec3 position;
out vec2 vFrom;          // metres from the middle
void main() {
  vFrom = position.xz * quadSize * 0.5;
  gl_Position = projectionMatrix * viewMatrix * vec4(place.xyz + vec3(vFrom.x, 0.0, vFrom.y), 1.0);
}
`;

export const GROUND_FRAGMENT =
  `${FRAGMENT_HEAD}` +
  /* glsl */ `
uniform sampler2D shadow;
uniform vec4 place;
uniform float quadSize;
uniform float shadowSize;
uniform float strength;
uniform float pool;          // of light around the shadow
uniform float gridStep;
uniform vec2 gridOffset;     // of the model frame's zero within a step
uniform vec3 gridColour;     // sRGB
uniform float gridStrength;
in vec2 vFrom;
out vec4 fragment;

float lines(vec2 metres, float apart, float pixels) {
  vec2 at = metres / apart;
  vec2 wide = fwidth(at);
  vec2 from = abs(fract(at - 0.5) - 0.5) / max(wide, 1e-6);
  // Lines nearer than a few pixels to each other would only be grey.
  vec2 room = 1.0 - smoothstep(0.12, 0.5, wide);
  vec2 ink = (1.0 - smoothstep(pixels - 0.5, pixels + 0.5, from)) * room;
  return max(ink.x, ink.y);
}

void main() {
  vec2 at = vFrom / shadowSize + 0.5;
  float dark = 0.0;
  if (all(greaterThan(at, vec2(0.0))) && all(lessThan(at, vec2(1.0)))) {
    vec2 share = texture(shadow, at).rg;
    vec2 border = smoothstep(vec2(0.0), vec2(0.08), min(at, 1.0 - at));
    float noise = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453) - 0.5;
    dark = (1.0 - (1.0 - 0.75 * share.r) * (1.0 - 0.62 * share.g)) * strength * border.x * border.y + noise / 200.0;
    dark = clamp(dark, 0.0, 1.0);
  }
  float line = 0.0;
  if (gridStrength > 0.0) {
    vec2 metres = vFrom + place.xz + gridOffset;
    float away = 1.0 - smoothstep(0.25, 0.5, length(vFrom) / quadSize);
    line = max(lines(metres, gridStep, 0.6) * 0.45, lines(metres, gridStep * 5.0, 0.8) * 0.9) * away * gridStrength;
  }
  // On a dark ground a shadow is only seen where there is light around it.
  float light = pool * (1.0 - smoothstep(0.1, 0.5, length(vFrom) / shadowSize));
  float seen = 1.0 - (1.0 - dark) * (1.0 - light) * (1.0 - line);
  if (seen <= 0.002) discard;
  vec3 colour = gridColour * line + vec3(1.0) * light * (1.0 - line);
  fragment = vec4(colour * (1.0 - dark) / seen, seen);
}
`;
