// @vitest-environment jsdom
import { expect, test } from "vitest";
import { addressOf, blobOf } from "./data_address";

test("a file is the same after it was an address", async () => {
  const address = await addressOf(new Blob([new Uint8Array([1, 2, 250])], { type: "audio/webm" }));
  expect(address).toBe("data:audio/webm;base64,AQL6");
  const back = blobOf(address);
  expect([back.type, back.size]).toEqual(["audio/webm", 3]);
});
