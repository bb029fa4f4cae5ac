import { describe, expect, it } from "vitest";
import { UploadPace } from "./upload_pace";

/** Lets promises that are resolved run on. */
const breathe = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

async function threeWaiting(): Promise<{ pace: UploadPace; gone: number[] }> {
  const pace = new UploadPace();
  const gone: number[] = [];
  pace.set(true);
  for (const chunk of [1, 2, 3]) void pace.turn().then(() => gone.push(chunk));
  await breathe();
  return { pace, gone };
}

describe("the pace of uploads", () => {
  it("does not hold anything up on a flat screen", async () => {
    const pace = new UploadPace();
    let gone = false;
    void pace.turn().then(() => (gone = true));
    await breathe();
    expect(gone).toBe(true);
  });

  it("lets one chunk through with each picture of a headset, in their order", async () => {
    const { pace, gone } = await threeWaiting();
    expect(gone).toEqual([]);
    pace.picture();
    await breathe();
    expect(gone).toEqual([1]);
    pace.picture();
    pace.picture();
    pace.picture();
    await breathe();
    expect(gone).toEqual([1, 2, 3]);
  });

  it("lets all of them through when the headset is left", async () => {
    const { pace, gone } = await threeWaiting();
    pace.set(false);
    await breathe();
    expect(gone).toEqual([1, 2, 3]);
  });
});
