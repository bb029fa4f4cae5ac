// @vitest-environment jsdom
import { expect, test } from "vitest";
import { pathOf } from "./collect";
import { scaleBar, scaleBarShapes } from "./scale_bar";
import { escapeXml, toSvg, type Shape } from "./shapes";

test("the bar's length is the longest round one that fits a quarter of the picture", () => {
  // 800 px of 0.25 mm each: 200 mm wide, a quarter is 50 mm.
  expect(scaleBar(0.25e-3, 800, "mm", true)).toMatchObject({ text: "50 mm", pixels: 200 });
  expect(scaleBar(0.24e-3, 800, "mm", true)).toMatchObject({ text: "20 mm" });
  expect(scaleBar(0.25e-3, 800, "in", true)?.text).toBe("1 in");
  expect(scaleBar(0.25e-3, 800, "in", true)?.pixels).toBeCloseTo(101.6, 6);
});

test("in perspective the bar holds only at the middle, and says so", () => {
  expect(scaleBar(0.25e-3, 800, "mm", false)?.text).toBe("≈ 50 mm");
});

test("a picture too narrow or a view without a size has no bar", () => {
  expect(scaleBar(0.25e-3, 60, "mm", true)).toBeNull();
  expect(scaleBar(Number.NaN, 800, "mm", true)).toBeNull();
});

test("shapes as SVG keep their text, and text cannot become markup", () => {
  const bar = scaleBar(0.25e-3, 800, "mm", true);
  if (!bar) throw new Error("There should be a bar.");
  const label: Shape = {
    kind: "text",
    text: '<script>"&\u0007',
    x: 1,
    y: 2,
    angle: 0,
    size: 12,
    weight: "400",
    family: '"Inter", sans-serif',
    fill: "#000",
    opacity: 0.5,
  };
  const svg = toSvg([...scaleBarShapes(bar, 600, "#000", "#fff", "sans-serif"), label]);
  expect(svg).toContain(">50 mm</text>");
  expect(svg).toContain("&lt;script&gt;&quot;&amp;</text>");
  expect(svg).not.toContain("<script");
  const parsed = new DOMParser().parseFromString(
    `<svg xmlns="http://www.w3.org/2000/svg">${svg}</svg>`,
    "image/svg+xml",
  );
  expect(parsed.querySelector("parsererror")).toBeNull();
  expect(parsed.querySelectorAll("rect")).toHaveLength(3);
});

test("what XML cannot say is left out", () => {
  expect(escapeXml("a\u0000b\u001fc\td")).toBe("abc\td");
});

test("basic shapes become paths of the same outline", () => {
  const shape = (markup: string): SVGElement => {
    const parsed = new DOMParser().parseFromString(
      `<svg xmlns="http://www.w3.org/2000/svg">${markup}</svg>`,
      "image/svg+xml",
    );
    return parsed.documentElement.firstElementChild as SVGElement;
  };
  expect(pathOf(shape('<line x1="1" y1="2" x2="3" y2="4"/>'))).toBe("M1 2L3 4");
  expect(pathOf(shape('<rect x="1" y="2" width="3" height="4"/>'))).toBe("M1 2h3v4h-3Z");
  expect(pathOf(shape('<polygon points="0,0 1,0 1,1"/>'))).toBe("M0,0 1,0 1,1Z");
  expect(pathOf(shape('<polyline points=" "/>'))).toBeNull();
  expect(pathOf(shape('<circle cx="5" cy="5" r="2"/>'))).toBe("M3 5a2 2 0 1 0 4 0a2 2 0 1 0 -4 0Z");
});
