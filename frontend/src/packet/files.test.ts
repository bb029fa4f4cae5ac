// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from "vitest";

import type { AttachedFile, Packet } from "./contents";
import { filesList, sizeText } from "./files";
import { wordsOf } from "./words";

const say = wordsOf("en");
const packet = (files: Readonly<Record<string, string>>): Packet =>
  ({
    files: new Map(
      Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)]),
    ),
  }) as unknown as Packet; // the rest of it is not read here

const file = (path: string, more: Partial<AttachedFile> = {}): AttachedFile => ({
  name: "bore.png",
  media_type: "image/png",
  bytes: 1_234_567,
  revision: "",
  path,
  ...more,
});

beforeEach(() => {
  URL.createObjectURL = vi.fn(() => "blob:one");
  URL.revokeObjectURL = vi.fn();
});

it("shows a picture that the page carries, and lets it be saved", () => {
  const list = filesList(packet({ "attachments/1": "png" }), [file("attachments/1")], say);
  expect(list?.querySelector("img")?.getAttribute("src")).toBe("blob:one");
  expect(list?.querySelector("button")?.textContent).toBe("bore.png");
  expect(list?.textContent).toContain("1.2 MB");
});

it("never shows what is no picture, whatever it is called", () => {
  const page = file("attachments/1", { name: "page.html", media_type: "text/html" });
  const list = filesList(packet({ "attachments/1": "<script>" }), [page], say);
  expect(list?.querySelector("img")).toBeNull();
  expect(URL.createObjectURL).not.toHaveBeenCalled();
  list?.querySelector("button")?.click();
  const [blob] = vi.mocked(URL.createObjectURL).mock.calls[0] ?? [];
  expect((blob as Blob).type).toBe("application/octet-stream");
});

it("says where a file lies that the page does not carry, and what was left out", () => {
  const large = filesList(packet({}), [file("drawings/001-a.pdf", { revision: "C" })], say);
  expect(large?.textContent).toContain("In the packet as drawings/001-a.pdf");
  expect(large?.textContent).toContain("C");
  expect(large?.querySelector("button")).toBeNull();
  expect(filesList(packet({}), [file("")], say)?.textContent).toContain("Not in this packet");
  expect(filesList(packet({}), [], say)).toBeNull();
});

it("writes sizes as people read them", () => {
  expect([12, 7_630, 2_500_000].map(sizeText)).toEqual(["12 B", "8 kB", "2.5 MB"]);
});
