/** Which controllers are shipped, which of them an input source is, and which of their nodes a button moves. */

/** In the build (controller_files.ts); the last ones stand in for whatever is not. */
export const PROFILES = [
  "meta-quest-touch-plus",
  "meta-quest-touch-pro",
  "oculus-touch-v3",
  "oculus-touch-v2",
  "pico-4",
  "pico-4u",
  "pico-neo3",
  "htc-vive",
  "htc-vive-focus",
  "htc-vive-focus-3",
  "valve-index",
  "generic-hand",
  "generic-trigger-squeeze-thumbstick",
  "generic-trigger",
] as const;
export type Profile = (typeof PROFILES)[number];

/** Names that a device may give itself for a controller that is shipped under another one. */
const ALIASES: Readonly<Record<string, Profile>> = {
  "meta-quest-touch-plus-v2": "meta-quest-touch-plus",
  "oculus-touch": "oculus-touch-v2",
  "htc-vive-focus-plus": "htc-vive-focus",
  "generic-hand-select": "generic-hand",
  "generic-fixed-hand": "generic-hand",
};

/** Of an input source, as far as it is used here. */
export interface Source {
  readonly profiles: readonly string[];
  readonly handedness: XRHandedness;
  readonly gamepad?:
    | {
        readonly buttons: readonly { readonly value: number; readonly pressed: boolean }[];
        readonly axes: readonly number[];
      }
    | null
    | undefined;
  readonly hand?: unknown;
}

/** The most specific one that is shipped (WebXR §10.3: profiles stand most specific first). */
export function profileOf(source: Source): Profile {
  if (source.hand) return "generic-hand";
  for (const name of source.profiles) {
    const shipped = PROFILES.find((one) => one === name) ?? ALIASES[name];
    if (shipped) return shipped;
  }
  const thumbstick = (source.gamepad?.axes.length ?? 0) >= 4;
  return thumbstick ? "generic-trigger-squeeze-thumbstick" : "generic-trigger";
}

/** profile.json, as far as it is read. */
export interface ProfileFile {
  readonly layouts: Readonly<
    Record<
      string,
      {
        readonly assetPath?: string;
        readonly components: Readonly<
          Record<
            string,
            {
              readonly gamepadIndices?: {
                readonly button?: number;
                readonly xAxis?: number;
                readonly yAxis?: number;
              };
              readonly visualResponses?: Readonly<Record<string, VisualResponse>>;
            }
          >
        >;
      }
    >
  >;
}

interface VisualResponse {
  readonly componentProperty: "button" | "xAxis" | "yAxis" | "state";
  readonly valueNodeProperty: "transform" | "visibility";
  readonly valueNodeName: string;
  readonly minNodeName?: string;
  readonly maxNodeName?: string;
}

/** A node that moves between two others, and what says how far. */
export interface Moving {
  readonly node: string;
  readonly min: string;
  readonly max: string;
  /** 0 (at min) to 1 (at max). */
  value(source: Source): number;
}

/** The moving nodes of one side of a controller. */
export function movingOf(file: ProfileFile, side: string): readonly Moving[] {
  const layout = file.layouts[side];
  if (!layout) return [];
  return Object.values(layout.components).flatMap(({ gamepadIndices, visualResponses }) =>
    Object.values(visualResponses ?? {}).flatMap((response): Moving[] => {
      const { componentProperty, valueNodeProperty, valueNodeName, minNodeName, maxNodeName } =
        response;
      if (valueNodeProperty !== "transform" || componentProperty === "state") return [];
      const index = gamepadIndices?.[componentProperty];
      if (index === undefined || !minNodeName || !maxNodeName) return [];
      const value =
        componentProperty === "button"
          ? ({ gamepad }: Source) => gamepad?.buttons[index]?.value ?? 0
          : // An axis goes from -1 to 1; its middle is the rest.
            ({ gamepad }: Source) => ((gamepad?.axes[index] ?? 0) + 1) / 2;
      return [{ node: valueNodeName, min: minNodeName, max: maxNodeName, value }];
    }),
  );
}

/** Which file shows this side: `left.glb`; the other names the layouts by themselves. */
export function assetOf(file: ProfileFile, side: string): { side: string; path: string } | null {
  for (const one of [side, "none", "right", "left"]) {
    const path = file.layouts[one]?.assetPath;
    if (path !== undefined) return { side: one, path };
  }
  return null;
}
