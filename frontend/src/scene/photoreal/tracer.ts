/** The path tracer, in a chunk of its own: three-gpu-pathtracer on a canvas and context of its own. */

import { type Camera, Color, NeutralToneMapping, type Scene, WebGLRenderer } from "three";
import { WebGLPathTracer } from "three-gpu-pathtracer";
import { GenerateMeshBVHWorker } from "three-mesh-bvh/worker";

/** Milliseconds that one turn may take; beyond it the picture is traced in smaller tiles. */
const SLOW_TURN_MS = 120;
const QUICK_TURN_MS = 30;
const MOST_TILES = 8;

/** Traces one scene from one camera. */
export class Tracer {
  private readonly renderer: WebGLRenderer;
  private readonly tracer: WebGLPathTracer;
  private readonly worker = new GenerateMeshBVHWorker();
  private lastMs = 0;

  /** @throws Error where the graphics cannot trace. */
  constructor(canvas: HTMLCanvasElement, width: number, height: number) {
    this.renderer = new WebGLRenderer({ canvas, alpha: true, preserveDrawingBuffer: true });
    this.renderer.setPixelRatio(1);
    this.renderer.setSize(width, height, false);
    this.renderer.setClearColor(new Color(0, 0, 0), 0);
    this.renderer.toneMapping = NeutralToneMapping;
    if (!this.renderer.extensions.has("EXT_color_buffer_float")) {
      this.dispose();
      throw new Error("EXT_color_buffer_float");
    }
    this.tracer = new WebGLPathTracer(this.renderer);
    this.tracer.setBVHWorker(this.worker);
    this.tracer.bounces = 5;
    this.tracer.transmissiveBounces = 8;
    this.tracer.filterGlossyFactor = 0.5;
    this.tracer.renderDelay = 0;
    this.tracer.minSamples = 1;
    this.tracer.fadeDuration = 0;
    this.tracer.rasterizeScene = false;
    this.tracer.tiles.set(2, 2);
  }

  async begin(scene: Scene, camera: Camera, progress: (fraction: number) => void): Promise<void> {
    await this.tracer.setSceneAsync(scene, camera, { onProgress: progress });
  }

  /** One turn; returns the whole passes so far. */
  turn(): number {
    const now = performance.now();
    const took = now - this.lastMs;
    if (this.lastMs > 0) this.fitTiles(took);
    this.lastMs = now;
    this.tracer.renderSample();
    return Math.floor(this.tracer.samples);
  }

  dispose(): void {
    // Made last in the constructor: it may have thrown before.
    (this.tracer as WebGLPathTracer | undefined)?.dispose();
    this.worker.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  /** Smaller tiles where turns take long, so that the page and its graphics go on. */
  private fitTiles(tookMs: number): void {
    const { tiles } = this.tracer;
    if (tookMs > SLOW_TURN_MS && tiles.x < MOST_TILES) tiles.set(tiles.x + 1, tiles.y + 1);
    else if (tookMs < QUICK_TURN_MS && tiles.x > 1) tiles.set(tiles.x - 1, tiles.y - 1);
  }
}
