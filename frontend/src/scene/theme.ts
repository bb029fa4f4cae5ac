/** Colours of the 3D view: the tokens of UX.md §5.1 as numbers, for the moments CSS cannot reach. */

import { Color, LinearSRGBColorSpace } from "three";
import type { Theme } from "../state/workspace";

/** What the scene draws with. */
export interface SceneColours {
  readonly dark: boolean;
  /** Somebody asked for more contrast, or the system sets the colours. */
  readonly contrast: boolean;
  /** --viewport; sRGB as written, like the other backgrounds. */
  readonly background: Color;
  /** Top and bottom of the gradient around it. */
  readonly backgroundTop: Color;
  readonly backgroundBottom: Color;
  /** Linear. */
  readonly select: Color;
  readonly hover: Color;
  /** Contrasting line inside the selection's outline. */
  readonly inner: Color;
  /** Edges where no face says what stands out; linear. */
  readonly ink: Color;
  /** What ghosts fade towards; linear. */
  readonly ghost: Color;
  /** Lines of the grid, sRGB as written. */
  readonly grid: Color;
  /** How dark the ground's shadow is, 0 to 1. */
  readonly shadow: number;
  readonly selectCss: string;
  readonly hoverCss: string;
}

interface Tokens {
  readonly middle: string;
  readonly top: string;
  readonly bottom: string;
  readonly select: string;
  readonly hover: string;
  readonly inner: string;
  readonly ink: string;
  readonly ghost: string;
  readonly grid: string;
  readonly shadow: number;
}

/** --viewport is the middle of the gradient; its ends keep every contrast of the table. */
const TOKENS: Readonly<Record<Theme, Tokens>> = {
  light: {
    middle: "#e6eaee",
    top: "#f1f4f6",
    bottom: "#dbe0e5",
    select: "#b85200",
    hover: "#0f6fc6",
    inner: "#ffffff",
    ink: "#1b2430",
    ghost: "#8f9aa6",
    grid: "#8a95a1",
    shadow: 0.42,
  },
  dark: {
    middle: "#14181d",
    top: "#1b2027",
    bottom: "#0e1115",
    select: "#ff9a1f",
    hover: "#62b6ff",
    inner: "#14181d",
    ink: "#dfe6ee",
    ghost: "#aab6c4",
    grid: "#5d6874",
    shadow: 0.75,
  },
};

/** For `prefers-contrast: more`: nothing between paper and ink but the parts themselves. */
const CONTRAST: Readonly<Record<Theme, Partial<Tokens>>> = {
  light: {
    middle: "#ffffff",
    top: "#ffffff",
    bottom: "#ffffff",
    select: "#8a3d00",
    hover: "#00408a",
    inner: "#ffffff",
    ink: "#000000",
    grid: "#555555",
  },
  dark: {
    middle: "#000000",
    top: "#000000",
    bottom: "#000000",
    select: "#ffb861",
    hover: "#9cd2ff",
    inner: "#000000",
    ink: "#ffffff",
    grid: "#aaaaaa",
  },
};

const CONTRAST_QUERIES = ["(prefers-contrast: more)", "(forced-colors: active)"] as const;

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

/** The colours of a theme, as strong as the person's system asks for. */
export function sceneColours(theme: Theme): SceneColours {
  const contrast = asksForContrast();
  const forced = matches("(forced-colors: active)") ? systemTokens() : {};
  const tokens: Tokens = {
    ...TOKENS[theme],
    ...(contrast ? CONTRAST[theme] : {}),
    ...forced,
  };
  return {
    dark: theme === "dark",
    contrast,
    background: rawColour(tokens.middle),
    backgroundTop: rawColour(tokens.top),
    backgroundBottom: rawColour(tokens.bottom),
    select: new Color(tokens.select),
    hover: new Color(tokens.hover),
    inner: new Color(tokens.inner),
    ink: new Color(tokens.ink),
    ghost: new Color(tokens.ghost),
    grid: rawColour(tokens.grid),
    shadow: tokens.shadow,
    selectCss: tokens.select,
    hoverCss: tokens.hover,
  };
}

/** Calls back when the system asks for more contrast, or no longer. Returns the way to stop. */
export function watchContrast(changed: () => void): () => void {
  if (typeof matchMedia !== "function") return () => undefined;
  const queries = CONTRAST_QUERIES.map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener("change", changed);
  return () => queries.forEach((query) => query.removeEventListener("change", changed));
}

function asksForContrast(): boolean {
  return CONTRAST_QUERIES.some(matches);
}

const matches = (query: string): boolean =>
  typeof matchMedia === "function" && matchMedia(query).matches;

/** Colours that the system forces upon pages; what the browser does not resolve stays as it was. */
function systemTokens(): Partial<Tokens> {
  const probe = document.createElement("i");
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const resolve = (name: string): string | null => {
    probe.style.color = name;
    const found = /(\d+),?\s+(\d+),?\s+(\d+)/.exec(getComputedStyle(probe).color);
    return found
      ? `#${found
          .slice(1)
          .map((part) => Number(part).toString(16).padStart(2, "0"))
          .join("")}`
      : null;
  };
  const canvas = resolve("Canvas");
  const text = resolve("CanvasText");
  const highlight = resolve("Highlight");
  const link = resolve("LinkText");
  probe.remove();
  return {
    ...(canvas ? { middle: canvas, top: canvas, bottom: canvas, inner: canvas } : {}),
    ...(text ? { ink: text, grid: text } : {}),
    ...(highlight ? { select: highlight } : {}),
    ...(link ? { hover: link } : {}),
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
