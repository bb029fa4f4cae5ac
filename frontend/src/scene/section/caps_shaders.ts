/**
 * The exact caps: flat colour of the part, hatched as on a drawing, and the outline of the cut as a line of constant
 * width. A cap is cut by every plane but its own.
 */

import {
  COLOURED,
  FRAGMENT_HEAD,
  HOVERED,
  MAX_PLANES,
  OCCURRENCE,
  SELECTED,
  TO_SRGB,
} from "../shaders";
import { HATCHES } from "./hatch";

const PRECISION = /* glsl */ `
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp usampler2D;
`;

const PLANES = /* glsl */ `
uniform vec4 planes[${MAX_PLANES}];
uniform int planeCount;
uniform float planeSlack;
`;

/** The part's colour as on its faces, linear. */
const PART_COLOUR = /* glsl */ `
uniform sampler2D palette;
vec3 partColour(int occurrence, int material, uint state) {
  // Colours by a property win over those of single faces.
  if (material > 0 && (state & ${COLOURED}u) == 0u) return linear(texelFetch(palette, ivec2(material % 1024, material / 1024), 0).rgb);
  return linear(texelFetch(colours, stateTexel(occurrence), 0).rgb);
}
`;

const NOT_CUT = /* glsl */ `
bool cutByOthers(vec3 world, int own) {
  for (int i = 0; i < planeCount; i++)
    if (i != own && dot(planes[i].xyz, world) < planes[i].w - planeSlack) return true;
  return false;
}
`;

export const CAP_VERTEX = /* glsl */ `${PRECISION}${OCCURRENCE}${PLANES}${PART_COLOUR}
uniform vec3 cameraPosition;
uniform bool isOrthographic;
uniform int planeOf[${MAX_PLANES}];   // where each of our planes stands among those that cut, -1: nowhere
invariant gl_Position;
in vec3 position;
in vec4 paint;                        // occurrence, material, plane, hatch
out vec3 vWorld;
flat out vec3 vColour;
flat out uint vState;
flat out int vPlane;
flat out int vHatch;

void main() {
  int occurrence = int(paint.x + 0.5);
  vWorld = position;
  vPlane = planeOf[int(paint.z + 0.5)];
  vHatch = int(paint.w + 0.5);
  vState = texelFetch(states, stateTexel(occurrence), 0).r;
  vColour = partColour(occurrence, int(paint.y + 0.5), vState);
  gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0);
  vec3 eye = isOrthographic ? position + vec3(viewMatrix[0].z, viewMatrix[1].z, viewMatrix[2].z) : cameraPosition;
  // From the kept side a cap is inside its part: nobody sees it, and it must not shine through thin walls.
  if (vPlane < 0 || dot(planes[max(vPlane, 0)].xyz, eye) > planes[max(vPlane, 0)].w) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
`;

const directions = HATCHES.map(({ degrees }) => {
  const radians = (degrees * Math.PI) / 180;
  return `vec2(${(-Math.sin(radians)).toFixed(6)}, ${Math.cos(radians).toFixed(6)})`;
}).join(", ");
const spacings = HATCHES.map(({ spacing }) => spacing.toFixed(3)).join(", ");

/** INK: only the hatch, over the fills, so that where solids run into one another both hatches are seen. */
export const CAP_FRAGMENT =
  `${FRAGMENT_HEAD}${PLANES}${NOT_CUT}${TO_SRGB}` +
  /* glsl */ `
uniform vec3 selectColour;
uniform vec3 hoverColour;
uniform float periods[${MAX_PLANES}];  // metres between hatch lines, per plane that cuts
in vec3 vWorld;
flat in vec3 vColour;
flat in uint vState;
flat in int vPlane;
flat in int vHatch;
out vec4 fragment;

void main() {
  if (cutByOthers(vWorld, vPlane)) discard;
  vec3 albedo = vColour;
  if ((vState & ${SELECTED}u) != 0u) albedo = mix(albedo, selectColour, 0.42);
  else if ((vState & ${HOVERED}u) != 0u) albedo = mix(albedo, hoverColour, 0.16);
  vec3 paper = mix(albedo, vec3(dot(albedo, vec3(0.3, 0.5, 0.2))), 0.1) * 0.92;
#ifdef INK
  vec3 toward = -planes[vPlane].xyz;
  vec3 level = abs(toward.y) < 0.999 ? vec3(0.0, 1.0, 0.0) : vec3(0.0, 0.0, -sign(toward.y));
  vec3 right = normalize(cross(level, toward));
  vec3 up = cross(toward, right);
  vec2 across[${HATCHES.length}] = vec2[${HATCHES.length}](${directions});
  float spacing[${HATCHES.length}] = float[${HATCHES.length}](${spacings});
  float at = dot(vec2(dot(vWorld, right), dot(vWorld, up)), across[vHatch]);
  float period = periods[vPlane] * spacing[vHatch];
  // The gradient's length: fwidth takes slanted lines for closer than they are.
  float pixel = max(length(vec2(dFdx(at), dFdy(at))), 1e-12);
  float apart = abs(fract(at / period) - 0.5) * period / pixel;
  float ink = 1.0 - smoothstep(0.35, 1.35, apart);
  // Seen flat the lines run together: a moiré says nothing.
  ink *= smoothstep(2.2, 4.0, period / pixel);
  if (ink < 0.02) discard;
  float bright = dot(paper, vec3(0.25, 0.6, 0.15));
  fragment = vec4(encoded(bright > 0.03 ? paper * 0.34 : paper * 2.5 + vec3(0.06)), ink * 0.85);
#else
  fragment = vec4(encoded(paper), 1.0);
#endif
}
`;

/** A side of an outline as a strip of constant width. */
export const OUTLINE_CUT_VERTEX = /* glsl */ `${PRECISION}${OCCURRENCE}${PLANES}${PART_COLOUR}
uniform float viewportHeight;
uniform float lineWidth;              // device pixels
uniform vec3 cameraPosition;
uniform bool isOrthographic;
uniform int planeOf[${MAX_PLANES}];
in vec3 position;                     // x: which end, y: which side
in vec3 from;
in vec3 to;
in vec4 paint;                        // occurrence, material, plane, 1: dashed
in vec2 run;                          // metres along the outline at both ends
out vec3 vWorld;
out float vRun;
flat out vec3 vColour;
flat out uint vState;
flat out int vPlane;
flat out float vDashed;
flat out float vPixel;

void main() {
  int occurrence = int(paint.x + 0.5);
  vPlane = planeOf[int(paint.z + 0.5)];
  vState = texelFetch(states, stateTexel(occurrence), 0).r;
  vColour = partColour(occurrence, int(paint.y + 0.5), vState);
  vDashed = paint.w;
  vWorld = mix(from, to, position.x);
  vRun = mix(run.x, run.y, position.x);
  vec4 a = projectionMatrix * viewMatrix * vec4(from, 1.0);
  vec4 b = projectionMatrix * viewMatrix * vec4(to, 1.0);
  vec3 eye = isOrthographic ? from + vec3(viewMatrix[0].z, viewMatrix[1].z, viewMatrix[2].z) : cameraPosition;
  bool behind = vDashed < 0.5 && dot(planes[max(vPlane, 0)].xyz, eye) > planes[max(vPlane, 0)].w;
  if (vPlane < 0 || behind || a.w < 1e-6 || b.w < 1e-6) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  vec2 size = vec2(viewportHeight * projectionMatrix[1][1] / projectionMatrix[0][0], viewportHeight);
  vec2 way = (b.xy / b.w - a.xy / a.w) * size;
  float longer = length(way);
  vec2 along = longer > 1e-4 ? way / longer : vec2(1.0, 0.0);
  vec2 aside = vec2(-along.y, along.x);
  vec4 here = position.x < 0.5 ? a : b;
  vPixel = max(longer, 1e-4) * 0.5;
  // A little beyond each end, so that corners are filled.
  vec2 off = aside * position.y + along * (position.x * 2.0 - 1.0) * 0.6;
  here.xy += off * lineWidth / size * here.w;
  here.z -= 6e-5 * here.w;
  gl_Position = here;
}
`;

export const OUTLINE_CUT_FRAGMENT =
  `${FRAGMENT_HEAD}${PLANES}${NOT_CUT}${TO_SRGB}` +
  /* glsl */ `
uniform vec3 selectColour;
uniform float dark;                   // 1: dark theme
uniform float periods[${MAX_PLANES}];
in vec3 vWorld;
in float vRun;
flat in vec3 vColour;
flat in uint vState;
flat in int vPlane;
flat in float vDashed;
flat in float vPixel;
out vec4 fragment;

void main() {
  if (cutByOthers(vWorld, vPlane)) discard;
  vec3 ink = vColour * 0.10;
  if (vDashed > 0.5) {
    if (fract(vRun / (periods[vPlane] * 1.6)) > 0.6) discard;
    ink = mix(vColour * 0.30, vColour * 0.6 + vec3(0.32), dark);
  }
  if ((vState & ${SELECTED}u) != 0u) ink = selectColour * 0.5;
  fragment = vec4(encoded(ink), 1.0);
}
`;
