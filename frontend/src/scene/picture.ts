/** How one picture is drawn: what stands behind the model, the model, what lies over it. */

import { Color, Vector3, type Camera, type Scene, type WebGLRenderer } from "three";
import { Backdrop, Outline } from "./highlight";
import type { OpenedModel } from "./opened_model";
import { studioAxes } from "./studio";
import type { SceneColours } from "./theme";

/** Draws pictures on a flat screen; a headset's loop draws without it. */
export class Picture {
  private readonly renderer: WebGLRenderer;
  private readonly scene: Scene;
  private readonly backdrop = new Backdrop();
  private readonly outline = new Outline();
  private colours: SceneColours | null = null;

  constructor(renderer: WebGLRenderer, scene: Scene) {
    this.renderer = renderer;
    this.scene = scene;
    scene.add(this.backdrop.mesh);
  }

  /** Whose selection and hover are outlined. */
  setModel(model: OpenedModel | null): void {
    this.outline.setSubject(model?.batch.maskGroup ?? null);
  }

  /** One colour instead of the background, `#rrggbb`; null: the background again. */
  setBackdropOverride(colour: string | null): void {
    const { colours } = this;
    if (!colours) return;
    const plain = colour === null ? null : new Color(colour);
    this.backdrop.setColours(
      plain ? { ...colours, backgroundTop: plain, backgroundBottom: plain } : colours,
    );
  }

  setColours(colours: SceneColours): void {
    this.colours = colours;
    this.backdrop.setColours(colours);
    this.outline.setColours(colours);
  }

  /** Background and outline are for flat screens. */
  setFlatScreen(flat: boolean): void {
    this.backdrop.mesh.visible = flat;
  }

  render(camera: Camera, model: OpenedModel | null): void {
    const { renderer } = this;
    camera.getWorldDirection(_forward);
    _up.setFromMatrixColumn(camera.matrixWorld, 1);
    model?.batch.materials.setStudio(
      studioAxes([_forward.x, _forward.y, _forward.z], [_up.x, _up.y, _up.z]),
    );
    renderer.info.reset();
    renderer.render(this.scene, camera);
    if (model?.batch.highlights) this.outline.render(renderer, camera);
  }

  dispose(): void {
    this.backdrop.dispose();
    this.outline.dispose();
  }
}

const _forward = new Vector3();
const _up = new Vector3();
