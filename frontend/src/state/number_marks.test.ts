import { expect, test } from "vitest";
import { decimalMark, joinNumbers, withDecimalMark } from "./number_marks";

test("a language has its mark before the decimals", () => {
  expect(decimalMark()).toBe(".");
  expect(decimalMark("de-DE")).toBe(",");
  expect(withDecimalMark("-1.234e-7", "de-DE")).toBe("-1,234e-7");
  expect(withDecimalMark("12", "de-DE")).toBe("12");
});

test("numbers in a row can be told apart in every language", () => {
  expect(joinNumbers(["1.5", "2"])).toBe("1.5, 2");
  expect(joinNumbers(["1,5", "2"], "de-DE")).toBe("1,5; 2");
});
