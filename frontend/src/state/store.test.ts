import { expect, test } from "vitest";
import { Store, derived } from "./store";

test("a listener hears the value at once and then each change by identity", () => {
  const store = new Store(1);
  const heard: number[] = [];
  const stop = store.subscribe((value) => heard.push(value));
  store.set(1);
  store.set(2);
  stop();
  store.set(3);
  expect(heard).toEqual([1, 2]);
});

test("a listener that stops another while told keeps the rest of the round sound", () => {
  const store = new Store(0);
  const heard: string[] = [];
  let stopSecond = (): void => undefined;
  store.subscribe((value) => {
    heard.push(`first ${value}`);
    if (value === 1) stopSecond();
  });
  stopSecond = store.subscribe((value) => heard.push(`second ${value}`));
  store.set(1);
  expect(heard).toEqual(["first 0", "second 0", "first 1"]);
});

test("a listener that sets again while told lets nobody hear the older value last", () => {
  const store = new Store(0);
  const heard: number[] = [];
  store.subscribe((value) => {
    if (value === 1) store.set(2);
  });
  store.subscribe((value) => heard.push(value));
  store.set(1);
  expect(heard.at(-1)).toBe(2);
});

test("a derived value follows each of its sources", () => {
  const width = new Store(2);
  const height = new Store(3);
  const area = derived([width, height], () => width.get() * height.get());
  width.set(4);
  height.set(5);
  expect(area.get()).toBe(20);
});
