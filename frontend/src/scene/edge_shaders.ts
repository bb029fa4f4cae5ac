/**
 * The shaders of display edges: each segment a ribbon over the screen, as wide at any resolution, fading with the size
 * of its part and cut like it. The second draw of a wireframe shows what lies behind, dim and dashed.
 */

import { COMPARE_FRAGMENT, COMPARE_VERTEX } from "./compare_shader";
import {
  CUT,
  DITHER,
  DRAW_ID,
  FRAGMENT_HEAD,
  GHOST,
  LISTED,
  LOOK_GHOST,
  LOOK_PAPER,
  LOOK_SHADED,
  OCCURRENCE,
  SELECTED,
  TO_SRGB,
} from "./shaders";
import { STEP_SLACK } from "./section/tolerance";
import { EDGE_MIN_PX } from "./levels";

/** Width of the texture of edge vertices, texels; WebGL 2 has at least 2048. */
export const EDGE_WIDTH = 2048;
/** Edges of parts from here on are drawn in full; below they fade until EDGE_MIN_PX, where they end. */
const FULL_PX = EDGE_MIN_PX * 3;
/** Grid steps along a part (backend/holotable/conversion/grid.py): 6,554 to 16,384. */
const STEPS_ALONG = 11_000;
/** Depth in units of the 24-bit buffer by which a ribbon stands before its line. */
const BEFORE = 2;
/** Device pixels of a dash and its gap, times the width. */
const DASH = 7;

export const EDGE_VERTEX =
  `${DRAW_ID}${OCCURRENCE}${LISTED}${COMPARE_VERTEX}` +
  /* glsl */ `
uniform usampler2D edgePoints;
uniform sampler2D palette;
uniform float planeSlack;
uniform float viewportHeight;
uniform float edgeWidth;     // device pixels
out vec3 vWorld;
flat out vec4 vColour;
flat out vec4 vInk;          // its own colour, alpha 0: none
flat out uint vState;
flat out int vOccurrence;
flat out float vSlack;
flat out float vStrength;
flat out vec2 vAlong;        // unit vector over the screen

uvec4 edgePoint(int vertex) {
  return texelFetch(edgePoints, ivec2(vertex % ${EDGE_WIDTH}, vertex / ${EDGE_WIDTH}), 0);
}

void main() {
  int occurrence = occurrenceHere();
  int segment = gl_VertexID / 6;
  int corner = gl_VertexID % 6;   // 0 1 2, 2 1 3 of a strip: end in bit 1, side in bit 0
  corner = corner < 3 ? corner : (corner == 3 ? 2 : corner == 4 ? 1 : 3);
  bool far = corner > 1;
  uvec4 first = edgePoint(segment * 2);
  uvec4 second = edgePoint(segment * 2 + 1);
  vec3 from;
  vec3 to;
  mat3 turn;
  place(occurrence, vec3(first.xyz), from, turn);
  to = from + turn * (vec3(second.xyz) - vec3(first.xyz));
  uvec2 state = texelFetch(states, stateTexel(occurrence), 0).rg;
  vState = state.r;
  vec4 colour = texelFetch(colours, stateTexel(occurrence), 0);
  vColour = vec4(linear(colour.rgb), colour.a);
  int own = int(first.w);
  vInk = own == 0 ? vec4(0.0) : vec4(linear(texelFetch(palette, ivec2(own % 1024, own / 1024), 0).rgb), 1.0);
  vOccurrence = occurrence;
  vSlack = planeSlack + ${STEP_SLACK} * length(turn[0]);
  vWorld = far ? to : from;

  mat4 clip = projectionMatrix * viewMatrix;
  vec4 a = clip * vec4(from, 1.0);
  vec4 b = clip * vec4(to, 1.0);
  // What lies before the near plane has no place on the screen: the ribbon begins at the plane.
  float da = a.z + a.w;
  float db = b.z + b.w;
  if (da < 0.0 && db < 0.0) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  if (da < 0.0) a = mix(a, b, da / (da - db));
  else if (db < 0.0) b = mix(b, a, db / (db - da));
  vec2 halfSize = vec2(viewportHeight * projectionMatrix[1][1] / projectionMatrix[0][0], viewportHeight) * 0.5;
  vec2 run = (b.xy / b.w - a.xy / a.w) * halfSize;
  float length_ = length(run);
  vAlong = length_ > 1e-5 ? run / length_ : vec2(1.0, 0.0);
  vec4 here = far ? b : a;
  float scale = length(vec3(viewMatrix[0].x, viewMatrix[1].x, viewMatrix[2].x));
  float partPixels = length(turn[0]) * ${STEPS_ALONG}.0 * scale * projectionMatrix[1][1] * halfSize.y / here.w;
  vStrength = mix(0.25, 1.0, smoothstep(${EDGE_MIN_PX}.0, ${FULL_PX}.0, partPixels));
  float wide = edgeWidth * 0.5;
  vec2 side = vec2(-vAlong.y, vAlong.x) * (((corner & 1) == 0) ? -wide : wide);
  // A little longer than the segment, so that neighbours of a curve leave no notch.
  vec2 further = vAlong * (far ? wide : -wide) * 0.5;
  gl_Position = here + vec4((side + further) / halfSize * here.w, -${BEFORE}.0 / 8388608.0 * here.w, 0.0);
  compareHere(state.g);
}
`;

export const EDGE_FRAGMENT =
  `${FRAGMENT_HEAD}${CUT}${DITHER}${TO_SRGB}${COMPARE_FRAGMENT}` +
  /* glsl */ `
uniform vec3 selectColour;
uniform vec3 edgeInk;        // linear; where faces do not say what stands out from them
uniform float edgeStrength;
uniform float edgeDark;      // faces darker than this have lighter edges
uniform float edgeWidth;
uniform int look;
uniform bool facesShown;
uniform bool ownInk;
uniform bool behind;         // the second draw of a wireframe
in vec3 vWorld;
flat in vec4 vColour;
flat in vec4 vInk;
flat in uint vState;
flat in int vOccurrence;
flat in float vSlack;
flat in float vStrength;
flat in vec2 vAlong;
out vec4 fragment;
void main() {
  if (cutAway(vWorld, vState, vSlack)) discard;
  bool selected = (vState & ${SELECTED}u) != 0u;
#ifdef NO_GHOSTS
  const bool ghost = false;
#else
  bool ghost = (vState & ${GHOST}u) != 0u || (look == ${LOOK_GHOST} && !selected);
  if (ghost && facesShown && ditheredAway(0.5, vOccurrence)) discard;
#endif
  if (behind && fract(dot(gl_FragCoord.xy, vAlong) / (edgeWidth * ${DASH}.0)) > 0.5) discard;
  vec3 face = vColour.rgb;
#ifdef COMPARED
  if (beyondSlider()) discard;
  face = changeColour(face);
#endif
  float bright = dot(face, vec3(0.25, 0.6, 0.15));
  // Darker than the face; on very dark faces lighter, or the edge would vanish.
  vec3 ink = bright > edgeDark ? face * 0.14 + vec3(0.003) : face * 1.6 + vec3(0.11);
  float strength = edgeStrength * vStrength * max(0.25, vColour.a);
  if (look == ${LOOK_PAPER}) {
    ink = facesShown ? vec3(0.0) : mix(edgeInk, vColour.rgb, 0.3);
    strength = vStrength;
  }
  if (ownInk && vInk.a > 0.0 && look == ${LOOK_SHADED}) { ink = vInk.rgb; strength = vStrength; }
#ifdef COMPARED
  // The outline of what was removed is broken.
  if (isRemoved() && fract(dot(gl_FragCoord.xy, vAlong) / (edgeWidth * ${DASH}.0)) > 0.55) discard;
  if (!isChange()) strength *= unchangedAlpha < 1.0 ? 0.3 : 0.7;
  strength *= wholeAlpha;
#endif
  if (ghost) strength *= 0.4;
  if (selected) { ink = selectColour * 0.55; strength = 1.0; }
  if (behind) strength *= 0.32;
  fragment = vec4(encoded(ink), strength);
}
`;
