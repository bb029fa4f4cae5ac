import { afterEach, expect, it, vi } from "vitest";
import { shelf } from "./shelf";

afterEach(() => vi.unstubAllGlobals());

it("is the browser's own where there is one", () => {
  const localStorage = { getItem: () => "kept", setItem: () => undefined };
  vi.stubGlobal("window", { localStorage });
  expect(shelf("localStorage")).toBe(localStorage);
});

it("is memory where the browser refuses it, as in frames on other sites", () => {
  const refused = {
    get localStorage(): Storage {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    },
  };
  vi.stubGlobal("window", refused);
  expect(shelf("localStorage").getItem("theme")).toBeNull();
  shelf("localStorage").setItem("theme", "dark");
  expect(shelf("localStorage").getItem("theme")).toBe("dark");
});
