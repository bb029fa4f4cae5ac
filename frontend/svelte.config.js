import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** Runes everywhere: a component written the old way fails to compile instead of half working. */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  vitePlugin: {
    dynamicCompileOptions: ({ filename }) =>
      filename.includes("node_modules") ? { runes: undefined } : undefined,
  },
};
