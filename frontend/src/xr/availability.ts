/** Whether VR is possible on this page, and if not, why: the states of UX.md §4.1. */

import type { XrState } from "../state/workspace";

/** What of the browser decides it; passed in, so that each state can be tested. */
export interface Surroundings {
  readonly secure: boolean;
  readonly xr: Pick<XRSystem, "isSessionSupported"> | null;
  /** Whether the permissions policy lets this page use the device; null: the browser does not tell. */
  readonly allowed: boolean | null;
}

/** The page's own surroundings. */
export function surroundings(): Surroundings {
  const policy = (
    document as { featurePolicy?: { allowsFeature(name: string): boolean } }
  ) // `as`: Chromium only
  .featurePolicy;
  return {
    secure: window.isSecureContext,
    // `navigator.xr` is missing without WebXR, whatever the types say.
    xr: (navigator as { xr?: XRSystem }).xr ?? null,
    allowed: policy ? policy.allowsFeature("xr-spatial-tracking") : null,
  };
}

/** Asks the browser. Never rejects. */
export async function availability({ secure, xr, allowed }: Surroundings): Promise<XrState> {
  if (!secure) return state("insecure");
  if (allowed === false) return state("blocked");
  if (!xr) return state("unsupported");
  try {
    const [vr, ar] = await Promise.all([
      xr.isSessionSupported("immersive-vr"),
      xr.isSessionSupported("immersive-ar"),
    ]);
    return { ...state(vr ? "ready" : "no-device"), ar };
  } catch (error) {
    // WebXR §5.1: SecurityError when the permissions policy forbids it.
    return state(
      error instanceof DOMException && error.name === "SecurityError" ? "blocked" : "no-device",
    );
  }
}

function state(kind: XrState["kind"]): XrState {
  return { kind, fraction: 0 };
}
