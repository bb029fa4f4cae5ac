import { expect, it } from "vitest";

import { initials } from "./format";

it.each([
  ["Mia Berg", "MB"],
  ["Ann Maria de Witt", "AW"],
  ["mia", "MI"],
  ["Nora Lind (demo)", "NL"],
  ["(demo)", "(D"],
  ["", "?"],
])("%s is written %s on an avatar", (name, short) => {
  expect(initials(name)).toBe(short);
});
