/** Writes the types of viewpoints from their JSON Schema: `make api`. */

import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const SCHEMA = new URL("src/protocol/viewpoint.schema.json", import.meta.url);
const TYPES = new URL("src/protocol/viewpoint.ts", import.meta.url);

// openapi-typescript reads documents: the schema's definitions become a document's components.
const text = (await readFile(SCHEMA, "utf8")).replaceAll("#/$defs/", "#/components/schemas/");
const { $defs, ...viewpoint } = JSON.parse(text);
delete viewpoint.$schema;
delete viewpoint.$id;
const schemas = { ...$defs, Viewpoint: viewpoint };
const document = {
  openapi: "3.1.0",
  info: { title: "viewpoint", version: "1" },
  paths: {},
  components: { schemas },
};
const types = astToString(
  await openapiTS(document, { immutable: true, defaultNonNullable: false }),
);
const names = Object.keys(schemas).sort();
await writeFile(
  TYPES,
  [
    "/** Types of `holotable-viewpoint/1`, made from viewpoint.schema.json by `make api`: change review/viewpoint.py. */",
    "",
    types
      .slice(types.indexOf("export interface components"))
      .replace(/export type [$]defs[^]*/, ""),
    ...names.map((name) => `export type ${name} = components["schemas"]["${name}"];`),
    "",
  ].join("\n"),
);
