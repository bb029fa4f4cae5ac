/** Commands on sections that need the picture: a box around parts, and a cut as a file. */

import type { DrawingFormat } from "../../state/commands/sections";
import { t } from "../../state/messages";
import { plainUnit } from "../../state/section_table";
import { putBox } from "../../state/perform/sections";
import { boxAround } from "../../state/planes";
import { formatLength } from "../../state/units";
import type { Viewer } from "../viewer";
import { type Drawing, drawingOf } from "./drawing";
import { writeDxf } from "./dxf";
import { writeSvg } from "./svg";

const TYPES: Readonly<Record<DrawingFormat, string>> = {
  svg: "image/svg+xml",
  dxf: "application/dxf",
};

/** Registers them; returns the way to unregister. */
export function registerSectionCommands(viewer: Viewer): () => void {
  const { commands, workspace } = viewer;
  const stops = [
    commands.register("section.around", ({ ranges }) => {
      const wanted = ranges ?? workspace.selection.get();
      const { model } = viewer;
      const box = wanted.isEmpty ? model?.visibleBounds : model?.occurrences.boxOf(wanted);
      if (!box) return undefined;
      return putBox(workspace, boxAround(viewer.toAbsolute(box.min), viewer.toAbsolute(box.max)));
    }),
    commands.register("section.export", ({ plane, format }) => {
      const drawing = drawingFor(viewer, plane);
      if (!drawing) return undefined;
      const text = format === "svg" ? writeSvg(drawing) : writeDxf(drawing);
      const name = `${fileName(drawing.title)}.${format}`;
      download(name, new Blob([text], { type: TYPES[format] }));
      workspace.announce(t("section.exported", { name }));
      return undefined;
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** The cut of a plane as a drawing; what is missing is said. */
function drawingFor(viewer: Viewer, plane: string): Drawing | null {
  const { workspace, model } = viewer;
  const structure = workspace.structure.get();
  const report = workspace.sectionReport.get();
  if (!model?.caps || !structure || (report.state !== "done" && report.state !== "failed")) {
    workspace.announce(t("section.exportWait"));
    return null;
  }
  const { manifest, caps, planes } = model;
  const side = /^box\/(\d)$/.exec(plane)?.[1];
  const section = workspace.sections.get().find(({ id }) => id === plane);
  const own = section?.name ?? t("section.boxSide", { side: side ?? "0" });
  const step = manifest.grids.reduce((most, [, , , each]) => Math.max(most, each), 0);
  const drawing = drawingOf(caps.cuts(plane, planes), structure, manifest, {
    title: `${manifest.source.name.replace(/\.[^.]+$/, "")} ${own}`,
    note: t("section.note", {
      rounding: formatLength(step / 2, workspace.style.get(), { decimals: 6 }),
    }),
    unit: plainUnit(workspace.style.get().unit),
  });
  if (!drawing) workspace.announce(t("section.exportNothing"));
  return drawing;
}

/** Letters, digits and what file systems everywhere allow. */
function fileName(title: string): string {
  const plain = title.replace(/[^\p{L}\p{N}._ -]+/gu, "_").trim();
  return plain === "" ? "section" : plain.slice(0, 120);
}

function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken the blob over when the click returns; Safari needs a moment more.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
