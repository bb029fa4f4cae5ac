/**
 * Opens scene packages without a server: `npx vite --config dev/vite.config.ts`, then
 * /viewer.html?package=/path/of/a/scene/folder. For looking at the viewer while working on it.
 */

import { createReadStream, existsSync } from "node:fs";
import { join, normalize } from "node:path";
import { defineConfig, type Plugin } from "vite";

/** Serves any folder of this computer, to this computer only: vite listens on the loopback address. */
function packages(): Plugin {
  return {
    name: "scene-packages",
    configureServer(server) {
      server.middlewares.use("/package", (request, response) => {
        const url = new URL(request.url ?? "/", "http://localhost");
        const folder = url.searchParams.get("dir") ?? "";
        const file = normalize(join(folder, url.pathname));
        if (!file.startsWith(normalize(folder)) || !existsSync(file)) {
          response.statusCode = 404;
          response.end();
          return;
        }
        response.setHeader(
          "Content-Type",
          file.endsWith(".json") ? "application/json" : "application/octet-stream",
        );
        createReadStream(file).pipe(response);
      });
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  build: {
    target: "es2022",
    rolldownOptions: { input: join(import.meta.dirname, "viewer.html") },
  },
  plugins: [packages()],
  server: { host: "127.0.0.1", fs: { allow: [join(import.meta.dirname, "..")] } },
});
