/** Colours of the 3D view: the tokens of UX.md §5.1 as numbers, for the moments CSS cannot reach. */

import { Color, LinearSRGBColorSpace } from "three";
import type { Theme } from "../state/workspace";

/** What the scene draws with. */
export interface SceneColours {
  readonly dark: boolean;
  /** Top and bottom of the background, sRGB as written. */
  readonly backgroundTop: Color;
  readonly backgroundBottom: Color;
  /** Linear. */
  readonly select: Color;
  readonly hover: Color;
  /** Contrasting line inside the selection's outline. */
  readonly inner: Color;
  /** What ghosts fade towards; linear. */
  readonly ghost: Color;
  readonly selectCss: string;
  readonly hoverCss: string;
}

/** --viewport is the middle of the gradient; its ends keep every contrast of the table. */
const TOKENS = {
  light: {
    top: "#f1f4f6",
    bottom: "#dbe0e5",
    select: "#b85200",
    hover: "#0f6fc6",
    inner: "#ffffff",
    ghost: "#8f9aa6",
  },
  dark: {
    top: "#1b2027",
    bottom: "#0e1115",
    select: "#ff9a1f",
    hover: "#62b6ff",
    inner: "#14181d",
    ghost: "#aab6c4",
  },
} as const;

/** People colours: Okabe–Ito and plum (UX.md §5.1). */
export const PEOPLE_COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#e69f00",
  "#56b4e9",
  "#cc79a7",
  "#f0e442",
  "#5b2a86",
] as const;

export function sceneColours(theme: Theme): SceneColours {
  const tokens = TOKENS[theme];
  return {
    dark: theme === "dark",
    backgroundTop: rawColour(tokens.top),
    backgroundBottom: rawColour(tokens.bottom),
    select: new Color(tokens.select),
    hover: new Color(tokens.hover),
    inner: new Color(tokens.inner),
    ghost: new Color(tokens.ghost),
    selectCss: tokens.select,
    hoverCss: tokens.hover,
  };
}

/** The people colour of a number of the protocol, as CSS. */
export function personColour(colour: number): string {
  return PEOPLE_COLOURS[colour % PEOPLE_COLOURS.length] ?? PEOPLE_COLOURS[0];
}

/** Without the conversion to linear: for shaders that write what they are given. */
export function rawColour(css: string): Color {
  return new Color().setStyle(css, LinearSRGBColorSpace);
}
