/** A three object that three only sets up; the draw itself is one multi-draw call, or a loop without it. */

import {
  type BufferAttribute,
  DataTexture,
  type GLBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  NearestFilter,
  type RawShaderMaterial,
  RedIntegerFormat,
  Sphere,
  UnsignedIntType,
  type WebGLRenderer,
} from "three";
import { emptyDrawList, type DrawList } from "./draw_list";
import { RIBBON } from "./edge_lines";
import { LIST_WIDTH } from "./shaders";

/** Draws a `DrawList` with one material. */
export class MultiDraw extends Mesh<InstancedBufferGeometry, RawShaderMaterial> {
  list: DrawList = emptyDrawList();
  /** GL calls of the last picture. */
  drawCalls = 0;
  /** Runs right before and after the draw, with the state three has set: for what three cannot say. */
  around: {
    before(gl: WebGL2RenderingContext): void;
    /** After the draw: whether to draw once more, with what it has changed. */
    again?(gl: WebGL2RenderingContext): boolean;
    after(gl: WebGL2RenderingContext): void;
  } | null = null;
  private readonly mode: "triangles" | "ribbons";
  private texture: DataTexture | null = null;
  /** Rows of the texture. */
  private rows = 0;
  /** triangles: bytes into the indices; ribbons: first vertex, and how many. */
  private offsets = new Int32Array(0);
  private counts = new Int32Array(0);
  private stale = true;

  constructor(material: RawShaderMaterial, mode: "triangles" | "ribbons") {
    super(new InstancedBufferGeometry(), material);
    this.mode = mode;
    this.frustumCulled = false;
    this.matrixAutoUpdate = false;
    // instanceCount 0: three binds program, textures and vertex array, and draws nothing itself.
    this.geometry.instanceCount = 0;
    // Finite, or three leaves before it binds anything when there is no attribute called position.
    this.geometry.setDrawRange(0, 1);
    this.geometry.boundingSphere = new Sphere(undefined, Infinity);
    this.visible = true;
    this.onBeforeRender = () => this.refresh();
    this.onAfterRender = (renderer) => this.draw(renderer);
  }

  /** Names the shared buffers; again after each growth. */
  bind(
    attributes: Readonly<Record<string, GLBufferAttribute>>,
    index: GLBufferAttribute | null,
  ): void {
    // three binds a GLBufferAttribute wherever it binds its own; its types name only its own.
    for (const [name, attribute] of Object.entries(attributes))
      this.geometry.setAttribute(name, attribute as unknown as BufferAttribute);
    if (index) this.geometry.index = index as unknown as BufferAttribute;
  }

  /** Draws another list, or the same one with other content. */
  setList(list: DrawList): void {
    this.list = list;
    this.stale = true;
    const { firsts, counts, subDraws } = list;
    const ribbons = this.mode === "ribbons";
    if (this.offsets.length < firsts.length) this.offsets = new Int32Array(firsts.length);
    if (ribbons && this.counts.length < counts.length) this.counts = new Int32Array(counts.length);
    for (let i = 0; i < subDraws; i += 1) {
      this.offsets[i] = (firsts[i] ?? 0) * (ribbons ? RIBBON : 4);
      if (ribbons) this.counts[i] = (counts[i] ?? 0) * RIBBON;
    }
  }

  release(): void {
    this.geometry.dispose();
    this.texture?.dispose();
  }

  private refresh(): void {
    if (this.stale) {
      this.stale = false;
      this.upload();
    }
    // The material is shared between passes that differ in nothing but the list.
    const uniform = this.material.uniforms["list"];
    if (uniform && uniform.value !== this.texture) {
      uniform.value = this.texture;
      this.material.uniformsNeedUpdate = true;
    }
  }

  /** Only the rows that hold something: lists of one model differ in length with every choice of levels. */
  private upload(): void {
    const { entries, length } = this.list;
    const rows = Math.max(1, Math.ceil(length / LIST_WIDTH));
    if (!this.texture || this.rows < rows) {
      this.texture?.dispose();
      this.rows = entries.length / LIST_WIDTH;
      this.texture = listTexture(entries);
    } else {
      // three allocates once, by the first picture; of a later one it writes the rows that it says to have.
      Object.assign(this.texture.image, { data: entries, height: rows });
    }
    this.texture.needsUpdate = true;
  }

  private draw(renderer: WebGLRenderer): void {
    this.drawCalls = 0;
    const { list } = this;
    if (list.subDraws === 0) return;
    // WebGLRenderer has made WebGL 2 contexts only since r163; its type still names both.
    const gl = renderer.getContext() as WebGL2RenderingContext;
    this.around?.before(gl);
    const extension =
      this.material.defines["MULTI_DRAW"] === undefined
        ? null
        : gl.getExtension("WEBGL_multi_draw");
    do {
      if (extension) this.drawAtOnce(gl, extension);
      else this.drawInLoop(gl);
    } while (this.around?.again?.(gl) === true);
    this.around?.after(gl);
    renderer.info.render.calls += this.drawCalls;
    if (this.mode === "triangles") renderer.info.render.triangles += list.elements / 3;
    else renderer.info.render.lines += list.elements / 2;
  }

  private drawAtOnce(gl: WebGL2RenderingContext, extension: WEBGL_multi_draw): void {
    const { counts, instances, subDraws } = this.list;
    if (this.mode === "triangles")
      extension.multiDrawElementsInstancedWEBGL(
        gl.TRIANGLES,
        counts,
        0,
        gl.UNSIGNED_INT,
        this.offsets,
        0,
        instances,
        0,
        subDraws,
      );
    else
      extension.multiDrawArraysInstancedWEBGL(
        gl.TRIANGLES,
        this.offsets,
        0,
        this.counts,
        0,
        instances,
        0,
        subDraws,
      );
    this.drawCalls += 1;
  }

  private drawInLoop(gl: WebGL2RenderingContext): void {
    const { counts, instances, subDraws } = this.list;
    // The type of a parameter query is open; CURRENT_PROGRAM is a program or null (WebGL 2 §5.14.3).
    const program = gl.getParameter(gl.CURRENT_PROGRAM) as WebGLProgram | null;
    if (!program) return;
    const location = gl.getUniformLocation(program, "subDraw");
    for (let i = 0; i < subDraws; i += 1) {
      gl.uniform1i(location, i);
      if (this.mode === "triangles")
        gl.drawElementsInstanced(
          gl.TRIANGLES,
          counts[i] ?? 0,
          gl.UNSIGNED_INT,
          this.offsets[i] ?? 0,
          instances[i] ?? 0,
        );
      else
        gl.drawArraysInstanced(
          gl.TRIANGLES,
          this.offsets[i] ?? 0,
          this.counts[i] ?? 0,
          instances[i] ?? 0,
        );
    }
    this.drawCalls += subDraws;
  }
}

function listTexture(entries: Uint32Array): DataTexture {
  const made = new DataTexture(
    entries as Uint32Array<ArrayBuffer>, // made by `new Uint32Array(n)`, never over a shared buffer
    LIST_WIDTH,
    entries.length / LIST_WIDTH,
    RedIntegerFormat,
    UnsignedIntType,
  );
  made.internalFormat = "R32UI";
  made.minFilter = NearestFilter;
  made.magFilter = NearestFilter;
  return made;
}
