/**
 * Photos: what the trigger points at, or what both hands frame, drawn into a target of its own and read back without
 * waiting, so that no picture of the headset is late. Also the eye of whoever is inside: what views and issues keep.
 */

import { Group, PerspectiveCamera, Vector3, WebGLRenderTarget, SRGBColorSpace } from "three";
import type { Eye } from "../../state/areas/hand_tools";
import { addressOf } from "../../browser/data_address";
import { t } from "../../state/messages";
import type { Vec3 } from "../../state/model";
import type { CameraPose } from "../../state/workspace";
import type { PointerHandler } from "../../scene/pointer";
import { along } from "../../scene/vector";
import type { RayTarget } from "../ray_target";
import type { Seat } from "../seat";
import type { HandPart } from "./hand_part";
import { Pad, type PadDebug } from "./pad";
import { type PadButton, photoContent } from "./pad_content";
import { PHOTO_ASPECT, type PhotoFrame, alongRay, between, cornersOf } from "./photo_frame";
import { Strokes } from "./strokes";

const WIDTH = 1280;
const HEIGHT = Math.round(WIDTH / PHOTO_ASPECT);
/** Of what the headset's eye sees, when nothing is framed. */
const EYE_FOV_RAD = (60 * Math.PI) / 180;
/** The frame is drawn so far before the eye, metres. */
const FRAME_M = 0.6;
const USUAL_REACH_M = 1;

/** A photo that was taken; model frame. */
interface Shot {
  readonly pose: CameraPose;
  readonly blob: Blob;
  readonly picture: ImageBitmap;
}

export interface PhotoDebug {
  readonly card: PadDebug | null;
  readonly taken: CameraPose | null;
  readonly count: number;
}

export class Photo implements HandPart, PointerHandler, Eye {
  readonly tools = ["photo"] as const;
  readonly group = new Group();
  readonly handler: PointerHandler = this;
  readonly target: RayTarget;
  private readonly seat: Seat;
  private readonly camera = new PerspectiveCamera(40, PHOTO_ASPECT, 0.01, 1000);
  private readonly pad: Pad;
  private readonly frame = new Strokes("#ffb454");
  private renderTarget: WebGLRenderTarget | null = null;
  private shot: Shot | null = null;
  /** Asked for, drawn with the next picture. */
  private wanted: { readonly frame: PhotoFrame; done(blob: Blob | null): void } | null = null;
  private framing = false;
  private count = 0;

  constructor(seat: Seat) {
    this.seat = seat;
    this.pad = new Pad({ width: 0.52, height: 0.46, widthPx: 1040, textPx: 26 }, (button) =>
      this.pressed(button),
    );
    this.target = this.pad;
    this.group.add(this.pad.board.mesh, this.frame.lines);
  }

  get debug(): PhotoDebug {
    return { card: this.pad.debug, taken: this.shot?.pose ?? null, count: this.count };
  }

  // The eye

  pose(): CameraPose {
    return this.shot?.pose ?? this.poseOf(this.eyeFrame());
  }

  async picture(): Promise<Blob | null> {
    return this.shot?.blob ?? (await this.take(this.eyeFrame()));
  }

  // The tool

  press(): boolean {
    return true;
  }

  release(): void {
    if (this.framing) return; // the other hand still holds its corner
    if (this.letGo) {
      this.letGo = false; // the second corner of the picture that was just taken
      return;
    }
    const frame = this.rayFrame();
    if (frame) void this.keep(frame);
  }

  update(_tick: unknown, held: boolean): void {
    this.drawWanted();
    this.frame.begin();
    if (held) {
      const hands = [...this.seat.hands.values()].filter(
        ({ tracked, pressing }) => tracked && pressing,
      );
      const [first, second] = hands;
      const { position } = this.seat.head;
      const framed = first && second ? between(position, first.position, second.position) : null;
      if (framed) {
        if (!this.framing) this.close(); // a new picture begins; the card of the last one is in its way
        this.framing = true;
      } else if (this.framing && hands.length < 2) {
        this.framing = false;
        this.letGo = hands.length === 1;
        if (this.lastFramed) void this.keep(this.lastFramed);
      }
      this.lastFramed = framed ?? this.lastFramed;
      const shown = framed ?? (this.shot ? null : this.rayFrame());
      if (shown) this.frame.path(cornersOf(shown, FRAME_M), true);
    }
    this.frame.end();
    this.showCard();
  }

  put(): void {
    this.framing = false;
    this.letGo = false;
    this.lastFramed = null;
  }

  /** The headset was taken off. */
  forget(): void {
    this.wanted?.done(null);
    this.wanted = null;
    this.close();
  }

  dispose(): void {
    this.forget();
    this.pad.dispose();
    this.frame.dispose();
    this.renderTarget?.dispose();
    this.group.removeFromParent();
  }

  private lastFramed: PhotoFrame | null = null;
  /** One corner of a frame was let go, the other is still held. */
  private letGo = false;

  private async keep(frame: PhotoFrame): Promise<void> {
    const { workspace, commands } = this.seat.viewer;
    const pose = this.poseOf(frame);
    const blob = await this.take(frame);
    if (!blob) {
      workspace.announce(t("vr.photo.failed"), { assertive: true });
      return;
    }
    this.close();
    this.shot = { pose, blob, picture: await createImageBitmap(blob) };
    this.count += 1;
    if (workspace.composing.get())
      commands.run("issue.picture", { address: await addressOf(blob) });
  }

  private pressed({ id }: PadButton): void {
    const { commands, workspace } = this.seat.viewer;
    if (id === "save") {
      const time = new Date().toLocaleTimeString();
      commands.run("view.save", { name: t("vr.photo.name", { time }) });
    } else if (id === "issue") {
      // What the view keeps is the photo's for as long as its card is there.
      if (!workspace.composing.get()) commands.run("xr.tool", { tool: "pin" });
      return;
    }
    this.close();
  }

  private close(): void {
    this.shot?.picture.close();
    this.shot = null;
  }

  private showCard(): void {
    const { viewer, head, hands } = this.seat;
    const { shot } = this;
    const { workspace } = viewer;
    const content =
      shot &&
      photoContent(
        2 * Math.atan(Math.tan(shot.pose.fov_rad / 2) * PHOTO_ASPECT),
        viewer.toAbsolute(shot.pose.position).map((value) => value.toFixed(2)),
      );
    this.pad.show(content, workspace.theme.get(), shot?.picture ?? null);
    if (!shot || hands.size === 0) return;
    if (!this.placed) this.pad.place([0, 1.45, -0.75], head.position);
    this.placed = true;
  }

  private placed = false;

  // Drawing

  private eyeFrame(): PhotoFrame {
    const { position, quaternion } = this.seat.head;
    _forward.set(0, 0, -1).applyQuaternion(quaternion);
    return {
      position,
      direction: [_forward.x, _forward.y, _forward.z],
      fov_rad: EYE_FOV_RAD,
    };
  }

  private rayFrame(): PhotoFrame | null {
    const { pointing, head, rig } = this.seat;
    if (!pointing?.tracked) return null;
    const reach = pointing.hit ? pointing.hit.distance / rig.scale : USUAL_REACH_M;
    return alongRay(head.position, pointing.position, pointing.forward, reach);
  }

  private poseOf({ position, direction, fov_rad }: PhotoFrame): CameraPose {
    const { rig } = this.seat;
    const eye = rig.toModel(position);
    return {
      position: eye,
      target: along(eye, rig.direction(direction), rig.scale),
      up: [0, 1, 0],
      fov_rad,
      ortho_height_m: null,
    };
  }

  private take(frame: PhotoFrame): Promise<Blob | null> {
    return new Promise((resolve) => {
      this.wanted?.done(null);
      this.wanted = { frame, done: resolve };
    });
  }

  private drawWanted(): void {
    const { wanted } = this;
    if (!wanted) return;
    this.wanted = null;
    const { viewer, rig, group } = this.seat;
    const { renderer, scene } = viewer;
    const target = (this.renderTarget ??= photoTarget());
    const pose = this.poseOf(wanted.frame);
    const { camera } = this;
    camera.fov = (pose.fov_rad * 180) / Math.PI;
    camera.near = 0.02 * rig.scale;
    camera.far = 1000 * rig.scale;
    camera.position.set(...pose.position);
    camera.up.set(0, 1, 0);
    camera.lookAt(...pose.target);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld(true);
    const before = renderer.getRenderTarget();
    const shown = group.visible;
    group.visible = false; // hands and boards are no part of what is kept
    renderer.xr.enabled = false;
    renderer.setRenderTarget(target);
    renderer.clear();
    renderer.render(scene, camera);
    renderer.setRenderTarget(before);
    renderer.xr.enabled = true;
    group.visible = shown;
    const pixels = new Uint8Array(WIDTH * HEIGHT * 4);
    renderer.readRenderTargetPixelsAsync(target, 0, 0, WIDTH, HEIGHT, pixels).then(
      () => void written(pixels).then(wanted.done, () => wanted.done(null)),
      () => wanted.done(null),
    );
  }
}

/** Pixels of GL, from the lower left, as a picture. */
async function written(pixels: Uint8Array): Promise<Blob | null> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  const upright = new Uint8ClampedArray(pixels.length);
  const row = WIDTH * 4;
  for (let y = 0; y < HEIGHT; y += 1)
    upright.set(pixels.subarray((HEIGHT - 1 - y) * row, (HEIGHT - y) * row), y * row);
  for (let i = 3; i < upright.length; i += 4) upright[i] = 255;
  pen.putImageData(new ImageData(upright, WIDTH, HEIGHT), 0, 0);
  return canvas.convertToBlob({ type: "image/webp", quality: 0.85 });
}

function photoTarget(): WebGLRenderTarget {
  const target = new WebGLRenderTarget(WIDTH, HEIGHT, { samples: 4 });
  target.texture.colorSpace = SRGBColorSpace;
  // Three encodes into the target's colours only for those of a headset. Samples and picture must be of one format (its
  // own choice is RGBA8 for the one and SRGB8_ALPHA8 for the other): else nothing is resolved, and every photo is black.
  Object.assign(target, { isXRRenderTarget: true });
  target.texture.internalFormat = "RGBA8";
  return target;
}

const _forward = new Vector3();
