import { expect, it } from "vitest";
import { CANVAS_FONT, loadCanvasFont } from "./canvas_font";

const faces = (count: number): FontFace[] => Array.from({ length: count }, () => ({}) as FontFace); // `as`: only counted

it("loads both weights of the shipped font before a canvas draws", async () => {
  const asked: string[] = [];
  const load = (font: string): Promise<FontFace[]> => {
    asked.push(font);
    return Promise.resolve(faces(1));
  };
  expect(await loadCanvasFont({ load })).toBe(true);
  expect(asked).toEqual(['400 32px "Inter Variable"', '600 32px "Inter Variable"']);
  expect(CANVAS_FONT.startsWith('"Inter Variable"')).toBe(true);
});

it("goes on with the system's font when it does not come", async () => {
  expect(await loadCanvasFont({ load: () => Promise.resolve(faces(0)) })).toBe(false);
  expect(await loadCanvasFont({ load: () => Promise.reject(new Error("gone")) })).toBe(false);
});
