/** Keeps `workspace.xr` and `arReady` true: asks the browser at first, and whenever a device comes or goes. */

import type { Workspace } from "../state/workspace";
import { availability, surroundings } from "./availability";

export class DeviceWatch {
  private readonly workspace: Pick<Workspace, "xr" | "arReady">;
  private readonly inside: () => boolean;
  private readonly xr: XRSystem | undefined;
  private readonly changed = (): void => void this.ask();

  /** inside: whoever is in the headset needs no way into it; what the browser answers then is not told. */
  constructor(workspace: Pick<Workspace, "xr" | "arReady">, inside: () => boolean) {
    this.workspace = workspace;
    this.inside = inside;
    // `navigator.xr` is missing without WebXR, whatever the types say.
    this.xr = (navigator as { xr?: XRSystem }).xr;
    this.xr?.addEventListener("devicechange", this.changed);
    this.changed();
  }

  async ask(): Promise<void> {
    const around = surroundings();
    const [state, ar] = await Promise.all([
      availability(around),
      around.secure && around.allowed !== false && around.xr
        ? around.xr.isSessionSupported("immersive-ar").catch(() => false) // not allowed: not there
        : false,
    ]);
    this.workspace.arReady.set(ar);
    if (!this.inside()) this.workspace.xr.set(state);
  }

  dispose(): void {
    this.xr?.removeEventListener("devicechange", this.changed);
  }
}
