/** The ramp of heights, low to high: even in lightness, and told apart with any colour vision. sRGB `#rrggbb`. */
export const HEIGHT_RAMP = ["#26547c", "#2f8580", "#8aa860", "#deb86a", "#c46c4e"] as const;
