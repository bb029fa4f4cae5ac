/**
 * Colours of displacements: from inwards, orange like what was removed, through what did not move, to outwards, blue like
 * what was added. Orange and blue stay apart for every eye; patterns in the picture and signs in the legend repeat which.
 */

import type { Theme } from "./workspace";

/** sRGB, evenly from −1 to 1. */
export const HEAT_RAMP: Readonly<Record<Theme, readonly [string, string, string, string, string]>> =
  {
    light: ["#93380a", "#ea9a55", "#f7f6f2", "#63a5e0", "#0b4a94"],
    dark: ["#ffc48a", "#b8641d", "#343b45", "#2f78bf", "#a8d6ff"],
  };

/** The ramp as a CSS gradient, from left to right; what counts as none is as wide as it is. tolerance: 0 to 1. */
export function heatGradient(theme: Theme, tolerance: number): string {
  const [least, less, none, more, most] = HEAT_RAMP[theme];
  const half = 50 * Math.min(1, Math.max(0, tolerance));
  const stops = [
    `${least} 0%`,
    `${less} 25%`,
    ...(half < 25 ? [`${none} 50%`] : []),
    `${more} 75%`,
    `${most} 100%`,
  ];
  const plain = `linear-gradient(to right, ${none}, ${none})`;
  const ramp = `linear-gradient(to right, ${stops.join(", ")})`;
  // The plain stretch lies over the ramp.
  return `${plain} center / ${(2 * half).toFixed(1)}% 100% no-repeat, ${ramp}`;
}

/** Metres at both ends of the ramp: the same on both sides, so that a colour's strength means as much on both. */
export function heatReach(least: number, greatest: number): number {
  return Math.max(Math.abs(least), Math.abs(greatest), 1e-9);
}
