/** Files beside issues, and drawings: shown or saved from the page's own copy, or named where they lie in the packet. */

import type { AttachedFile, Packet } from "./contents";
import { button, element } from "./dom";
import type { Say } from "./words";

const PICTURES = new Set(["image/png", "image/jpeg", "image/webp"]);

export function filesList(
  packet: Packet,
  files: readonly AttachedFile[],
  say: Say,
): HTMLElement | null {
  if (files.length === 0) return null;
  return element("ul", { class: "files" }, ...files.map((file) => fileRow(packet, file, say)));
}

function fileRow(packet: Packet, file: AttachedFile, say: Say): HTMLElement {
  const bytes = packet.files.get(file.path);
  const size = element("span", { class: "soft" }, ` ${sizeText(file.bytes)}`);
  const revision = file.revision ? element("span", { class: "soft" }, ` · ${file.revision}`) : null;
  if (!bytes) {
    const where = file.path ? say("file.inPacket", { path: file.path }) : say("file.leftOut");
    return element(
      "li",
      { testid: "packet-file" },
      element("span", {}, file.name),
      size,
      revision,
      element("p", { class: "soft" }, where),
    );
  }
  const save = button(file.name, () => download(file.name, bytes), {
    class: "file",
    testid: "packet-file-save",
    title: say("file.save", { name: file.name }),
  });
  const image = element("img", {});
  image.alt = file.name;
  // Only what is a picture by its content as the server found it; anything else is saved, never shown.
  if (PICTURES.has(file.media_type))
    image.src = URL.createObjectURL(new Blob([bytes], { type: file.media_type }));
  return element("li", { testid: "packet-file" }, image.src !== "" && image, save, size, revision);
}

/** Saved as bytes: a browser that opened it would run what is in it. */
function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${String(bytes)} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
