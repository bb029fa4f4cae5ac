/**
 * JSON Schema 2020-12, as far as our own formats use it: one schema checks a document in both languages, and
 * names the places in it that mean something (`$ref`), so that readers need no list of their own.
 */

/** The keywords that are understood; others (`title`, `description`, `default`, `format`) say nothing here. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** The first thing that does not fit: where (`camera/target/1`) and why. */
export interface SchemaProblem {
  readonly at: string;
  readonly why: string;
}

/** Deeper documents are an attack. */
const MAX_DEPTH = 32;

/** What is wrong with a value; null: nothing. */
export function problemIn(root: Schema, value: unknown): SchemaProblem | null {
  return check(root, root, value, "", 0);
}

/**
 * A copy of a valid document in which every value of a named definition has gone through its rule. A rule that
 * answers `undefined` drops the value: from a list altogether, elsewhere null stands in its place.
 */
export function rewrite(
  root: Schema,
  value: unknown,
  rules: Readonly<Record<string, (value: unknown) => unknown>>,
): unknown {
  return walk(root, root, value, rules);
}

function check(
  root: Schema,
  schema: Schema,
  value: unknown,
  at: string,
  depth: number,
): SchemaProblem | null {
  if (depth > MAX_DEPTH) return { at, why: "too deep" };
  if (schema.$ref !== undefined) return check(root, named(root, schema.$ref), value, at, depth + 1);
  if (schema.const !== undefined && value !== schema.const)
    return { at, why: `must be ${JSON.stringify(schema.const)}` };
  if (schema.enum && !schema.enum.includes(value)) return { at, why: "is none of the choices" };
  if (schema.anyOf) {
    let nearest: SchemaProblem | null = null;
    for (const choice of schema.anyOf) {
      const problem = check(root, choice, value, at, depth + 1);
      if (!problem) return null;
      // The choice that went wrong deepest inside is the one that was meant.
      if (!nearest || problem.at.length > nearest.at.length) nearest = problem;
    }
    return nearest;
  }
  if (schema.type !== undefined && !isOfType(schema.type, value))
    return { at, why: `must be ${schema.type}` };
  if (typeof value === "number") return checkNumber(schema, value, at);
  if (typeof value === "string") return checkText(schema, value, at);
  if (Array.isArray(value)) return checkList(root, schema, value, at, depth);
  if (isRecord(value)) return checkObject(root, schema, value, at, depth);
  return null;
}

function checkNumber(schema: Schema, value: number, at: string): SchemaProblem | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const small =
    (minimum !== undefined && value < minimum) ||
    (exclusiveMinimum !== undefined && value <= exclusiveMinimum);
  const large =
    (maximum !== undefined && value > maximum) ||
    (exclusiveMaximum !== undefined && value >= exclusiveMaximum);
  return small || large ? { at, why: small ? "is too small" : "is too large" } : null;
}

function checkText(schema: Schema, value: string, at: string): SchemaProblem | null {
  if (schema.minLength !== undefined && value.length < schema.minLength)
    return { at, why: "is too short" };
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    return { at, why: "is too long" };
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value))
    return { at, why: "has another form" };
  return null;
}

function checkList(
  root: Schema,
  schema: Schema,
  value: readonly unknown[],
  at: string,
  depth: number,
): SchemaProblem | null {
  if (schema.minItems !== undefined && value.length < schema.minItems)
    return { at, why: "has too few" };
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    return { at, why: "has too many" };
  for (const [index, item] of value.entries()) {
    const of = schema.prefixItems?.[index] ?? schema.items;
    const problem = of ? check(root, of, item, join(at, String(index)), depth + 1) : null;
    if (problem) return problem;
  }
  return null;
}

function checkObject(
  root: Schema,
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  at: string,
  depth: number,
): SchemaProblem | null {
  for (const name of schema.required ?? [])
    if (!Object.hasOwn(value, name)) return { at: join(at, name), why: "is missing" };
  for (const [name, member] of Object.entries(value)) {
    const of = memberSchema(schema, name);
    if (of === null) return { at: join(at, name), why: "is unknown" };
    const problem = of ? check(root, of, member, join(at, name), depth + 1) : null;
    if (problem) return problem;
  }
  return null;
}

function walk(
  root: Schema,
  schema: Schema,
  value: unknown,
  rules: Readonly<Record<string, (value: unknown) => unknown>>,
): unknown {
  if (schema.$ref !== undefined) {
    const rule = rules[nameOf(schema.$ref)];
    if (rule) return rule(value);
    return walk(root, named(root, schema.$ref), value, rules);
  }
  if (schema.anyOf) {
    const meant = schema.anyOf.find((choice) => check(root, choice, value, "", 0) === null);
    return meant ? walk(root, meant, value, rules) : value;
  }
  if (Array.isArray(value))
    return value
      .map((item: unknown, index) => {
        const of = schema.prefixItems?.[index] ?? schema.items;
        return of ? walk(root, of, item, rules) : item;
      })
      .filter((item) => item !== undefined);
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const of = memberSchema(schema, name);
        const walked = of ? walk(root, of, member, rules) : member;
        return [name, walked === undefined ? null : walked];
      }),
    );
  return value;
}

/** null: there may be no such member; undefined: anything may stand there. */
function memberSchema(schema: Schema, name: string): Schema | null | undefined {
  const { properties, additionalProperties: others } = schema;
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  if (others === false) return null;
  return typeof others === "object" ? others : undefined;
}

function named(root: Schema, reference: string): Schema {
  const found = root.$defs?.[nameOf(reference)];
  if (!found) throw new Error(`The schema has no ${reference}.`);
  return found;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    default:
      return typeof value === type;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(at: string, step: string): string {
  return at === "" ? step : `${at}/${step}`;
}
