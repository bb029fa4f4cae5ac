/**
 * Numbers with units as files and people write them in a query: `5kg`, `0.24 m`, `9 m²`. The server reads the
 * same ones (backend/holotable/review/quantity.py); tests/vectors/queries.json holds both to it.
 */

/** A number in SI; `dimension` null: a plain number. `written`: the number as it stood. */
export interface Amount {
  readonly value: number;
  readonly dimension: string | null;
  readonly written: number;
  /** SI per unit, 1 for plain numbers. */
  readonly scale: number;
}

type Units = Readonly<Record<string, number>>;

const INCH = 0.0254;
const FOOT = 0.3048;
const DIMENSIONS: Readonly<Record<string, Units>> = {
  length: {
    µm: 1e-6,
    um: 1e-6,
    mm: 1e-3,
    cm: 1e-2,
    dm: 0.1,
    m: 1,
    km: 1e3,
    in: INCH,
    ft: FOOT,
    '"': INCH,
  },
  area: {
    "mm²": 1e-6,
    "cm²": 1e-4,
    "dm²": 1e-2,
    "m²": 1,
    "km²": 1e6,
    "in²": INCH ** 2,
    "ft²": FOOT ** 2,
  },
  volume: {
    "mm³": 1e-9,
    "cm³": 1e-6,
    "dm³": 1e-3,
    "m³": 1,
    l: 1e-3,
    ml: 1e-6,
    "in³": INCH ** 3,
    "ft³": FOOT ** 3,
  },
  mass: { mg: 1e-6, g: 1e-3, kg: 1, t: 1e3, lb: 0.45359237, oz: 0.028349523125 },
  density: { "kg/m³": 1, "g/cm³": 1e3, "kg/dm³": 1e3 },
  angle: { rad: 1, "°": Math.PI / 180, deg: Math.PI / 180 },
  time: { s: 1, ms: 1e-3, min: 60, h: 3600, d: 86_400 },
  force: { n: 1, kn: 1e3, mn: 1e6 },
  torque: { nm: 1 },
  pressure: { pa: 1, kpa: 1e3, mpa: 1e6, gpa: 1e9, bar: 1e5, psi: 6894.757293168 },
  power: { w: 1, kw: 1e3 },
  energy: { j: 1, kj: 1e3, kwh: 3.6e6 },
  voltage: { v: 1, kv: 1e3, mv: 1e-3 },
  current: { a: 1, ma: 1e-3 },
  frequency: { hz: 1, khz: 1e3 },
  temperature: { k: 1, "°c": 1 },
  illuminance: { lx: 1 },
  flux: { lm: 1 },
  share: { "%": 0.01 },
  speed: { "m/s": 1 },
  flow: { "m³/s": 1, "m³/h": 1 / 3600, "l/s": 1e-3 },
  transmittance: { "w/(m²k)": 1, "w/m²k": 1, "w/(m² k)": 1 },
};
const CELSIUS = 273.15;
const NUMBER = /^\s*([+\-−]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S.{0,15})?$/;

const byName = new Map(
  Object.entries(DIMENSIONS).flatMap(([dimension, units]) =>
    Object.entries(units).map(([name, scale]) => [name, { dimension, scale }] as const),
  ),
);

/** Dimension and SI per unit of a unit's name, in any case and with 2 and 3 for ² and ³; null when unknown. */
export function unitOf(
  name: string,
): { readonly dimension: string; readonly scale: number } | null {
  const plain = name.trim();
  const raised = plain.replaceAll("^", "").replaceAll("2", "²").replaceAll("3", "³");
  for (const spelled of [plain, raised]) {
    const found = byName.get(spelled) ?? byName.get(spelled.replaceAll("μ", "µ").toLowerCase());
    if (found) return found;
  }
  return null;
}

/** A text that is nothing but a number and perhaps a known unit; else null. */
export function readAmount(text: string): Amount | null {
  const match = text.length <= 60 ? NUMBER.exec(text) : null;
  if (!match) return null;
  const written = Number((match[1] ?? "").replace("−", "-"));
  if (!Number.isFinite(written)) return null;
  const said = (match[2] ?? "").trim();
  if (said === "") return { value: written, dimension: null, written, scale: 1 };
  const unit = unitOf(said);
  if (!unit) return null;
  const offset = said.toLowerCase() === "°c" ? CELSIUS : 0;
  return { value: written * unit.scale + offset, written, ...unit };
}
