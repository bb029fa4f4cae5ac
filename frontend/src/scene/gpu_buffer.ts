/**
 * A GPU buffer that grows by half, on the GPU itself, so that nothing is kept twice in memory. Doubling would leave a
 * model of one byte more than a power of two with as much room unused as used.
 */

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

/** The graphics card has no room for a buffer of this size. */
export class OutOfGraphicsMemory extends Error {
  readonly code = "out_of_memory";
  /** Of the buffer that was refused. */
  readonly bytes: number;

  constructor(bytes: number) {
    super(`The graphics card has no room for ${Math.round(bytes / 1e6)} MB more.`);
    this.bytes = bytes;
  }
}

/** Holds items where it is told to and hands out the attribute that three binds. */
export class GpuBuffer {
  private readonly gl: WebGL2RenderingContext;
  private readonly layout: ItemLayout;
  private readonly itemBytes: number;
  private buffer: WebGLBuffer;
  private capacity: number;
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

  /** Bytes on the GPU. */
  get bytes(): number {
    return this.capacity * this.itemBytes;
  }

  /**
   * Makes room for so many items; what is held stays where it is. Binds buffers behind three's back: call
   * `renderer.resetState()` afterwards. @throws OutOfGraphicsMemory with everything as it was.
   */
  reserve(items: number): void {
    if (items > this.capacity) this.grow(items);
  }

  /** Writes whole items from `first` on, where there is room. `resetState` as above. */
  put(first: number, items: Uint16Array | Int8Array | Uint32Array): void {
    const { gl } = this;
    gl.bindVertexArray(null);
    gl.bindBuffer(this.target, this.buffer);
    gl.bufferSubData(this.target, first * this.itemBytes, items);
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
    const bytes = items * this.itemBytes;
    // Asked only where memory is asked for: it waits for the graphics process.
    while (gl.getError() !== gl.NO_ERROR && !gl.isContextLost()) continue;
    gl.bufferData(this.target, bytes, gl.STATIC_DRAW);
    if (gl.getError() === gl.OUT_OF_MEMORY) {
      gl.deleteBuffer(buffer);
      throw new OutOfGraphicsMemory(bytes);
    }
    return buffer;
  }

  private grow(needed: number): void {
    const { gl } = this;
    const old = this.buffer;
    const held = this.capacity;
    const capacity = Math.max(needed, Math.ceil(held * 1.5));
    this.buffer = this.allocate(capacity);
    this.capacity = capacity;
    gl.bindBuffer(gl.COPY_READ_BUFFER, old);
    gl.bindBuffer(gl.COPY_WRITE_BUFFER, this.buffer);
    gl.copyBufferSubData(gl.COPY_READ_BUFFER, gl.COPY_WRITE_BUFFER, 0, 0, held * this.itemBytes);
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
