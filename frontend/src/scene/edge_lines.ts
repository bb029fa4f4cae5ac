/**
 * The display edges of all geometries as a texture. Lines of GL are one device pixel wide and no more, so an edge is a
 * ribbon of two triangles that the vertex shader spans over the screen: it fetches both ends of its segment from here.
 */

import { DataTexture, NearestFilter, RGBAIntegerFormat, UnsignedShortType } from "three";
import type { DecodedEdges } from "./decode";
import { EDGE_WIDTH } from "./edge_shaders";

/** Vertices of triangles for each vertex of a line: six for two. */
export const RIBBON = 3;

/** See the head of the file. */
export class EdgeLines {
  /** Texel: x, y, z in grid steps and the palette entry of its own colour, 0 without. */
  readonly texture: DataTexture;
  readonly bytes: number;
  /** The file gives some of them a colour. */
  readonly coloured: boolean;

  constructor(edges: DecodedEdges) {
    const data = edgeTexels(edges);
    this.coloured = edges.colours.length > 0;
    this.bytes = data.byteLength;
    this.texture = new DataTexture(
      data,
      EDGE_WIDTH,
      data.length / (4 * EDGE_WIDTH),
      RGBAIntegerFormat,
      UnsignedShortType,
    );
    this.texture.internalFormat = "RGBA16UI";
    this.texture.minFilter = NearestFilter;
    this.texture.magFilter = NearestFilter;
    this.texture.generateMipmaps = false;
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture.dispose();
  }
}

/** (4 × EDGE_WIDTH × rows) of `EdgeLines.texture`. */
export function edgeTexels({ vertices, colours }: DecodedEdges): Uint16Array<ArrayBuffer> {
  const row = 4 * EDGE_WIDTH;
  const data = new Uint16Array(Math.max(1, Math.ceil(vertices.length / row)) * row);
  data.set(vertices);
  for (let at = 3; at < vertices.length; at += 4) data[at] = 0;
  for (let range = 0; range + 2 < colours.length; range += 3) {
    const first = colours[range] ?? 0;
    const end = Math.min(first + (colours[range + 1] ?? 0), vertices.length / 4);
    for (let v = first; v < end; v += 1) data[v * 4 + 3] = colours[range + 2] ?? 0;
  }
  return data;
}
