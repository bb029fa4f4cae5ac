/** Parts of a revision by what is said of them: search, values of properties, sums, bills of materials. */

import type createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type FoundParts = Schemas["FoundPartsAnswer"];
export type PropertyName = Schemas["PropertyNameAnswer"];
export type PropertyValue = Schemas["PropertyValueAnswer"];
export type SelectionSums = Schemas["SelectionAnswer"];
export type SharedProperty = Schemas["SharedPropertyAnswer"];
export type BomLine = Schemas["BomLineAnswer"];
export type Bom = Schemas["BomAnswer"];

/** First and last dense number of a run, both included. */
type Range = readonly [first: number, last: number];

/** All values of a property together. */
export interface PropertyValues {
  readonly kind: "number" | "text";
  readonly unit: string;
  readonly items: readonly PropertyValue[];
  readonly missing: readonly Range[];
  /** There are more values than are fetched. */
  readonly more: boolean;
}

/** What a bill is made of and in which order. */
export interface BomWish {
  readonly ranges: readonly Range[];
  readonly group: string;
  readonly sort: NonNullable<Schemas["BomRequest"]["sort"]>;
  readonly descending: boolean;
}

const LIMIT = 200;
/** Values beyond this are no legend any more. */
const MOST_VALUES = 1_000;
const MOST_LINES = 5_000;

async function body<T>(answer: Promise<{ data?: unknown }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new TypeError("The server's answer has no body.");
  return data as T; // the client forgets that pairs are pairs; T is what the schema says
}

/** Pairs as the generated types want them, mutable. */
function pairs(ranges: readonly Range[]): [number, number][] {
  return ranges.map(([first, last]) => [first, last]);
}

export function partsApi({ GET, POST }: Client) {
  const one = (revisionId: string) => ({ revision_id: revisionId });
  return {
    findParts: (revisionId: string, query: string, signal: AbortSignal): Promise<FoundParts> =>
      body(
        GET("/api/v1/revisions/{revision_id}/parts", {
          params: { path: one(revisionId), query: { query } },
          signal,
        }),
      ),
    propertyNames: async (revisionId: string): Promise<PropertyName[]> => {
      const items: PropertyName[] = [];
      let cursor: string | null = null;
      do {
        const page: Schemas["Items_PropertyNameAnswer_"] = await body(
          GET("/api/v1/revisions/{revision_id}/property-names", {
            params: { path: one(revisionId), query: { cursor, limit: LIMIT } },
          }),
        );
        items.push(...page.items);
        cursor = page.next_cursor ?? null;
      } while (cursor !== null);
      return items;
    },
    /** bins: of numbers; 0: each number by itself. */
    propertyValues: async (
      revisionId: string,
      property: string,
      bins: number,
    ): Promise<PropertyValues> => {
      const items: PropertyValue[] = [];
      for (let cursor: string | null = null; ;) {
        const page: Schemas["PropertyValuesAnswer"] = await body(
          GET("/api/v1/revisions/{revision_id}/property-values", {
            params: { path: one(revisionId), query: { property, bins, cursor, limit: LIMIT } },
          }),
        );
        items.push(...page.items);
        cursor = page.next_cursor;
        if (cursor === null || items.length >= MOST_VALUES)
          return {
            kind: page.kind,
            unit: page.unit,
            items,
            missing: page.missing,
            more: cursor !== null,
          };
      }
    },
    selectionSums: (revisionId: string, ranges: readonly Range[]): Promise<SelectionSums> =>
      body(
        POST("/api/v1/revisions/{revision_id}/selection", {
          params: { path: one(revisionId) },
          body: { ranges: pairs(ranges) },
        }),
      ),
    bom: (revisionId: string, wish: BomWish): Promise<Bom> =>
      body(
        POST("/api/v1/revisions/{revision_id}/bom", {
          params: { path: one(revisionId) },
          body: { ...wish, ranges: pairs(wish.ranges), limit: MOST_LINES },
        }),
      ),
  };
}
