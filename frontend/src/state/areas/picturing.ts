/** How a person takes pictures: kept from one to the next. */

import { Store } from "../store";

export interface PictureChoice {
  readonly format: "png" | "svg";
  /** Pixels per pixel of the screen. */
  readonly scale: 1 | 2 | 4;
  /** Measurements, markup, notes. */
  readonly annotations: boolean;
  readonly scaleBar: boolean;
  readonly title: boolean;
  /** Nothing behind the model. */
  readonly transparent: boolean;
}

export interface Picturing {
  readonly pictureChoice: Store<PictureChoice>;
}

export const USUAL_PICTURE: PictureChoice = {
  format: "png",
  scale: 2,
  annotations: true,
  scaleBar: true,
  title: true,
  transparent: false,
};

export function createPicturing(): Picturing {
  return { pictureChoice: new Store<PictureChoice>(USUAL_PICTURE) };
}
