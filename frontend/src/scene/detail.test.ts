import { describe, expect, it } from "vitest";
import { MovingDetail } from "./detail";

function pictures(detail: MovingDetail, count: number, everyMs: number, from = 0): number {
  let now = from;
  for (let i = 0; i < count; i += 1) {
    now += everyMs;
    detail.picture(now);
  }
  return now;
}

describe("detail while moving", () => {
  it("is full where pictures come quickly", () => {
    const detail = new MovingDetail();
    detail.move();
    pictures(detail, 60, 16);
    expect(detail.share).toEqual({ triangles: 1, pixels: 1, beyond: Infinity });
  });

  it("gives up triangles, then pixels and what is outside of the picture, where they come slowly, and never all of them", () => {
    const detail = new MovingDetail();
    detail.move();
    let now = pictures(detail, 4, 80);
    expect(detail.share).toEqual({ triangles: 0.5, pixels: 1, beyond: Infinity });
    now = pictures(detail, 3, 80, now);
    expect(detail.share.pixels).toBe(0.75);
    pictures(detail, 100, 80, now);
    expect(detail.share).toEqual({ triangles: 0.25, pixels: 0.5, beyond: 0.35 });
  });

  it("is full at rest, and the next move begins where the last one had to go", () => {
    const detail = new MovingDetail();
    detail.move();
    pictures(detail, 4, 80);
    expect(detail.rest()).toBe(true);
    expect(detail.share).toEqual({ triangles: 1, pixels: 1, beyond: Infinity });
    expect(detail.move()).toBe(true);
    expect(detail.share.triangles).toBe(0.5);
  });

  it("comes back when there is room", () => {
    const detail = new MovingDetail();
    detail.move();
    const now = pictures(detail, 4, 80);
    pictures(detail, 40, 16, now);
    expect(detail.share.triangles).toBe(1);
  });

  it("takes a pause for a pause", () => {
    const detail = new MovingDetail();
    detail.move();
    pictures(detail, 10, 15_000);
    expect(detail.share.triangles).toBe(1);
    expect(detail.rest()).toBe(false);
  });
});
