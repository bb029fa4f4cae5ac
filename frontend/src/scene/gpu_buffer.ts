/** A GPU buffer that grows: doubling on the GPU itself, so that nothing is kept twice in memory. */

import { GLBufferAttribute, type WebGLRenderer } from "three";

/** How the buffer's items are read by a shader. */
export interface ItemLayout {
  /** Vertex attributes or element indices; WebGL 2 §3.7.2: a buffer cannot be both. */
  readonly target: "vertices" | "indices";
  readonly type: "u16" | "i8" | "u32";
  /** Components per item. */
  readonly size: number;
  readonly normalized?: boolean;
}

const BYTES = { u16: 2, i8: 1, u32: 4 } as const;

/** Holds items one after the other and hands out the attribute that three binds. */
export class GpuBuffer {
  private readonly gl: WebGL2RenderingContext;
  private readonly layout: ItemLayout;
  private readonly itemBytes: number;
  private buffer: WebGLBuffer;
  private capacity: number;
  private used = 0;
  /** A new one after each growth: three notices another object, not another buffer in it. */
  attribute: GLBufferAttribute;

  /** capacity: items to begin with. */
  constructor(renderer: WebGLRenderer, layout: ItemLayout, capacity: number) {
    // WebGLRenderer has made WebGL 2 contexts only since r163; its type still names both.
    this.gl = renderer.getContext() as WebGL2RenderingContext;
    this.layout = layout;
    this.itemBytes = BYTES[layout.type] * layout.size;
    this.capacity = Math.max(capacity, 1);
    this.buffer = this.allocate(this.capacity);
    this.attribute = this.describe();
  }

  /** Items held. */
  get length(): number {
    return this.used;
  }

  /** Bytes on the GPU. */
  get bytes(): number {
    return this.capacity * this.itemBytes;
  }

  /**
   * Appends whole items and returns the number of the first. Binds buffers behind three's back: call
   * `renderer.resetState()` afterwards, once for all appends.
   */
  append(items: Uint16Array | Int8Array | Uint32Array): number {
    const { gl } = this;
    const first = this.used;
    const count = items.length / this.layout.size;
    if (first + count > this.capacity) this.grow(first + count);
    gl.bindVertexArray(null);
    gl.bindBuffer(this.target, this.buffer);
    gl.bufferSubData(this.target, first * this.itemBytes, items);
    this.used += count;
    return first;
  }

  dispose(): void {
    this.gl.deleteBuffer(this.buffer);
  }

  private get target(): number {
    return this.layout.target === "indices" ? this.gl.ELEMENT_ARRAY_BUFFER : this.gl.ARRAY_BUFFER;
  }

  private allocate(items: number): WebGLBuffer {
    const { gl } = this;
    const buffer = gl.createBuffer();
    gl.bindVertexArray(null); // an element buffer would be written into the bound vertex array
    gl.bindBuffer(this.target, buffer);
    gl.bufferData(this.target, items * this.itemBytes, gl.STATIC_DRAW);
    return buffer;
  }

  private grow(needed: number): void {
    const { gl } = this;
    const old = this.buffer;
    this.capacity = Math.max(needed, this.capacity * 2);
    this.buffer = this.allocate(this.capacity);
    gl.bindBuffer(gl.COPY_READ_BUFFER, old);
    gl.bindBuffer(gl.COPY_WRITE_BUFFER, this.buffer);
    gl.copyBufferSubData(
      gl.COPY_READ_BUFFER,
      gl.COPY_WRITE_BUFFER,
      0,
      0,
      this.used * this.itemBytes,
    );
    gl.bindBuffer(gl.COPY_READ_BUFFER, null);
    gl.bindBuffer(gl.COPY_WRITE_BUFFER, null);
    gl.deleteBuffer(old);
    this.attribute = this.describe();
  }

  private describe(): GLBufferAttribute {
    const { gl } = this;
    const { type, size, normalized } = this.layout;
    const glType = { u16: gl.UNSIGNED_SHORT, i8: gl.BYTE, u32: gl.UNSIGNED_INT }[type];
    return new GLBufferAttribute(
      this.buffer,
      glType,
      size,
      BYTES[type],
      this.capacity,
      normalized ?? false,
    );
  }
}
