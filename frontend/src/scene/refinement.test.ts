import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWorkspace } from "../state/workspace";
import { REST_MS } from "./detail";
import { Refinement } from "./refinement";

/** Animation frames come when the test says so, as they do where a processor draws. */
let frames: (() => void)[] = [];

function nextFrame(): void {
  const waiting = frames;
  frames = [];
  for (const call of waiting) call();
}

beforeEach(() => {
  vi.useFakeTimers();
  frames = [];
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => frames.push(call));
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function made() {
  const due = vi.fn();
  const refinement = new Refinement({ workspace: createWorkspace(), budget: 1000, due });
  due.mockClear();
  return { refinement, due };
}

/** A drag of which each picture takes `everyMs`; the next move follows its picture. */
function drag(refinement: Refinement, pictures: number, everyMs: number): void {
  for (let i = 0; i < pictures; i += 1) {
    refinement.moved();
    nextFrame();
    vi.advanceTimersByTime(everyMs);
    refinement.picture(performance.now());
  }
}

describe("how finely is drawn", () => {
  it("goes down where a picture takes longer than rest needs to come", () => {
    const { refinement } = made();
    drag(refinement, 12, REST_MS * 3);
    expect(refinement.atRest).toBe(false);
    expect([refinement.budget, refinement.beyond]).toEqual([250, 0.35]);
  });

  it("is full again when the last picture of a move is seen and nothing follows", () => {
    const { refinement, due } = made();
    drag(refinement, 12, REST_MS * 3);
    due.mockClear();
    nextFrame();
    expect(refinement.atRest).toBe(true);
    expect([refinement.budget, refinement.beyond]).toEqual([1000, Infinity]);
    expect(due).toHaveBeenCalledTimes(1);
  });

  it("goes on moving when the next move comes with that picture", () => {
    const { refinement } = made();
    drag(refinement, 12, REST_MS * 3);
    refinement.moved();
    nextFrame();
    expect([refinement.atRest, refinement.budget]).toEqual([false, 250]);
    vi.advanceTimersByTime(REST_MS);
    nextFrame();
    expect([refinement.atRest, refinement.budget]).toEqual([true, 1000]);
  });

  it("comes to rest without pictures in the background", () => {
    const { refinement } = made();
    refinement.moved();
    vi.advanceTimersByTime(6_000);
    expect(refinement.atRest).toBe(true);
  });
});
