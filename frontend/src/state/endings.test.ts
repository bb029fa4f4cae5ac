import { expect, test } from "vitest";
import { endedText } from "./endings";

test("a goodbye, a refused ticket and a removed device each say why", () => {
  expect(endedText("ended")).toBe("The session has ended");
  expect(endedText("removed_from_session")).toBe(endedText("removed"));
  expect(endedText("session_locked")).toBe(endedText("locked"));
  expect(endedText("signed_out")).toBe("You were signed out on this device");
  expect(endedText("declined")).toBe("The host did not let you in.");
});

test("what nobody named is over all the same", () => {
  expect(endedText("")).toBe("You cannot take part in this session any more");
});
