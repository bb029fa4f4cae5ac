/** Whether this browser on this address can enter VR, one answer per condition. */

/** The part of WebXR that is asked here; TypeScript's DOM library has none of it. */
interface XrSystem {
  isSessionSupported(mode: string): Promise<boolean>;
}

export interface XrCheck {
  readonly kind: "secure" | "browser" | "policy" | "device";
  readonly ok: boolean;
}

/** The browser's WebXR entry, or null. */
export function xrSystem(): XrSystem | null {
  const value: unknown = Reflect.get(navigator, "xr");
  return isXrSystem(value) ? value : null;
}

function isXrSystem(value: unknown): value is XrSystem {
  return typeof value === "object" && value !== null && "isSessionSupported" in value;
}

/** The conditions in the order in which they fail. */
export async function checkXr(): Promise<readonly XrCheck[]> {
  const system = xrSystem();
  let device = false;
  let policy = true;
  if (system) {
    try {
      device = await system.isSessionSupported("immersive-vr");
    } catch (error) {
      // SecurityError: a permissions policy forbids it (WebXR §5.1); that is "no", and the page goes on.
      if (!(error instanceof DOMException)) throw error;
      policy = error.name !== "SecurityError";
    }
  }
  return [
    { kind: "secure", ok: isSecureContext },
    { kind: "browser", ok: system !== null },
    { kind: "policy", ok: policy },
    { kind: "device", ok: device },
  ];
}
