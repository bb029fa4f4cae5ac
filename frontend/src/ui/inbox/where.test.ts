import { expect, it, vi } from "vitest";
import type { Api } from "../../api/api";
import type { Shelf } from "../preferences";
import { tellWhereIAm } from "./where";

function memory(): Shelf {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

/** What the server knows, and what it is told. */
function server(known: { language: string | null; time_zone: string | null }, refuses = false) {
  const told: object[] = [];
  const api = {
    notificationSettings: () => Promise.resolve(known),
    changeNotificationSettings: (change: object) => {
      told.push(change);
      return refuses && "time_zone" in change
        ? Promise.reject(new Error("There is no time zone"))
        : Promise.resolve(known);
    },
  };
  return { api: api as unknown as Api, told }; // what is used of it
}

it("tells what the server does not know, once", async () => {
  const { api, told } = server({ language: null, time_zone: null });
  const kept = memory();
  await tellWhereIAm(api, "mia", "en", kept);
  await tellWhereIAm(api, "mia", "en", kept);
  const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(told).toEqual([{ language: "en" }, { time_zone }]);
});

it("leaves alone what somebody chose", async () => {
  const { api, told } = server({ language: "de", time_zone: "Europe/Berlin" });
  await tellWhereIAm(api, "mia", "en", memory());
  expect(told).toEqual([]);
});

it("keeps the language when the server does not know the zone", async () => {
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  const { api, told } = server({ language: null, time_zone: null }, true);
  const kept = memory();
  await tellWhereIAm(api, "mia", "en", kept);
  await tellWhereIAm(api, "mia", "en", kept);
  expect(told[0]).toEqual({ language: "en" });
  expect(told).toHaveLength(2);
  expect(warned).toHaveBeenCalledOnce();
});
