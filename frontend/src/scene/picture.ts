/** How one picture is drawn: what stands behind the model, the model, what lies over it. */

import { type Camera, type Color, Vector3, type Scene, type WebGLRenderer } from "three";
import { type Display, USUAL_DISPLAY } from "../state/areas/displaying";
import { Backdrop, Outline } from "./highlight";
import type { OpenedModel } from "./opened_model";
import { studioAxes } from "./studio";
import { rawColour, type SceneColours } from "./theme";

/** Draws pictures on a flat screen; a headset's loop draws without it. */
export class Picture {
  private readonly renderer: WebGLRenderer;
  private readonly scene: Scene;
  private readonly backdrop = new Backdrop();
  private readonly outline = new Outline();
  private colours: SceneColours | null = null;
  private display: Display = USUAL_DISPLAY;
  private override: Color | null = null;

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
    this.override = colour === null ? null : rawColour(colour);
    this.showBackdrop();
  }

  setColours(colours: SceneColours): void {
    this.colours = colours;
    this.outline.setColours(colours);
    this.showBackdrop();
  }

  /** Background, shadow and what else surrounds the model. */
  setDisplay(display: Display): void {
    this.display = display;
    this.showBackdrop();
  }

  /** Background and outline are for flat screens. */
  setFlatScreen(flat: boolean): void {
    this.backdrop.mesh.visible = flat;
  }

  render(camera: Camera, model: OpenedModel | null): void {
    const { renderer } = this;
    camera.getWorldDirection(_forward);
    _up.setFromMatrixColumn(camera.matrixWorld, 1);
    model?.setStudio(studioAxes([_forward.x, _forward.y, _forward.z], [_up.x, _up.y, _up.z]));
    renderer.info.reset();
    renderer.render(this.scene, camera);
    if (model?.batch.highlights) this.outline.render(renderer, camera);
  }

  dispose(): void {
    this.backdrop.dispose();
    this.outline.dispose();
  }

  private showBackdrop(): void {
    const { colours, override, display } = this;
    if (!colours) return;
    const paper = display.background === "white" || display.shading === "hiddenLine";
    const plain = override ?? (paper ? PAPER : colours.background);
    // A wireframe's faces are painted in the background's colour: it has to be one.
    const wires = display.shading === "wireframe";
    const gradient = !override && !paper && !wires && display.background === "gradient";
    this.backdrop.setColours(
      gradient ? colours.backgroundTop : plain,
      gradient ? colours.backgroundBottom : plain,
    );
  }
}

const PAPER = rawColour("#ffffff");
const _forward = new Vector3();
const _up = new Vector3();
