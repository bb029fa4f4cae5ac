/**
 * The shaders of the part batch. Every sub-draw is one geometry at one level; `gl_DrawID` finds where
 * its occurrences begin in the list, `gl_InstanceID` which one this is. Lighting is a studio tied to
 * the camera and computed in the shader (shading.ts): no environment map to filter at start (PMREM of RoomEnvironment
 * costs 0.4 s in software GL), and one texture less per fragment on a headset.
 */

import { COMPARE_FRAGMENT, COMPARE_VERTEX, OWNER_MASK } from "./compare_shader";
import { HEAT_FRAGMENT, HEAT_VERTEX } from "./heat_shader";
import { STEP_SLACK } from "./section/tolerance";
import { SILHOUETTE, STUDIO, TONE } from "./shading";

/** Values of the uniform `look`: how faces are drawn. */
export const LOOK_SHADED = 0;
/** Paper: faces hide what lies behind them and show nothing of their own. */
export const LOOK_PAPER = 1;
/** Everything that is not selected is a ghost. */
export const LOOK_GHOST = 2;

/** Bits of the state texture. */
export const GHOST = 1;
export const SELECTED = 2;
export const HOVERED = 4;
/** Sections do not cut this occurrence. */
export const UNCUT = 8;
/** A closed solid: a visible back face of it is the cut. */
export const CLOSED = 16;
/** The occurrence's colour was given by a colouring and stands for those of its faces, too. */
export const COLOURED = 32;
/** Something else draws the outside of this closed solid: only its caps are drawn here. */
export const CAPS_ONLY = 64;

/** Six planes and the six sides of the section box. */
export const MAX_PLANES = 12;
/** Width of the per-occurrence textures, occurrences. */
export const STATE_WIDTH = 512;
/** Texels per occurrence in the matrix texture: three rows and the explode direction. */
export const MATRIX_TEXELS = 4;
/** In the head of a sub-draw: its ranges are told apart by their vertices, not by instances. */
export const RUN_FLAG = 0x80000000;
/** An entry of a run: nothing is drawn of this range. */
export const NOBODY = 0xffffffff;
/** Width of the draw list texture, entries. */
export const LIST_WIDTH = 1024;

export const DRAW_ID = /* glsl */ `
#ifdef MULTI_DRAW
#extension GL_ANGLE_multi_draw : require
#define SUB_DRAW gl_DrawID
#else
uniform int subDraw;
#define SUB_DRAW subDraw
#endif
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;
`;

export const OCCURRENCE = /* glsl */ `
uniform mat4 viewMatrix;
uniform mat4 projectionMatrix;
uniform sampler2D matrices;
uniform sampler2D colours;
uniform usampler2D states;
uniform float explode;

ivec2 stateTexel(int occurrence) {
  return ivec2(occurrence % ${STATE_WIDTH}, occurrence / ${STATE_WIDTH});
}
void place(int occurrence, vec3 steps, out vec3 world, out mat3 turn) {
  ivec2 at = ivec2((occurrence % ${STATE_WIDTH}) * ${MATRIX_TEXELS}, occurrence / ${STATE_WIDTH});
  vec4 r0 = texelFetch(matrices, at, 0);
  vec4 r1 = texelFetch(matrices, at + ivec2(1, 0), 0);
  vec4 r2 = texelFetch(matrices, at + ivec2(2, 0), 0);
  vec4 away = texelFetch(matrices, at + ivec2(3, 0), 0);
  world = vec3(dot(r0.xyz, steps), dot(r1.xyz, steps), dot(r2.xyz, steps))
    + vec3(r0.w, r1.w, r2.w) + away.xyz * explode;
  turn = transpose(mat3(r0.xyz, r1.xyz, r2.xyz));
}
vec3 linear(vec3 srgb) {
  return mix(srgb / 12.92, pow((srgb + 0.055) / 1.055, vec3(2.4)), step(vec3(0.04045), srgb));
}
`;

export const LISTED = /* glsl */ `
uniform usampler2D list;
uint listedRaw(int at) {
  return texelFetch(list, ivec2(at % ${LIST_WIDTH}, at / ${LIST_WIDTH}), 0).r;
}
int listed(int at) {
  return int(listedRaw(at));
}
int occurrenceHere() {
  return listed(listed(SUB_DRAW) + gl_InstanceID);
}
`;

export const FRAGMENT_HEAD = /* glsl */ `
precision highp float;
precision highp int;
`;

export const CUT = /* glsl */ `
uniform vec4 planes[${MAX_PLANES}];
uniform int planeCount;
uniform float planeSlack;
#ifdef NO_CUTS
bool cutAway(vec3 world, uint state, float slack) { return false; }
bool cutAway(vec3 world, uint state) { return false; }
bool faceOfCutAway(vec3 world, vec3 outward, uint state, float slack) { return false; }
#else
// slack: metres beyond a plane that still count as in it.
bool cutAway(vec3 world, uint state, float slack) {
  if ((state & ${UNCUT}u) != 0u) return false;
  for (int i = 0; i < planeCount; i++) if (dot(planes[i].xyz, world) < planes[i].w - slack) return true;
  return false;
}
bool cutAway(vec3 world, uint state) {
  return cutAway(world, state, planeSlack);
}
// A face in a plane whose material was all taken away: sparing what lies in the plane must not spare this.
bool faceOfCutAway(vec3 world, vec3 outward, uint state, float slack) {
  if ((state & ${CLOSED | UNCUT}u) != ${CLOSED}u) return false;
  for (int i = 0; i < planeCount; i++)
    if (abs(dot(planes[i].xyz, world) - planes[i].w) <= slack && dot(planes[i].xyz, normalize(outward)) > 0.999)
      return true;
  return false;
}
#endif
`;

export const DITHER = /* glsl */ `
bool ditheredAway(float alpha, int salt) {
  ivec2 p = (ivec2(gl_FragCoord.xy) + ivec2(salt, salt >> 1)) & 3;
  int bayer[16] = int[16](0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5);
  return (float(bayer[p.x + p.y * 4]) + 0.5) / 16.0 > alpha;
}
// Alpha for the samples of a pixel: what lies between two of their steps is dithered.
uniform float sampleSteps;
float covered(float alpha, int salt) {
  ivec2 p = (ivec2(gl_FragCoord.xy) + ivec2(salt, salt >> 1)) & 3;
  int bayer[16] = int[16](0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5);
  return floor(alpha * sampleSteps + (float(bayer[p.x + p.y * 4]) + 0.5) / 16.0) / sampleSteps;
}
`;

export const TO_SRGB = /* glsl */ `
// Roots instead of the power, which costs a processor several times as much: right to a twentieth of a grey level.
vec3 encoded(vec3 c) {
  c = clamp(c, 0.0, 1.0);
  vec3 second = sqrt(c);
  vec3 fourth = sqrt(second);
  vec3 root = 0.642384 * second + 0.712089 * fourth - 0.336861 * sqrt(fourth) - 0.017569 * c;
  return mix(c * 12.92, root, step(vec3(0.0031308), c));
}
`;

export const FACE_VERTEX =
  `${DRAW_ID}${OCCURRENCE}${LISTED}${COMPARE_VERTEX}${HEAT_VERTEX}` +
  /* glsl */ `
uniform sampler2D palette;
in vec4 steps;      // x, y, z in grid steps and the palette index
in vec4 direction;  // unit normal, part frame, and which range of a run this is (draw_list.ts)
out vec3 vWorld;
out vec3 vNormal;
flat out vec4 vColour;
flat out uint vState;
flat out uint vOwner;
flat out int vOccurrence;
flat out float vSlack;
uniform float planeSlack;

void main() {
  uint head = listedRaw(SUB_DRAW);
  bool run = (head & ${RUN_FLAG}u) != 0u;
  uint entry = listedRaw(int(head & ${RUN_FLAG - 1}u) + (run ? int(direction.w * 127.0 + 0.5) : gl_InstanceID));
  if (entry == ${NOBODY}u) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0); // beyond the picture: this range of the run is not drawn
    return;
  }
  int occurrence = int(entry);
  mat3 turn;
  place(occurrence, steps.xyz, vWorld, turn);
  vNormal = turn * (direction.xyz / vec3(dot(turn[0], turn[0]), dot(turn[1], turn[1]), dot(turn[2], turn[2])));
  uvec2 state = texelFetch(states, stateTexel(occurrence), 0).rg;
  vState = state.r;
  vOwner = state.g & ${OWNER_MASK}u;
  int material = int(steps.w + 0.5);
  vec4 colour = texelFetch(colours, stateTexel(occurrence), 0);
  // The occurrence's alpha (a material of the whole) also thins the colours of its faces.
  if (material > 0) {
    vec4 own = texelFetch(palette, ivec2(material % 1024, material / 1024), 0);
    colour = vec4((state.r & ${COLOURED}u) != 0u ? colour.rgb : own.rgb, colour.a * own.a);
  }
  vColour = vec4(linear(colour.rgb), colour.a);
  vOccurrence = occurrence;
  vSlack = planeSlack + ${STEP_SLACK} * length(turn[0]);
  gl_Position = projectionMatrix * viewMatrix * vec4(vWorld, 1.0);
  compareHere(state.g);
  heatHere();
}
`;

/**
 * BLENDED draws only what lets light through; without it only what does not. What no picture of the moment needs is not
 * in the program (NO_CUTS, NO_GHOSTS; PAPER, INKED and COMPARED): a processor goes through every branch of one, taken or not.
 */
export const FACE_FRAGMENT =
  `${FRAGMENT_HEAD}${CUT}${DITHER}${TO_SRGB}${STUDIO}${TONE}${SILHOUETTE}${COMPARE_FRAGMENT}${HEAT_FRAGMENT}` +
  /* glsl */ `
uniform mat4 viewMatrix;
uniform mat4 projectionMatrix;
uniform vec3 cameraPosition;
uniform bool isOrthographic;
uniform float capped[${MAX_PLANES}];
uniform float viewportHeight;
uniform vec3 selectColour;
uniform vec3 hoverColour;
uniform vec3 ghostColour;
uniform mat3 studio;      // model frame to studio frame
uniform int look;
uniform vec3 paper;
uniform vec3 lineInk;
uniform float silhouette; // device pixels
in vec3 vWorld;
in vec3 vNormal;
flat in vec4 vColour;
flat in uint vState;
flat in int vOccurrence;
flat in float vSlack;
out vec4 fragment;

void main() {
  if (cutAway(vWorld, vState, vSlack) || faceOfCutAway(vWorld, vNormal, vState, vSlack)) discard;
#ifndef NO_CUTS
  if (gl_FrontFacing && (vState & ${CAPS_ONLY}u) != 0u) discard;
#endif
#ifdef COMPARED
  if (beyondSlider()) discard;
#endif
  float alpha = vColour.a;
  bool selected = (vState & ${SELECTED}u) != 0u;
#ifdef NO_GHOSTS
  const bool ghost = false;
#else
  bool ghost = (vState & ${GHOST}u) != 0u || (look == ${LOOK_GHOST} && !selected);
#endif
#ifdef BLENDED
  if (alpha > 0.995 || (vState & ${GHOST}u) != 0u) discard;
#else
  if (alpha <= 0.995 && !ghost) discard;
#endif
#ifdef PAPER
  vec3 albedo = paper;
#else
  vec3 albedo = vColour.rgb;
#endif
#ifdef COMPARED
  albedo = changeColour(albedo);
  float pattern = changePattern() * 0.55;
#endif
#ifdef HEATED
  if (isHeated()) {
    albedo = heatColour();
    pattern = heatPattern() * 0.3;
  }
#endif
  if (ghost) albedo = mix(albedo, ghostColour, 0.6);
  if (selected) albedo = mix(albedo, selectColour, 0.42);
  else if ((vState & ${HOVERED}u) != 0u) albedo = mix(albedo, hoverColour, 0.16);

  vec3 towardEye = isOrthographic
    ? vec3(viewMatrix[0].z, viewMatrix[1].z, viewMatrix[2].z)
    : cameraPosition - vWorld;

#ifndef NO_CUTS
  // The first plane met on the way from this point to the eye: there the solid was cut open.
  if (!gl_FrontFacing && !ghost && (vState & ${CLOSED | UNCUT}u) == ${CLOSED}u) {
    float nearest = isOrthographic ? 1e30 : 1.0;
    int cutBy = -1;
    for (int i = 0; i < planeCount; i++) {
      float toward = dot(planes[i].xyz, towardEye);
      float at = -(dot(planes[i].xyz, vWorld) - planes[i].w) / toward;
      if (toward < 0.0 && at < nearest) { nearest = at; cutBy = i; }
    }
    if (cutBy >= 0 && capped[cutBy] > 0.5) {
      vec3 n = planes[cutBy].xyz;
      vec3 cap = vWorld + towardEye * nearest;
      vec3 u = normalize(abs(n.y) < 0.9 ? cross(n, vec3(0.0, 1.0, 0.0)) : cross(n, vec3(1.0, 0.0, 0.0)));
      vec3 w = cross(n, u);
      float away = isOrthographic ? 1.0 : length(cameraPosition - cap) * length(viewMatrix[0].xyz);
      float pixel = away * 2.0 / (projectionMatrix[1][1] * viewportHeight) / length(viewMatrix[0].xyz);
      float period = exp2(ceil(log2(pixel * 7.0)));
      // Neighbours are hatched in the other direction, as on a drawing.
      float side = ((vOccurrence * 5) & 4) == 0 ? 1.0 : -1.0;
      float along = (dot(cap, u) + side * dot(cap, w)) * 0.70711;
      float line = abs(fract(along / period) - 0.5) * period / pixel;
      float ink = 1.0 - smoothstep(0.35, 1.35, line);
      vec3 flatColour = mix(albedo, vec3(dot(albedo, vec3(0.3, 0.5, 0.2))), 0.1) * 0.92;
      fragment = vec4(encoded(mix(flatColour, flatColour * 0.42, ink * 0.8)), 1.0);
      return;
    }
  }
#endif

  vec3 n = normalize(studio * vNormal);
  if (!gl_FrontFacing) n = -n;
  vec3 v = normalize(studio * towardEye);
  float facing = clamp(dot(n, v), 0.0, 1.0);
#ifndef NO_GHOSTS
  if (ghost) {
    // Glass: seen through in the middle, gathering towards its rims. The samples of a pixel share what is left.
    float rim = 1.0 - facing;
    float veil = 0.07 + 0.5 * rim * rim * rim;
#ifndef BLENDED
    veil = covered(veil, vOccurrence);
    if (veil <= 0.0) discard;
#endif
    fragment = vec4(encoded(albedo * (0.55 + 0.5 * lightOn(n))), veil);
    return;
  }
#endif
#ifdef PAPER
  vec3 colour = albedo;
#else
  vec3 colour = toned(shaded(albedo, n, v, facing));
#endif
  if (!gl_FrontFacing && (vState & ${CLOSED}u) != 0u) colour *= 0.8;
  if (selected) colour += selectColour * 0.06;
#ifdef INKED
  float ink = silhouetteInk(facing, silhouette);
#ifdef PAPER
  colour = mix(colour, lineInk, ink);
#else
  colour = mix(colour, colour * 0.22, ink * 0.75);
#endif
#endif
#ifdef COMPARED
  colour = mix(colour, changeInk, pattern);
#ifdef BLENDED
  alpha *= changeAlpha();
#else
  float left = changeAlpha() < 1.0 ? covered(changeAlpha(), vOccurrence) : 1.0;
  if (left <= 0.0) discard;
  fragment = vec4(encoded(colour), left);
  return;
#endif
#endif
#ifdef BLENDED
  fragment = vec4(encoded(colour), max(alpha, 0.06));
#else
  fragment = vec4(encoded(colour), 1.0);
#endif
}
`;

/** White near and black far; without ghosts and what lets light through. */
export const DEPTH_FRAGMENT =
  `${FRAGMENT_HEAD}${CUT}${COMPARE_FRAGMENT}` +
  /* glsl */ `
uniform int look;
in vec3 vWorld;
in vec3 vNormal;
flat in vec4 vColour;
flat in uint vState;
flat in float vSlack;
out vec4 fragment;
void main() {
  if (cutAway(vWorld, vState, vSlack) || faceOfCutAway(vWorld, vNormal, vState, vSlack)) discard;
  if ((vState & ${GHOST}u) != 0u || look == ${LOOK_GHOST} || vColour.a <= 0.995) discard;
#ifdef COMPARED
  if (beyondSlider() || changeAlpha() < 1.0) discard;
#endif
  fragment = vec4(vec3(1.0 - gl_FragCoord.z), 1.0);
}
`;

/** Red: selected; green: hovered; blue: whose selection, sixteenths; alpha: changed, of two revisions compared. */
export const MASK_FRAGMENT =
  `${FRAGMENT_HEAD}${CUT}${COMPARE_FRAGMENT}` +
  /* glsl */ `
in vec3 vWorld;
in vec3 vNormal;
flat in vec4 vColour;
flat in uint vState;
flat in uint vOwner;
flat in int vOccurrence;
flat in float vSlack;
out vec4 fragment;
void main() {
  if (cutAway(vWorld, vState, vSlack) || faceOfCutAway(vWorld, vNormal, vState, vSlack)) discard;
  float changed = 0.0;
#ifdef COMPARED
  if (beyondSlider()) discard;
  if (isChange()) changed = 1.0;
#endif
  fragment = vec4((vState & ${SELECTED}u) != 0u ? 1.0 : 0.0, (vState & ${HOVERED}u) != 0u ? 1.0 : 0.0,
    float(vOwner) / 16.0, changed);
}
`;

export const SCREEN_VERTEX = /* glsl */ `
in vec3 position;
out vec2 vAt;
void main() {
  vAt = position.xy * 0.5 + 0.5;
  gl_Position = vec4(position.xy, 1.0, 1.0);
}
`;

export const BACKGROUND_FRAGMENT =
  `${FRAGMENT_HEAD}` +
  /* glsl */ `
uniform vec3 top;
uniform vec3 bottom;
in vec2 vAt;
out vec4 fragment;
void main() {
  // Half a grey level of noise, or a soft gradient shows its steps.
  float noise = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453) - 0.5;
  fragment = vec4(mix(bottom, top, smoothstep(0.0, 1.0, vAt.y)) + noise / 255.0, 1.0);
}
`;

/** Draws around what the mask holds: a thick line with a thin contrasting one inside. */
export const OUTLINE_FRAGMENT =
  `${FRAGMENT_HEAD}` +
  /* glsl */ `
uniform sampler2D mask;
uniform vec2 texel;
uniform float thickness;
uniform vec3 selectColour;
uniform vec3 hoverColour;
uniform vec3 innerColour;
uniform vec3 people[8];
uniform vec3 changeInk;
uniform float changeThickness;
in vec2 vAt;
out vec4 fragment;

void main() {
  vec4 whole = texture(mask, vAt);
  vec2 here = whole.rg;
  float changed = 0.0;
  vec2 wide = vec2(0.0);
  vec2 thin = vec2(0.0);
  vec2 least = vec2(1.0);
  for (int i = 0; i < 12; i++) {
    float angle = float(i) * 0.5235988;
    vec2 around = vec2(cos(angle), sin(angle)) * texel;
    vec2 far = texture(mask, vAt + around * thickness).rg;
    vec2 half_ = texture(mask, vAt + around * thickness * 0.55).rg;
    wide = max(wide, max(far, half_));
    thin = max(thin, half_);
    least = min(least, texture(mask, vAt + around * thickness * 0.5).rg);
    changed = max(changed, texture(mask, vAt + around * changeThickness).a);
  }
  // Numbers must not be filtered: the nearest texel, eight ways around.
  ivec2 size = textureSize(mask, 0);
  ivec2 at = ivec2(vAt * vec2(size));
  int own = int(texelFetch(mask, at, 0).b * 16.0 + 0.5);
  int owner = 0;
  int reach = int(thickness * 0.8 + 0.5);
  for (int i = 0; i < 9; i++) {
    ivec2 next = clamp(at + ivec2(i % 3 - 1, i / 3 - 1) * reach, ivec2(0), size - 1);
    owner = max(owner, int(texelFetch(mask, next, 0).b * 16.0 + 0.5));
  }
  float selected = clamp(wide.r - here.r, 0.0, 1.0);
  float hovered = clamp(thin.g - here.g, 0.0, 1.0);
  float inner = clamp(here.r - least.r, 0.0, 1.0) * 0.85;
  if (selected > 0.02) fragment = vec4(selectColour, selected);
  else if (owner > own) fragment = vec4(people[min(owner - 1, 7)], 1.0);
  else if (hovered > 0.02) fragment = vec4(hoverColour, hovered);
  else if (inner > 0.02) fragment = vec4(innerColour, inner);
  else if (changed - whole.a > 0.02) fragment = vec4(changeInk, changed - whole.a);
  else discard;
}
`;
