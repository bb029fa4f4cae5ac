/** The studio (studio.ts) as a picture of all directions: for textured parts and the photoreal still. */

import {
  DataTexture,
  DataUtils,
  EquirectangularReflectionMapping,
  FloatType,
  HalfFloatType,
  LinearFilter,
} from "three";
import { radiance } from "./studio";

/** Texels; the sharpest lobe is 24 degrees wide. */
const WIDTH = 256;
const HEIGHT = 128;

/**
 * Radiance by direction. axes: the studio's in the frame of the picture, as `studioAxes` gives them.
 * half: in half floats, which every graphics card filters.
 */
export function studioSky(axes: readonly number[], half: boolean): DataTexture {
  const floats = new Float32Array(WIDTH * HEIGHT * 4);
  for (let row = 0; row < HEIGHT; row += 1)
    for (let column = 0; column < WIDTH; column += 1) {
      const rise = ((row + 0.5) / HEIGHT - 0.5) * Math.PI;
      const turn = ((column + 0.5) / WIDTH - 0.5) * 2 * Math.PI;
      const d = [Math.cos(rise) * Math.cos(turn), Math.sin(rise), Math.cos(rise) * Math.sin(turn)];
      const along = (at: number): number =>
        [0, 1, 2].reduce((sum, k) => sum + (axes[at + k] ?? 0) * (d[k] ?? 0), 0);
      const light = radiance(along(0), along(3), along(6));
      floats.set([light, light, light, 1], (row * WIDTH + column) * 4);
    }
  const data = half ? Uint16Array.from(floats, (value) => DataUtils.toHalfFloat(value)) : floats;
  const texture = new DataTexture(data, WIDTH, HEIGHT);
  texture.type = half ? HalfFloatType : FloatType;
  texture.mapping = EquirectangularReflectionMapping;
  texture.minFilter = LinearFilter;
  texture.magFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}
