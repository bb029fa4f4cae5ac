import { describe, expect, it, vi } from "vitest";
import { ICON_NAMES, iconPath } from "./icons";

describe("icons", () => {
  it("begin every stroke but the first at a place of the field, not beside the one before", () => {
    const drawn: string[] = [];
    vi.stubGlobal(
      "Path2D",
      class {
        constructor(path: string) {
          drawn.push(path);
        }
      },
    );
    for (const name of ICON_NAMES) iconPath(name);
    vi.unstubAllGlobals();
    expect(drawn).toHaveLength(ICON_NAMES.length);
    // Icons are several paths in one: a relative move would begin at the end of another one.
    for (const path of drawn) expect(path).not.toMatch(/\s+m/);
  });
});
