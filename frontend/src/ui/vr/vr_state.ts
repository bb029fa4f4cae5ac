/** What the VR button says and does: the seven states of UX.md §4.1, from the browser and from the room. */

import type { Person, XrState } from "../../state/workspace";

export type VrKind = XrState["kind"] | "elsewhere";

/** The button's state, with the device of mine that is in VR already, if one is. */
export interface VrView {
  readonly kind: VrKind;
  readonly other: Person | null;
}

/** This page's own VR comes first, then that of another device of mine, then what the browser allows. */
export function vrView(xr: XrState, people: readonly Person[]): VrView {
  if (xr.kind === "active" || xr.kind === "loading") return { kind: xr.kind, other: null };
  const me = people.find((person) => person.mine);
  const other =
    people.find(
      (person) =>
        !person.mine &&
        !person.lost &&
        person.principal_id === me?.principal_id &&
        person.status.in_xr === true,
    ) ?? null;
  return other ? { kind: "elsewhere", other } : { kind: xr.kind, other: null };
}

/** The address to open in a headset: never localhost, which is another machine there. */
export function headsetAddress(
  here: { readonly origin: string; readonly hostname: string },
  https: string | null,
): string {
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(here.hostname);
  const secure = here.origin.startsWith("https:");
  return https && (local || !secure) ? https : here.origin;
}

/** The same page elsewhere: `https://…:8443/live/…?k=…`. */
export function sameAt(origin: string, here: URL): string {
  return origin + here.pathname + here.search + here.hash;
}
