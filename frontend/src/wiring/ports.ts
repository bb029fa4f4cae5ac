/** Plugs the scene and the session into the pages; both are loaded only when a viewer opens. */

import type { Api } from "../api/api";
import type { Http } from "../api/http";
import type { Ports } from "../ui/ports";

/** What the wiring needs of the application. */
export interface Sources {
  readonly api: Api;
  readonly http: Http;
}

export function createPorts(sources: Sources): Ports {
  return {
    startViewer: async (stage) => {
      const { startViewer } = await import("./viewer");
      return startViewer(stage, sources);
    },
    startLive: async (stage, target) => {
      if (target.kind === "replay") {
        const { startReplay } = await import("./replay");
        return startReplay(stage, target, sources);
      }
      const { startLive } = await import("./live");
      return startLive(stage, target, sources);
    },
    waitAtDoor: async (entry, onState) => {
      const { waitAtDoor } = await import("./waiting");
      return waitAtDoor(entry, onState, sources);
    },
  };
}
