/** A name in the room: always as tall to the eye, turned to it. User space, metres. */

import { CanvasTexture, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace } from "three";
import type { Quaternion } from "three";
import type { Vec3 } from "../../state/model";
import { metresPerUnit } from "../panel/sizes";

/** Degrees of the letters (UX.md §4.9), and of the plate around them. */
export const NAME_DEGREES = 0.9;
const PLATE_DEGREES = 1.6;
const PX = 28 * PLATE_DEGREES * 1.6;
const WIDE = 8;

export interface PlateSays {
  readonly name: string;
  /** sRGB. */
  readonly colour: string;
  readonly speaking: boolean;
  /** Place in the queue of hands; null: it is not up. */
  readonly hand: number | null;
}

export class Plate {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private readonly canvas = document.createElement("canvas");
  private readonly texture = new CanvasTexture(this.canvas);
  private said = "";

  constructor() {
    this.canvas.width = PX * WIDE;
    this.canvas.height = PX;
    this.texture.colorSpace = SRGBColorSpace;
    const material = new MeshBasicMaterial({
      ...{ map: this.texture, transparent: true, depthTest: false, toneMapped: false },
    });
    this.mesh = new Mesh(new PlaneGeometry(WIDE, 1), material);
    this.mesh.renderOrder = 9;
  }

  say(says: PlateSays): void {
    const key = JSON.stringify(says);
    if (key === this.said) return;
    this.said = key;
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    const { width, height } = this.canvas;
    pen.clearRect(0, 0, width, height);
    const em = (height * NAME_DEGREES) / PLATE_DEGREES;
    pen.font = `600 ${em}px ${getComputedStyle(document.documentElement).getPropertyValue("--font") || "sans-serif"}`;
    const hand = says.hand === null ? "" : `✋${says.hand} `;
    const most = width - height * 1.4;
    const said = Math.min(most, pen.measureText(hand + says.name).width);
    const [left, wide] = [(width - said - height) / 2, said + height];
    pen.fillStyle = "#14181d";
    pen.beginPath();
    pen.roundRect(left + 3, 3, wide - 6, height - 6, height / 2);
    pen.fill();
    pen.lineWidth = says.speaking ? 12 : 5;
    pen.strokeStyle = says.speaking ? "#5fd39a" : says.colour;
    pen.stroke();
    pen.fillStyle = says.colour;
    pen.beginPath();
    pen.arc(left + height * 0.36, height / 2, height * 0.12, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = "#ffffff";
    pen.textBaseline = "middle";
    pen.fillText(hand + says.name, left + height * 0.6, height * 0.54, most);
    this.texture.needsUpdate = true;
  }

  /** Its middle; facing: of a board that looks at the eye. */
  place(at: Vec3, distance: number, facing: Quaternion): void {
    this.mesh.position.set(...at);
    this.mesh.quaternion.copy(facing);
    this.mesh.scale.setScalar(PLATE_DEGREES * metresPerUnit(distance));
  }

  /** Height of its letters as they stand, metres. */
  get letters(): number {
    return (this.mesh.scale.y * NAME_DEGREES) / PLATE_DEGREES;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.texture.dispose();
    this.mesh.removeFromParent();
  }
}
