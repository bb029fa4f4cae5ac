/**
 * Makes a standard material follow the part batch's states: sections cut it where they cut the batch, selection and
 * hover tint it alike.
 */

import {
  InstancedBufferAttribute,
  type IUniform,
  type Material,
  MeshStandardMaterial,
} from "three";
import { CUT, HOVERED, SELECTED } from "./shaders";
import { TONE } from "./shading";

/** Uniforms of the batch that surfaces read, too: the same objects, so that a change is one for both. */
const SHARED = ["planes", "planeCount", "planeSlack", "selectColour", "hoverColour"] as const;

const VERTEX_HEAD = /* glsl */ `
attribute float partState;
varying vec3 vAtModel;
flat varying float vPartState;
`;
// In the model frame, as the planes are; `transformed` is three's name for the vertex before placement.
const VERTEX = /* glsl */ `
vec4 atModel = vec4(transformed, 1.0);
#ifdef USE_INSTANCING
atModel = instanceMatrix * atModel;
#endif
vAtModel = atModel.xyz;
vPartState = partState;
`;
const FRAGMENT_HEAD = /* glsl */ `
varying vec3 vAtModel;
flat varying float vPartState;
uniform vec3 selectColour;
uniform vec3 hoverColour;
${CUT}${TONE}
`;
const FRAGMENT_CUT = /* glsl */ `
uint partState = uint(vPartState + 0.5);
if (cutAway(vAtModel, partState)) discard;
`;
const FRAGMENT_TINT = /* glsl */ `
if ((partState & ${SELECTED}u) != 0u) diffuseColor.rgb = mix(diffuseColor.rgb, selectColour, 0.42);
else if ((partState & ${HOVERED}u) != 0u) diffuseColor.rgb = mix(diffuseColor.rgb, hoverColour, 0.16);
`;

const FRAGMENT_TONE = /* glsl */ `
gl_FragColor.rgb = toned(gl_FragColor.rgb);
`;

/** Adds cut, tint and the batch's tone to a material of three's own. shared: the part batch's uniforms. */
export function followStates(material: Material, shared: Readonly<Record<string, IUniform>>): void {
  material.onBeforeCompile = (program) => {
    for (const name of SHARED) {
      const uniform = shared[name];
      if (uniform) program.uniforms[name] = uniform;
    }
    program.vertexShader = withPart(
      VERTEX_HEAD + program.vertexShader,
      "#include <project_vertex>",
      VERTEX,
    );
    let fragment = FRAGMENT_HEAD + program.fragmentShader;
    fragment = withPart(fragment, "#include <clipping_planes_fragment>", FRAGMENT_CUT);
    fragment = withPart(fragment, "#include <color_fragment>", FRAGMENT_TINT);
    // Unlit colours are shown as they are.
    if (material instanceof MeshStandardMaterial)
      fragment = withPart(fragment, "#include <tonemapping_fragment>", FRAGMENT_TONE);
    program.fragmentShader = fragment;
  };
  const lit = material instanceof MeshStandardMaterial;
  material.customProgramCacheKey = () => `holotable part states ${lit ? "lit" : "plain"}`;
}

/** A program without cuts while nothing cuts: see `FACE_FRAGMENT`. */
export function setCut(material: Material, cut: boolean): void {
  // What lies behind is no cap in front of the edges any more (BatchMaterials.markCaps).
  material.stencilWrite = cut;
  const defines = (material.defines ??= {}) as Record<string, string>;
  if (cut === (defines["NO_CUTS"] === undefined)) return;
  if (cut) Reflect.deleteProperty(defines, "NO_CUTS");
  else defines["NO_CUTS"] = "";
  material.needsUpdate = true;
}

/** State bits of each instance, as many as `count`; add it to the geometry as `partState`. */
export function stateAttribute(count: number): InstancedBufferAttribute {
  return new InstancedBufferAttribute(new Float32Array(count), 1);
}

/** Inserts GLSL behind one of three's parts. @throws Error when three has no such part any more. */
function withPart(shader: string, part: string, added: string): string {
  if (!shader.includes(part)) throw new Error(`three's shader has no ${part}.`);
  return shader.replace(part, `${part}\n${added}`);
}
