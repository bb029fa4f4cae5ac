/**
 * What a comparison adds to the programs of the part batch: the colour and pattern of each change, how much of what did
 * not change is left, and on which side of the slider something is drawn. In the program only while comparing (COMPARED).
 */

import { CHANGE_KINDS, CHANGE_STATES, type ChangeKind, stateOf } from "../state/changes";

/** In the second byte of an occurrence's state: whose selection it is below, 1 + the code of its change above. */
export const OWNER_MASK = 15;
export const CHANGE_SHIFT = 4;

const code = (kind: ChangeKind): number => 1 + CHANGE_KINDS.indexOf(kind);
const UNCHANGED = code("unchanged");
const ADDED = code("added");
const REMOVED = code("removed");
const MOVED = code("moved");
/** Which colour each code has: an index into `changeColours`. */
const STATE_OF_CODE = CHANGE_KINDS.map((kind) => CHANGE_STATES.indexOf(stateOf(kind)));

export const COMPARE_VERTEX = /* glsl */ `
#ifdef COMPARED
flat out uint vChange;   // 0: not compared, else 1 + its code
out float vAcross;       // how far right of the slider, in clip space
uniform float clipAt;    // -1 to 1 over the picture
void compareHere(uint owner) {
  vChange = owner >> ${CHANGE_SHIFT}u;
  vAcross = gl_Position.x - clipAt * gl_Position.w;
}
#else
void compareHere(uint owner) {}
#endif
`;

export const COMPARE_FRAGMENT = /* glsl */ `
#ifdef COMPARED
flat in uint vChange;
in float vAcross;
uniform float clipSide;          // 1: drawn right of the slider, -1: left of it, 0: everywhere
uniform vec3 changeColours[${CHANGE_STATES.length}];
uniform vec3 changeInk;
uniform float unchangedAlpha;
uniform float removedAlpha;
uniform float wholeAlpha;        // of the whole revision, while two hands fade one into the other
uniform bool patternsOnly;
uniform float changeRatio;       // device pixels of a CSS pixel
bool beyondSlider() { return vAcross * clipSide < 0.0; }
bool isChange() { return vChange > ${UNCHANGED}u; }
vec3 changeColour(vec3 own) {
  if (vChange == 0u) return own;
  int states[${CHANGE_KINDS.length}] = int[${CHANGE_KINDS.length}](${STATE_OF_CODE.join(", ")});
  int state = patternsOnly ? ${CHANGE_STATES.indexOf("unchanged")} : states[int(vChange) - 1];
  return changeColours[state];
}
// Share of ink in this pixel: hatched when added, broken lines when removed, bars when moved, else dotted.
float changePattern() {
  if (!isChange()) return 0.0;
  vec2 p = gl_FragCoord.xy / changeRatio;
  if (vChange == ${ADDED}u) return step(0.78, fract((p.x - p.y) / 9.0));
  if (vChange == ${REMOVED}u) return step(0.78, fract((p.x + p.y) / 9.0)) * step(0.4, fract((p.x - p.y) / 12.0));
  if (vChange == ${MOVED}u) return step(0.82, fract(p.y / 9.0));
  vec2 cell = fract(p / 8.0) - 0.5;
  return step(dot(cell, cell), 0.04);
}
float changeAlpha() {
  if (vChange == ${REMOVED}u) return removedAlpha * wholeAlpha;
  return (vChange == ${UNCHANGED}u ? unchangedAlpha : 1.0) * wholeAlpha;
}
bool isRemoved() { return vChange == ${REMOVED}u; }
#endif
`;
