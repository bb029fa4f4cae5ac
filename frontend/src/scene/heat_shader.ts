/** What displacements add to the program of the faces: in it only while they are shown (HEATED, with COMPARED). */

import { CHANGE_KINDS } from "../state/changes";
import { HEAT_WIDTH } from "./vertex_heat";

const SHAPE = 1 + CHANGE_KINDS.indexOf("shape");

export const HEAT_VERTEX = /* glsl */ `
#ifdef HEATED
out float vHeat;             // -1 to 1; far below where nothing was measured
uniform sampler2D heat;
void heatHere() {
  float code = texelFetch(heat, ivec2(gl_VertexID % ${HEAT_WIDTH}, gl_VertexID / ${HEAT_WIDTH}), 0).r * 255.0;
  vHeat = code < 0.5 ? -99.0 : (code - 128.0) / 127.0;
}
#else
void heatHere() {}
#endif
`;

export const HEAT_FRAGMENT = /* glsl */ `
#ifdef HEATED
in float vHeat;
uniform vec3 heatColours[5];
uniform float heatTolerance; // share of the ramp's reach that counts as none
bool isHeated() { return vChange == ${SHAPE}u && vHeat > -1.01; }
bool isStill() { return abs(vHeat) <= heatTolerance; }
vec3 heatColour() {
  if (isStill()) return heatColours[2];
  float at = clamp(vHeat, -1.0, 1.0) * 2.0 + 2.0;
  int below = min(int(at), 3);
  return mix(heatColours[below], heatColours[below + 1], at - float(below));
}
// Hatched outwards, dotted inwards.
float heatPattern() {
  if (isStill()) return 0.0;
  vec2 p = gl_FragCoord.xy / changeRatio;
  if (vHeat > 0.0) return step(0.82, fract((p.x - p.y) / 9.0));
  vec2 cell = fract(p / 8.0) - 0.5;
  return step(dot(cell, cell), 0.03);
}
#endif
`;
