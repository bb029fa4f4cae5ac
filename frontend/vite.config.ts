import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";
import { controllerFiles, controllerVersion } from "./controller_files.ts";
import { packetPage } from "./packet_page.ts";
import { pdfFiles } from "./pdf_files.ts";

const backend = process.env["HOLOTABLE_BACKEND"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [svelte(), svelteTesting(), packetPage(), pdfFiles(), controllerFiles()],
  define: { __CONTROLLERS__: JSON.stringify(await controllerVersion()) },
  build: {
    target: "es2022",
    // The policy forbids inline scripts; the polyfill would be one.
    modulePreload: { polyfill: false },
    // Files named data: fonts and images stay files, so that `font-src 'self'` holds.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  server: {
    port: 5173,
    proxy: { "/api": { target: backend, ws: true } },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    // Tests read English unless they say otherwise.
    setupFiles: ["src/state/speak_english.test-data.ts"],
    // Loading every module anew for each file took three quarters of the time.
    isolate: false,
    testTimeout: 60_000, // of a hang, never of a speed: the machine may be busy
  },
});
