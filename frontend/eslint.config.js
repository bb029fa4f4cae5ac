import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import importX from "eslint-plugin-import-x";
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** What each folder of src/ may import, besides itself. main.ts, start.ts and wiring/ build all. */
const MAY_IMPORT = {
  protocol: [],
  state: ["protocol"],
  api: [],
  browser: ["state"], // what a browser gives and state may not know: microphone, files as addresses
  session: ["protocol", "state", "api"],
  scene: ["state"],
  tools: ["state", "scene"],
  xr: ["state", "browser", "scene", "tools"],
  ui: ["state", "browser", "api"],
  packet: ["state"], // a page of its own, inside signed packets
};
const MAY_USE_THREE = ["scene", "tools", "xr", "packet"];

const layers = Object.entries(MAY_IMPORT).map(([folder, below]) => ({
  files: [`src/${folder}/**/*.ts`, `src/${folder}/**/*.svelte`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          ...Object.keys(MAY_IMPORT)
            .filter((other) => other !== folder && !below.includes(other))
            .map((other) => ({
              group: [`../${other}/*`, `../../${other}/*`, `../../../${other}/*`],
              message: `src/${folder} may not import src/${other}; see ARCHITECTURE.md.`,
            })),
          ...(MAY_USE_THREE.includes(folder)
            ? []
            : [{ group: ["three", "three/*"], message: `src/${folder} holds no three.js.` }]),
        ],
      },
    ],
  },
}));

/** The rules that hold in TypeScript and in the scripts of components. */
const rules = {
  "import-x/no-cycle": "error",
  "@typescript-eslint/no-floating-promises": "error",
  "@typescript-eslint/no-misused-promises": "error",
  "@typescript-eslint/switch-exhaustiveness-check": "error",
  "@typescript-eslint/consistent-type-imports": "error",
  "@typescript-eslint/no-explicit-any": "error",
  "@typescript-eslint/no-non-null-assertion": "error",
};

/** Where the recommended rules and ours disagree. */
const svelteRules = {
  ...rules,
  // `{" "}` is how a space beside a line break is kept on purpose.
  "svelte/no-useless-mustaches": "off",
  // Sets and maps in `$state.raw` are replaced, never changed.
  "svelte/prefer-svelte-reactivity": "off",
};

const shared = {
  plugins: { "@typescript-eslint": tseslint.plugin, "import-x": importX },
  settings: {
    "import-x/extensions": [".ts"], // without these two, no-cycle
    "import-x/parsers": { "@typescript-eslint/parser": [".ts"] }, // is silent on TypeScript
    "import-x/resolver-next": [createTypeScriptImportResolver()],
  },
};

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.ts"] },
  ...svelte.configs.recommended,
  {
    ...shared,
    files: ["src/**/*.ts"],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    rules,
  },
  {
    ...shared,
    files: ["src/**/*.svelte"],
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: [".svelte"],
        parser: tseslint.parser,
        svelteConfig,
      },
    },
    rules: svelteRules,
  },
  ...layers,
);
