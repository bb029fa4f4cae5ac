import { expect, test } from "vitest";
import { format, isMessageKey, t } from "./messages";
import { en } from "./messages/en";

test("placeholders are filled in and missing ones stay visible", () => {
  expect(format("Follow {name}", { name: "Anna" })).toBe("Follow Anna");
  expect(format("Follow {name}", {})).toBe("Follow {name}");
});

test("plurals choose their branch and write numbers as the language does", () => {
  const pattern = "{count, plural, =0 {nobody} one {# part} other {# parts of {name}}}";
  expect(format(pattern, { count: 0, name: "" })).toBe("nobody");
  expect(format(pattern, { count: 1, name: "" })).toBe("1 part");
  expect(format(pattern, { count: 98714, name: "Skid" })).toBe("98,714 parts of Skid");
  expect(format("{count} of {total}", { count: 1234, total: 5678 })).toBe("1,234 of 5,678");
});

test("a value that looks like a pattern is text", () => {
  expect(format("Rename {name}", { name: "{count}" })).toBe("Rename {count}");
});

test("every message can be formatted: braces match and plurals have an other branch", () => {
  for (const [key, pattern] of Object.entries(en)) {
    const depth = [...pattern].reduce(
      (sum, letter) => sum + Number(letter === "{") - Number(letter === "}"),
      0,
    );
    expect(depth, key).toBe(0);
    if (pattern.includes("plural,")) expect(pattern, key).toContain("other {");
  }
});

test("the product never says that something went wrong without saying what", () => {
  for (const pattern of Object.values(en)) expect(pattern).not.toMatch(/something went wrong/i);
});

test("a key made of a code of the server is checked before it is used", () => {
  expect(isMessageKey("stage.reading")).toBe(true);
  expect(isMessageKey("stage.dreaming")).toBe(false);
  expect(isMessageKey("toString")).toBe(false);
  expect(t("stage.reading")).toBe("Reading");
});
