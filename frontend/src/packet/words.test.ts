import { expect, test } from "vitest";
import { known, momentText, wordsOf } from "./words";

test("a packet speaks its own language, and English where it is not spoken here", () => {
  expect(wordsOf("de")("verified.valid")).toBe("Signatur gültig");
  expect(wordsOf("fr")("verified.valid")).toBe("Signature valid");
});

test("what people write is no template", () => {
  expect(wordsOf("en")("signed", { meaning: "{meaning} $& {x}" })).toBe("signed: {meaning} $& {x}");
});

test("a word of a later server is shown as it is", () => {
  const say = wordsOf("en");
  expect(known(say, "verdict", "approve")).toBe("approved");
  expect(known(say, "verdict", "approve_with_conditions")).toBe("approve with conditions");
  expect(known(say, "event", "__proto__")).toBe("  proto  ");
});

test("times are UTC", () => {
  expect(momentText("2026-11-23T09:05:59.000000Z")).toBe("2026-11-23 09:05 UTC");
});
