/** Reads `holotable-viewpoint/1` from outside, an address for example: what comes out of here is trusted. */

import { type Schema, problemIn, rewrite } from "./json_schema";
import document from "./viewpoint.schema.json";
import type { Viewpoint } from "./viewpoint";

export const FORMAT = "holotable-viewpoint/1";
/** What a server keeps, as compact JSON. */
export const MAX_VIEWPOINT_BYTES = 256 * 1024;

const SCHEMA: Schema = document;

/** A viewpoint that cannot be shown. `format`: of another version; `invalid`: damaged, or none at all. */
export class ViewpointRefused extends Error {
  override readonly name = "ViewpointRefused";
  readonly reason: "format" | "invalid";

  constructor(reason: "format" | "invalid", detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** The viewpoint that a value is. @throws ViewpointRefused */
export function readViewpoint(value: unknown): Viewpoint {
  const said =
    typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
  if (typeof said === "string" && said !== FORMAT && said.startsWith("holotable-viewpoint/"))
    throw new ViewpointRefused("format", said.slice(0, 80));
  const problem = problemIn(SCHEMA, value);
  if (problem) throw new ViewpointRefused("invalid", `${problem.at}: ${problem.why}`);
  return value as Viewpoint; // the schema is what the type is made of
}

/** The same viewpoint with other names for its parts: see `rewrite`. */
export function rewriteParts(
  viewpoint: Viewpoint,
  rules: {
    /** Ranges or stable ids. */
    Parts(value: unknown): unknown;
    /** A dense number, a stable id or null. */
    Occurrence(value: unknown): unknown;
    /** A face or edge of a part. */
    EntityRef(value: unknown): unknown;
  },
): Viewpoint {
  // Layers speak of other revisions.
  const { layers, ...rest } = viewpoint;
  const written = rewrite(SCHEMA, rest, { ...rules }) as Viewpoint; // the same members, see above
  return layers === undefined ? written : { ...written, layers };
}
