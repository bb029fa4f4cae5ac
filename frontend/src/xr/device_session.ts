/** Asking the browser for a session: what is asked for, what was refused, and on which floor one then stands. */

import type { WebGLRenderer } from "three";
import type { SeatTrouble } from "../state/areas/seating";

export type SessionKind = "vr" | "ar";
/** Height of the eyes where the device does not know its floor, metres. */
const ASSUMED_EYES_M = 1.6;

/** What is asked for. Nothing of it is needed: what is refused is named and done without. root: shown on a phone's picture. */
export function sessionInit(kind: SessionKind, root: Element | null): XRSessionInit {
  const common = ["local-floor", "hand-tracking"];
  if (kind === "vr") return { optionalFeatures: common };
  return {
    optionalFeatures: [...common, "hit-test", ...(root ? ["dom-overlay"] : [])],
    ...(root ? { domOverlay: { root } } : {}),
  };
}

/** What was asked for and is not there. granted: undefined where a browser does not tell. */
export function refusals(kind: SessionKind, granted: readonly string[] | undefined): SeatTrouble[] {
  if (!granted) return [];
  const missing: SeatTrouble[] = [];
  if (!granted.includes("local-floor")) missing.push("noFloor");
  if (!granted.includes("hand-tracking")) missing.push("noHands");
  if (kind === "ar" && !granted.includes("hit-test")) missing.push("noHitTest");
  return missing;
}

/** Gives the session to the renderer. Returns false when the floor is a guess. @throws what the browser says. */
export async function startDrawing(renderer: WebGLRenderer, session: XRSession): Promise<boolean> {
  const known = await session.requestReferenceSpace("local-floor").then(
    () => true,
    () => false, // refused: the space at eye height is always there
  );
  renderer.xr.enabled = true;
  renderer.xr.setReferenceSpaceType(known ? "local-floor" : "local");
  await renderer.xr.setSession(session);
  const space = known ? null : renderer.xr.getReferenceSpace();
  if (space) {
    const down = new XRRigidTransform({ x: 0, y: -ASSUMED_EYES_M, z: 0 });
    renderer.xr.setReferenceSpace(space.getOffsetReferenceSpace(down));
  }
  return known;
}
