import { describe, expect, test } from "vitest";
import queries from "../../../tests/vectors/queries.json";
import { Structure, type StructureFile } from "./model";
import { PartSearch } from "./part_search";
import { BadQuery, parseQuery, wantedWords } from "./query";

interface Vectors {
  readonly structure: StructureFile;
  readonly cases: readonly (readonly [string, readonly number[], boolean])[];
  readonly errors: readonly (readonly [string, string, number])[];
  readonly model_errors: readonly (readonly [string, string])[];
}
// `as`: JSON knows no tuples; pytest reads the file, too.
const vectors = queries as unknown as Vectors;
const search = new PartSearch(new Structure(vectors.structure));

function fault(text: string): { reason: string; position: number } | null {
  try {
    search.find(text);
    return null;
  } catch (error) {
    if (!(error instanceof BadQuery)) throw error;
    return { reason: error.reason, position: error.position };
  }
}

test.each(vectors.cases.filter(([, , alone]) => alone))(
  "the structure alone answers %s as the server does",
  (query, rows) => {
    const found = search.find(query);
    expect([...found.rows]).toEqual(rows);
    expect(found.partial).toBe(false);
  },
);

test.each(vectors.cases.filter(([, , alone]) => !alone))(
  "of %s the structure shows nothing that the server would take away",
  (query, rows) => {
    const found = search.find(query);
    expect(found.partial).toBe(true);
    expect(rows).toEqual(expect.arrayContaining([...found.rows]));
  },
);

test.each(vectors.errors)(
  "the mistake in %s is named with its place",
  (query, reason, position) => {
    expect(fault(query)).toEqual({ reason, position });
  },
);

test.each(vectors.model_errors.filter(([, reason]) => reason !== "unknown_property"))(
  "the model cannot answer %s",
  (query, reason) => {
    expect(fault(query)?.reason).toBe(reason);
  },
);

describe("words to mark in a result", () => {
  test("are those that are searched in names", () => {
    expect(wantedWords(parseQuery('valve name:"V-17" mass>5kg -bolt'))).toEqual(["valve", "V-17"]);
  });
});

test("assemblies stand for what is below them", () => {
  expect(search.occurrencesOf([2, 8]).toJSON()).toEqual([
    [0, 2],
    [4, 4],
  ]);
});

test("a unique number among 100,000 is found within a frame or two", () => {
  const count = 100_000;
  const file: StructureFile = {
    ...vectors.structure,
    count,
    id: Array.from({ length: count }, (_, row) => `id-${row}`),
    parent: Array.from({ length: count }, (_, row) => (row === 0 ? -1 : 0)),
    name: Array.from({ length: count }, (_, row) => `Item ${String(row).padStart(6, "0")}`),
    kind: new Array<string>(count).fill("part"),
    part: Array.from({ length: count }, (_, row) => (row === 0 ? -1 : 0)),
    transform: new Array<null>(count).fill(null),
    colour: new Array<null>(count).fill(null),
    layer: new Array<null>(count).fill(null),
    hidden: new Array<boolean>(count).fill(false),
  };
  const large = new PartSearch(new Structure(file));
  large.find("first"); // folds the texts
  const started = performance.now();
  expect([...large.find("099999").rows]).toEqual([99_999]);
  expect(performance.now() - started).toBeLessThan(100);
});
