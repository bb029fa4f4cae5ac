/** Vertices, edges, faces and bodies of placed parts, as they are named everywhere: in tools, viewpoints and addresses. */

/** What of a part is meant. */
export type EntityKind = "vertex" | "edge" | "face" | "body";

/** One of them, on one occurrence. Plain data. */
export interface EntityRef {
  /** Dense number. */
  readonly occurrence: number;
  readonly kind: EntityKind;
  /** Its number in the part's exact shape (docs/formats/exact.md); a body −1 is the whole part. */
  readonly index: number;
}

/** The whole part as a body: also of parts without exact solids. */
export const WHOLE_PART = -1;

const KINDS: readonly string[] = ["vertex", "edge", "face", "body"];

/** Equal for equal entities; short. */
export function entityKey({ occurrence, kind, index }: EntityRef): string {
  return `${occurrence}:${kind}:${index}`;
}

export function sameEntity(a: EntityRef | null, b: EntityRef | null): boolean {
  if (!a || !b) return a === b;
  return a.occurrence === b.occurrence && a.kind === b.kind && a.index === b.index;
}

/** Whether a value from outside (an address, a stored view) is an entity. */
export function isEntityRef(value: unknown): value is EntityRef {
  if (typeof value !== "object" || value === null) return false;
  const { occurrence, kind, index } = value as Readonly<Record<string, unknown>>; // checked below
  return (
    Number.isInteger(occurrence) &&
    Number(occurrence) >= 0 &&
    typeof kind === "string" &&
    KINDS.includes(kind) &&
    Number.isInteger(index) &&
    Number(index) >= (kind === "body" ? WHOLE_PART : 0)
  );
}
