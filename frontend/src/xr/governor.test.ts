import { describe, expect, it } from "vitest";
import { Governor, meansOf, STEPS } from "./governor";

/** Lets seconds pass at a rate; how many things were given up after each. */
function pass(governor: Governor, hz: number, seconds: number): number[] {
  const given: number[] = [];
  for (let s = 0; s < seconds; s += 1) {
    for (let p = 0; p < Math.ceil(hz); p += 1) governor.picture(1000 / hz + 0.001);
    given.push(governor.thrift.given);
  }
  return given;
}

describe("what a headset gives up to keep its rate", () => {
  it("gives nothing up while the rate is held", () => {
    const governor = new Governor();
    expect(pass(governor, 72, 30).every((given) => given === 0)).toBe(true);
    expect(governor.thrift).toEqual({ given: 0, dimmed: false, rate: 72 });
  });

  it("gives one thing up after the other, a second for each, and no more than there is", () => {
    const governor = new Governor();
    expect(pass(governor, 50, 8)).toEqual([1, 2, 3, 4, 5, 6, 6, 6]);
  });

  it("gives up in the order of the design: edges, far, small, foveation, framebuffer, prompt", () => {
    const all = [0, 1, 2, 3, 4, 5, 6].map(meansOf);
    expect(STEPS).toEqual(["edges", "far", "small", "foveation", "framebuffer", "isolate"]);
    expect(all.map(({ edges }) => edges).indexOf(false)).toBe(1);
    expect(all.findIndex(({ triangles }) => triangles < 1)).toBe(2);
    expect(all.findIndex(({ leastPixels }) => leastPixels > 1)).toBe(3);
    expect(all.findIndex(({ foveation }) => foveation === 1)).toBe(4);
    expect(all.findIndex(({ viewportScale }) => viewportScale === 0.8)).toBe(5);
    expect(all.findIndex(({ isolate }) => isolate)).toBe(6);
  });

  it("does nothing between slow and held: the picture stays as it is", () => {
    const governor = new Governor();
    pass(governor, 50, 2);
    expect(pass(governor, 68, 60)).toEqual(new Array(60).fill(2));
  });

  it("takes one thing back after six good seconds", () => {
    const governor = new Governor();
    pass(governor, 50, 2);
    expect(pass(governor, 72, 13)).toEqual([2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 0, 0]);
  });

  it("waits twice as long for what had to be given up again at once", () => {
    const governor = new Governor();
    pass(governor, 50, 1);
    pass(governor, 72, 6); // taken back
    pass(governor, 50, 1); // and given up again
    expect(governor.thrift.given).toBe(1);
    expect(pass(governor, 72, 12).indexOf(0)).toBe(11);
  });

  it("dims below 60 pictures a second for two seconds, and no longer than that", () => {
    const governor = new Governor();
    pass(governor, 55, 1);
    expect(governor.thrift.dimmed).toBe(false);
    pass(governor, 55, 1);
    expect(governor.thrift.dimmed).toBe(true);
    pass(governor, 64, 1);
    expect(governor.thrift.dimmed).toBe(false);
  });

  it("does not take a headset that slept for a slow one", () => {
    const governor = new Governor();
    pass(governor, 72, 3);
    expect(governor.picture(60_000)).toBe(false);
    expect(pass(governor, 72, 3)).toEqual([0, 0, 0]);
  });

  it("begins at 72 Hz, goes to 90 when that is held, and back for good when 90 is not", () => {
    const governor = new Governor([120, 60, 72, 80, 90]);
    expect(governor.thrift.rate).toBe(72);
    pass(governor, 72, 10);
    expect(governor.thrift.rate).toBe(90);
    pass(governor, 75, 1);
    expect(governor.thrift).toEqual({ given: 0, dimmed: false, rate: 72 });
    pass(governor, 72, 30);
    expect(governor.thrift.rate).toBe(72);
  });

  it("takes the highest rate of a headset that has no 72, and the headset's own word for it", () => {
    const governor = new Governor([50, 60]);
    expect(governor.thrift.rate).toBe(60);
    governor.runsAt(50);
    pass(governor, 50, 5);
    expect(governor.thrift.given).toBe(0);
  });
});
