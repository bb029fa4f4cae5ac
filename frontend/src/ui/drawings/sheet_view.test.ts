import { expect, test } from "vitest";
import {
  MARGIN,
  fitBox,
  fitPage,
  fitWidth,
  kept,
  panned,
  placeOf,
  pointAt,
  seenPart,
  sharpness,
  sizeOf,
  zoomAbout,
} from "./sheet_view";

const A4 = sizeOf({ width: 0.21, height: 0.297 }, "m");
const PANE = { width: 600, height: 800 };

test("a sheet at scale 1 is as large as its paper, a picture as its pixels", () => {
  expect(A4.width).toBeCloseTo(793.7, 1);
  expect(A4.height).toBeCloseTo(1122.5, 1);
  expect(sizeOf({ width: 320, height: 200 }, "px")).toEqual({ width: 320, height: 200 });
});

test("a fitted page is whole, in the middle, with a margin", () => {
  const view = fitPage(A4, PANE);
  expect(Math.min(view.x, view.y)).toBeCloseTo(MARGIN);
  expect(view.x * 2 + A4.width * view.scale).toBeCloseTo(PANE.width);
  expect(view.y * 2 + A4.height * view.scale).toBeCloseTo(PANE.height);
});

test("a page fitted in its width begins at its top", () => {
  const view = fitWidth(A4, { width: 1200, height: 500 });
  expect(A4.width * view.scale).toBeCloseTo(1200 - 2 * MARGIN);
  expect(view.y).toBe(MARGIN);
});

test("what is under the pointer stays there while zooming", () => {
  const before = fitPage(A4, PANE);
  const at = { x: 200, y: 300 };
  const after = zoomAbout(before, 2.5, at, A4, PANE);
  expect(after.scale).toBeCloseTo(before.scale * 2.5);
  const [p, q] = [pointAt(before, at, A4), pointAt(after, at, A4)];
  expect(q.x).toBeCloseTo(p.x);
  expect(q.y).toBeCloseTo(p.y);
});

test("zoom ends at half of the whole page and at 32 to 1", () => {
  const view = fitPage(A4, PANE);
  expect(zoomAbout(view, 1e6, { x: 0, y: 0 }, A4, PANE).scale).toBe(32);
  expect(zoomAbout(view, 1e-6, { x: 0, y: 0 }, A4, PANE).scale).toBeCloseTo(view.scale / 2);
});

test("a sheet cannot be pushed out of its pane", () => {
  const view = panned(fitPage(A4, PANE), 1e6, -1e6, A4, PANE);
  expect(seenPart(view, A4, PANE)).not.toBeNull();
  expect(kept(view, A4, PANE)).toEqual(view);
});

test("places go to the pane and back", () => {
  const view = zoomAbout(fitPage(A4, PANE), 3, { x: 10, y: 700 }, A4, PANE);
  const place = placeOf(view, { x: 0.25, y: 0.75 }, A4);
  const back = pointAt(view, place, A4);
  expect(back.x).toBeCloseTo(0.25);
  expect(back.y).toBeCloseTo(0.75);
  expect(pointAt(view, { x: -1e5, y: 1e5 }, A4)).toEqual({ x: 0, y: 1 });
});

test("what is drawn is framed with what is around it, never smaller than the page", () => {
  const view = fitBox({ left: 0.4, top: 0.4, right: 0.6, bottom: 0.45 }, A4, PANE);
  expect(view.scale).toBeGreaterThan(fitPage(A4, PANE).scale);
  const middle = placeOf(view, { x: 0.5, y: 0.425 }, A4);
  expect(middle.x).toBeCloseTo(PANE.width / 2);
  expect(middle.y).toBeCloseTo(PANE.height / 2);
  const whole = fitBox({ left: 0, top: 0, right: 1, bottom: 1 }, A4, PANE);
  expect(whole.scale).toBeCloseTo(fitPage(A4, PANE).scale);
});

test("only what the pane shows is drawn, and no canvas is larger than a browser allows", () => {
  const view = { scale: 4, x: -1000, y: -500 };
  expect(seenPart(view, A4, PANE)).toEqual({ left: 1000, top: 500, width: 600, height: 800 });
  expect(seenPart({ scale: 1, x: 5000, y: 0 }, A4, PANE)).toBeNull();
  expect(sharpness({ width: 600, height: 800 }, 2)).toBe(2);
  const ratio = sharpness({ width: 8000, height: 8000 }, 3);
  expect(ratio * ratio * 64e6).toBeCloseTo(16e6);
});
