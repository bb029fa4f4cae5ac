import { expect, it } from "vitest";
import { snoozes } from "./snooze";

const local = (iso: string): string => new Date(iso).toISOString();

it("offers three hours, tomorrow morning and the next Monday morning", () => {
  const offers = snoozes(new Date("2026-01-07T15:30:00")); // a Wednesday
  expect(offers).toEqual([
    { name: "evening", until: local("2026-01-07T18:30:00") },
    { name: "tomorrow", until: local("2026-01-08T08:00:00") },
    { name: "week", until: local("2026-01-12T08:00:00") },
  ]);
});

it("means the Monday after on a Monday", () => {
  expect(snoozes(new Date("2026-01-05T07:00:00"))[2]?.until).toBe(local("2026-01-12T08:00:00"));
});
