/**
 * Controllers and hands as GLB with the profiles that say which of their nodes move (@webxr-input-profiles/assets, MIT).
 * Emitted beside the page under the library's version, only those that a browser known to work may name: helper
 * libraries fetch them from another host, which fails on closed networks.
 */

import { readFile, readdir } from "node:fs/promises";
import type { Plugin } from "vite";
import { PROFILES } from "./src/xr/controller_profiles.ts";

const LIBRARY = new URL("node_modules/@webxr-input-profiles/assets/", import.meta.url);
/** Read by `controller_profiles.ts`; vite.config.ts defines it. */
export async function controllerVersion(): Promise<string> {
  const about: unknown = JSON.parse(await readFile(new URL("package.json", LIBRARY), "utf8"));
  const version =
    typeof about === "object" && about !== null && "version" in about ? about.version : null;
  if (typeof version !== "string") throw new Error("@webxr-input-profiles/assets has no version");
  return version;
}

export function controllerFiles(): Plugin {
  return {
    name: "holotable-controller-files",
    apply: "build",
    async generateBundle() {
      const folder = `assets/controllers-${await controllerVersion()}`;
      this.emitFile({
        type: "asset",
        fileName: `${folder}/LICENSE.md`,
        source: await readFile(new URL("LICENSE.md", LIBRARY)),
      });
      for (const profile of PROFILES) {
        const from = new URL(`dist/profiles/${profile}/`, LIBRARY);
        for (const name of await readdir(from))
          this.emitFile({
            type: "asset",
            fileName: `${folder}/${profile}/${name}`,
            source: await readFile(new URL(name, from)),
          });
      }
    },
  };
}
