/**
 * The photoreal still: what the view shows, traced in its place on demand. Any change of the view ends it and the view
 * is as it was; the tracer and its library are loaded when first wanted.
 */

import type { Scene } from "three";
import { Mesh } from "three";
import type { Photoreal, PhotorealReason } from "../../state/areas/displaying";
import { t } from "../../state/messages";
import { isSoftware } from "../graphics";
import { sceneColours } from "../theme";
import type { Viewer } from "../viewer";
import { skyOf, stillGround, stillScene, trianglesAt } from "./still_scene";
import type { Tracer } from "./tracer";

/** Triangles that a graphics card traces well, and what a processor does at all. */
const MOST_TRIANGLES = 2_000_000;
const MOST_TRIANGLES_SOFTWARE = 200_000;
const PASSES = 300;
const PASSES_SOFTWARE = 24;
/** Share of the view's pixels along each side without a graphics card. */
const SOFTWARE_SHARE = 0.25;
const FILE_NAME = "photoreal.png";

/** Offers the commands of the still. Returns the way to stop. */
export function offerPhotoreal(viewer: Viewer): () => void {
  const still = new Still(viewer);
  const { commands } = viewer;
  const stops = [
    commands.register("display.photoreal", ({ scale = 1, anyway = false, level = 0 }) => {
      still.begin(scale, anyway, level).catch((error: unknown) => still.fail(error));
    }),
    commands.register("display.photorealStop", () => still.stop()),
    commands.register("display.photorealEnd", () => still.end()),
    commands.register("display.photorealSave", () => still.save()),
  ];
  return () => {
    still.end();
    for (const stop of stops) stop();
  };
}

/** One still at a time. */
class Still {
  private readonly viewer: Viewer;
  private canvas: HTMLCanvasElement | null = null;
  private tracer: Tracer | null = null;
  private scene: Scene | null = null;
  private watching: (() => void)[] = [];
  private frame = 0;
  /** Counts up with each beginning and end: what is late knows that it is. */
  private round = 0;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
  }

  async begin(scale: 1 | 2, anyway: boolean, level: number): Promise<void> {
    this.end();
    const round = this.round;
    const gone = (): boolean => this.round !== round;
    const { viewer } = this;
    const { model, canvas } = viewer;
    const software = isSoftware(viewer.renderer);
    const ratio = (software ? SOFTWARE_SHARE : viewer.renderer.getPixelRatio()) * scale;
    const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    const most = software ? MOST_TRIANGLES_SOFTWARE : MOST_TRIANGLES;
    const base: Photoreal = {
      phase: "preparing",
      fraction: 0,
      samples: 0,
      target: software ? PASSES_SOFTWARE : PASSES,
      width,
      height,
      scale,
      triangles: 0,
      reason: null,
      detail: null,
      openCuts: (model?.planes.length ?? 0) > 0,
    };
    if (software && !anyway) return this.refuse(base, "software");
    if (!model) return this.refuse(base, "empty");
    // The finest level that fits; a still that shows a little less is better than none.
    const { levels } = model.batch.store.ranges;
    let chosen = Math.min(level, levels - 1);
    let triangles = trianglesAt(model, chosen);
    while (triangles > most && chosen + 1 < levels) triangles = trianglesAt(model, (chosen += 1));
    if (triangles > most) return this.refuse({ ...base, triangles }, "triangles");
    this.tell({ ...base, triangles });
    this.watch();
    const scene = await stillScene(
      model,
      chosen,
      (fraction) => this.change({ fraction: fraction * 0.4 }),
      gone,
    );
    if (gone()) return;
    if (!scene) return this.refuse({ ...base, triangles }, "empty");
    this.scene = scene;
    const { display, theme } = viewer.workspace;
    const colours = sceneColours(theme.get());
    const white = display.get().background === "white";
    const background = white ? "#ffffff" : `#${colours.background.getHexString("srgb-linear")}`;
    scene.environment = skyOf(viewer.camera);
    if (display.get().shadow)
      scene.add(stillGround(model, colours.background.clone().convertSRGBToLinear()));
    const { Tracer: Loaded } = await import("./tracer");
    if (gone()) return;
    const shown = this.lay(background);
    const tracer = new Loaded(shown, width, height);
    this.tracer = tracer;
    await tracer.begin(scene, viewer.camera.clone(), (fraction) =>
      this.change({ fraction: 0.4 + fraction * 0.6 }),
    );
    if (gone()) return;
    this.change({ phase: "tracing", fraction: 1 });
    this.trace();
  }

  /** Leaves the still as it is. */
  stop(): void {
    cancelAnimationFrame(this.frame);
    if (this.said?.phase === "tracing") this.change({ phase: "done" });
  }

  /** Back to the view, which has never been touched. */
  end(): void {
    this.round += 1;
    cancelAnimationFrame(this.frame);
    for (const stop of this.watching) stop();
    this.watching = [];
    this.tracer?.dispose();
    this.tracer = null;
    this.canvas?.remove();
    this.canvas = null;
    this.scene?.environment?.dispose();
    this.scene?.traverse((object) => {
      if (object instanceof Mesh) (object as Mesh).geometry.dispose();
    });
    this.scene = null;
    this.viewer.workspace.photoreal.set(null);
  }

  save(): void {
    const { canvas } = this;
    if (!canvas) return;
    const flat = document.createElement("canvas");
    flat.width = canvas.width;
    flat.height = canvas.height;
    const context = flat.getContext("2d");
    if (!context) return;
    context.fillStyle = canvas.style.background;
    context.fillRect(0, 0, flat.width, flat.height);
    context.drawImage(canvas, 0, 0);
    flat.toBlob((blob) => {
      if (!blob) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = FILE_NAME;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      this.viewer.workspace.announce(t("photoreal.saved", { name: FILE_NAME }));
    }, "image/png");
  }

  fail(error: unknown): void {
    const { said } = this;
    if (!said) return;
    this.refuse(said, "failed", error instanceof Error ? error.message : String(error));
  }

  private get said(): Photoreal | null {
    return this.viewer.workspace.photoreal.get();
  }

  private tell(still: Photoreal): void {
    this.viewer.workspace.photoreal.set(still);
  }

  private change(still: Partial<Photoreal>): void {
    if (this.said) this.tell({ ...this.said, ...still });
  }

  private refuse(base: Photoreal, reason: PhotorealReason, detail: string | null = null): void {
    this.end();
    this.tell({ ...base, phase: "refused", reason, detail });
  }

  /** A canvas over the view's; pointers go through it, so that the first drag is already one of the view. */
  private lay(background: string): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    canvas.className = "scene-still";
    canvas.style.background = background;
    canvas.setAttribute("aria-hidden", "true");
    this.viewer.canvas.after(canvas);
    this.canvas = canvas;
    return canvas;
  }

  private trace(): void {
    this.frame = requestAnimationFrame(() => {
      const { tracer, said } = this;
      if (!tracer || !said) return;
      let samples = 0;
      try {
        samples = tracer.turn();
      } catch (error) {
        this.fail(error);
        return;
      }
      if (samples !== said.samples) this.change({ samples });
      if (samples >= said.target) this.change({ phase: "done" });
      else this.trace();
    });
  }

  /** What changes the picture ends the still. */
  private watch(): void {
    const { workspace } = this.viewer;
    const stores = [
      workspace.camera,
      workspace.hidden,
      workspace.ghosted,
      workspace.colouring,
      workspace.sections,
      workspace.sectionBox,
      workspace.explode,
      workspace.display,
      workspace.theme,
      workspace.manifest,
    ];
    for (const store of stores) {
      let first = true;
      this.watching.push(
        store.subscribe(() => {
          if (!first) this.end();
          first = false;
        }),
      );
    }
  }
}
