import { expect, test } from "vitest";
import { bomCsv, disarmed, type CsvLine } from "./bom_csv";

const LINE: CsvLine = {
  name: "Valve",
  number: "",
  material: "316L",
  quantity: 2,
  mass_kg: 12.0000000000001,
  total_mass_kg: 24,
  volume_m3: null,
  size_m: [0.1, 0.2, 1e-7],
  method: "exact",
};

test("numbers have a point and no grouping, and what is unknown is empty", () => {
  const [, row] = bomCsv([{ ...LINE, quantity: 12345 }], false).split("\r\n");
  expect(row).toBe("Valve,,316L,12345,12,24,,0.1,0.2,1e-7,exact");
});

test("commas, quotes and lines are quoted, every line ends with CRLF", () => {
  const text = bomCsv([{ ...LINE, name: 'a "b", c\nd' }], true);
  expect(text.startsWith("\ufeffName,")).toBe(true);
  expect(text).toContain('"a ""b"", c\nd"');
  expect(text.endsWith("\r\n")).toBe(true);
});

test.each(["=1+1", "+1", "-1", "@SUM", "\tx", "\rx", "\nx"])(
  "%s is no formula any more",
  (text) => {
    expect(disarmed(text)).toBe(`'${text}`);
    expect(disarmed(`a${text}`)).toBe(`a${text}`);
  },
);
