import { afterEach, expect, test } from "vitest";
import { directionOf, languageOf } from "./languages";
import { currentLocale, format, formatNumber, speak, t } from "./messages";
import { en } from "./messages/en";

afterEach(() => speak("en", en));

test("the first language wished for that there is wins, and its region does not matter", () => {
  expect(languageOf(["fr-FR", "de-AT", "en"], ["en", "de"])).toBe("de");
  expect(languageOf(["de-AT"], ["en"])).toBe("en");
  expect(languageOf(["ja"])).toBe("en");
  expect(languageOf(["en-xa"])).toBe("en-XA");
  expect(languageOf([])).toBe("en");
});

test("another language brings its texts, its numbers and its plurals", () => {
  speak("de", { ...en, "action.close": "Schließen" });
  expect(t("action.close")).toBe("Schließen");
  expect(formatNumber(98714.5)).toBe("98.714,5");
  expect(currentLocale()).toBe("de-DE");
  expect(format("{count, plural, one {# Teil} other {# Teile}}", { count: 2000 })).toBe(
    "2.000 Teile",
  );
});

test("the pseudo-locale widens every word by a third and leaves placeholders and plurals alone", () => {
  speak("en-XA", en);
  expect(format("Hide {name}", { name: "Hide" })).toBe("Ĥíđé ~~Hide");
  const plural = format("{count, plural, one {# part} other {# parts}}", { count: 3 });
  expect(plural).toBe("3 þàŕţš~~~");
  expect(t("action.cancel").length).toBeGreaterThanOrEqual(Math.ceil("Cancel".length * 1.35));
});

test("one of the pseudo-locales runs from right to left", () => {
  expect(directionOf("en-XB")).toBe("rtl");
  expect(directionOf("de")).toBe("ltr");
});
