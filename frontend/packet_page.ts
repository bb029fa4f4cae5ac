/**
 * The page inside signed packets, as one file: it opens from a disk, where browsers load no modules and fetch nothing.
 * A second build, of src/packet, as one classic script; the server puts the data into it (docs/formats/packet.md).
 */

import { readFile } from "node:fs/promises";
import { type Plugin, build } from "vite";

const PAGE = "packet.html";

/** Emits packet.html beside index.html. */
export function packetPage(): Plugin {
  return {
    name: "holotable-packet-page",
    apply: "build",
    async generateBundle() {
      const result = await build({
        configFile: false,
        root: import.meta.dirname,
        logLevel: "warn",
        publicDir: false,
        build: {
          write: false,
          target: "es2022",
          chunkSizeWarningLimit: 1200,
          rollupOptions: {
            input: "src/packet/main.ts",
            output: { format: "iife" },
          },
        },
      });
      const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) =>
        "output" in one ? one.output : [],
      );
      const script = outputs.find((one) => one.type === "chunk")?.code;
      if (script === undefined) this.error("the page of packets has no script");
      const css = await readFile(new URL("src/packet/packet.css", import.meta.url), "utf8");
      const page = await readFile(new URL(PAGE, import.meta.url), "utf8");
      // Functions, so that `$&` in a script means nothing.
      const whole = page
        .replace("<!--holotable-packet-style-->", () => `<style>\n${css}</style>`)
        .replace(
          "<!--holotable-packet-script-->",
          // In a string or a regular expression, where alone it can stand, \/ is the same.
          () => `<script>${script.replaceAll("</script", "<\\/script")}</script>`,
        );
      this.emitFile({ type: "asset", fileName: PAGE, source: whole });
    },
  };
}
