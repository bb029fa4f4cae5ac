/**
 * What pdf.js asks for while it draws: fonts that a PDF names and does not hold, maps of Asian characters, decoders of
 * JPEG 2000 and JBIG2. Emitted beside the page under the library's version; nothing is loaded from another host.
 */

import { readFile, readdir } from "node:fs/promises";
import type { Plugin } from "vite";

const FOLDERS = ["cmaps", "standard_fonts", "wasm", "iccs"];
const LIBRARY = new URL("node_modules/pdfjs-dist/", import.meta.url);

export function pdfFiles(): Plugin {
  return {
    name: "holotable-pdf-files",
    apply: "build",
    async generateBundle() {
      const about: unknown = JSON.parse(await readFile(new URL("package.json", LIBRARY), "utf8"));
      const version =
        typeof about === "object" && about !== null && "version" in about ? about.version : null;
      if (typeof version !== "string") return this.error("pdfjs-dist has no version");
      const wanted = (name: string): boolean => !name.includes("nowasm");
      for (const folder of FOLDERS)
        for (const name of (await readdir(new URL(`${folder}/`, LIBRARY))).filter(wanted))
          this.emitFile({
            type: "asset",
            fileName: `assets/pdfjs-${version}/${folder}/${name}`,
            source: await readFile(new URL(`${folder}/${name}`, LIBRARY)),
          });
    },
  };
}
