/**
 * A bill of materials as CSV (RFC 4180): numbers with a point and no grouping, their unit in the header, and
 * no text that a spreadsheet would run. The server writes the same (backend/holotable/review/bom.py).
 */

/** What a line needs of a bill's line; SI. */
export interface CsvLine {
  readonly name: string;
  readonly number: string;
  readonly material: string;
  readonly quantity: number;
  readonly mass_kg: number | null;
  readonly total_mass_kg: number | null;
  readonly volume_m3: number | null;
  readonly size_m: readonly number[] | null;
  readonly method: string | null;
}

/** The order in which the server writes them, too. */
const HEADER = [
  "Name",
  "Number",
  "Material",
  "Quantity",
  "Mass each (kg)",
  "Mass total (kg)",
  "Volume each (m3)",
  "Size X (m)",
  "Size Y (m)",
  "Size Z (m)",
  "Method",
];
/** OWASP, CSV injection: what begins a formula in Excel, LibreOffice or Sheets. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** byteOrderMark: Excel then reads it as UTF-8. */
export function bomCsv(lines: readonly CsvLine[], byteOrderMark: boolean): string {
  const rows = lines.map((line) => [
    disarmed(line.name),
    disarmed(line.number),
    disarmed(line.material),
    String(line.quantity),
    plain(line.mass_kg),
    plain(line.total_mass_kg),
    plain(line.volume_m3),
    ...[0, 1, 2].map((axis) => plain(line.size_m?.[axis] ?? null)),
    line.method ?? "",
  ]);
  const text = [HEADER, ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
  return (byteOrderMark ? "\ufeff" : "") + text;
}

/** A text that no spreadsheet takes for a formula. */
export function disarmed(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Twelve digits: as the server writes them. */
function plain(value: number | null): string {
  return value === null ? "" : String(Number(value.toPrecision(12)));
}
