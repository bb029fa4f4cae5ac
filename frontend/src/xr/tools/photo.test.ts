import { Group, type WebGLRenderTarget } from "three";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type TestSeat, stubCanvas, testSeat } from "../seat_fixture.test-data";
import { Photo } from "./photo";

let made: TestSeat;
let photo: Photo;
let drawn: { target: WebGLRenderTarget | null; hands: boolean; xr: boolean }[];
let renderer: ReturnType<typeof fakeRenderer>;

function fakeRenderer(fails: boolean) {
  let target: WebGLRenderTarget | null = null;
  const { group } = made.seat;
  const made_ = {
    xr: { enabled: true },
    getRenderTarget: () => null,
    setRenderTarget: (next: WebGLRenderTarget | null) => (target = next),
    clear: () => undefined,
    render: () => drawn.push({ target, hands: group.visible, xr: made_.xr.enabled }),
    readRenderTargetPixelsAsync: async () =>
      fails ? Promise.reject(new Error("lost")) : Promise.resolve(new Uint8Array(4)),
  };
  return made_;
}

function begin(fails = false): void {
  renderer = fakeRenderer(fails);
  Object.assign(made.seat.viewer, { renderer, scene: new Group() });
  photo = new Photo(made.seat);
}

beforeEach(() => {
  stubCanvas();
  const pen = { putImageData: () => undefined };
  const canvas = { getContext: () => pen, convertToBlob: async () => Promise.resolve(new Blob()) };
  vi.stubGlobal("OffscreenCanvas", function OffscreenCanvas() {
    return canvas;
  });
  vi.stubGlobal("ImageData", class {});
  vi.stubGlobal("createImageBitmap", async () => Promise.resolve({ close: () => undefined }));
  made = testSeat();
  made.hands = [
    { tracked: true, pressing: false, position: [0, 1.4, -0.3], forward: [0, 0, -1], hit: null },
  ];
  drawn = [];
});
afterEach(() => {
  photo.dispose();
  vi.unstubAllGlobals();
});

test("the trigger takes what it points at: hands and boards are not in it, the headset goes on", async () => {
  begin();
  photo.release();
  photo.update(null, true);
  expect([drawn.length, drawn[0]?.hands, drawn[0]?.xr]).toEqual([1, false, false]);
  expect([renderer.xr.enabled, made.seat.group.visible]).toEqual([true, true]);
  await vi.waitFor(() => expect(photo.debug.count).toBe(1));
  expect(photo.debug.taken?.position).toEqual([0, 1.6, 0]);
  photo.update(null, true);
  expect(photo.debug.card?.title).toBe("Photo");
});

test("what is sampled and what is kept are of one format: else the graphics card keeps black", () => {
  begin();
  photo.release();
  photo.update(null, true);
  const texture = drawn[0]?.target?.texture;
  expect([drawn[0]?.target?.samples, texture?.internalFormat]).toEqual([4, "RGBA8"]);
});

test("a picture that cannot be read is said, and nothing is kept", async () => {
  begin(true);
  photo.release();
  photo.update(null, true);
  await vi.waitFor(() => expect(made.workspace.announcement.get()).not.toBeNull());
  expect(photo.debug.count).toBe(0);
});

test("two corners frame one picture, also while the card of the last one stands; the second trigger's end takes no other", async () => {
  begin();
  photo.release();
  photo.update(null, true);
  await vi.waitFor(() => expect(photo.debug.count).toBe(1));
  const corner = (x: number, y: number, pressing: boolean) => ({
    ...{ tracked: true, pressing, position: [x, y, -0.5], forward: [0, 0, -1], hit: null },
  });
  const hands = (left: boolean, right: boolean): void => {
    made.hands = [corner(-0.15, 1.5, left), corner(0.15, 1.7, right)] as typeof made.hands;
  };
  hands(true, true);
  photo.update(null, true);
  expect(photo.debug.taken).toBeNull(); // the card went
  hands(true, false);
  photo.release();
  photo.update(null, true); // one corner was let go
  photo.update(null, true);
  hands(false, false);
  photo.release();
  photo.update(null, true);
  await vi.waitFor(() => expect(photo.debug.count).toBe(2));
  photo.update(null, true);
  expect(drawn).toHaveLength(2);
});
