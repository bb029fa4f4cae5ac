/** Screenshots (UX.md §2.10): the picture, what is drawn over it, a scale bar, a title block; to keep or to paste. */

import type { Viewer } from "../../scene/viewer";
import { snapshot } from "../../scene/snapshot";
import { t } from "../../state/messages";
import type { PictureChoice } from "../../state/areas/picturing";
import { styleOf } from "../../state/units";
import { collect } from "./collect";
import { scaleBar, scaleBarShapes } from "./scale_bar";
import { type Shape, escapeXml, paint, toSvg } from "./shapes";
import { TITLE_HEIGHT, titleBlock, titleShapes } from "./title_block";

/** A finished picture. */
export interface Shot {
  readonly blob: Blob;
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Takes the picture that the viewer shows. link: the address that opens this view. */
export async function takeShot(viewer: Viewer, choice: PictureChoice, link: string): Promise<Shot> {
  const { clientWidth: width, clientHeight: height } = viewer.canvas;
  const { workspace } = viewer;
  const picture = snapshot(viewer, { scale: choice.scale, transparent: choice.transparent });
  const scale = picture.width / width;
  const shapes = choice.annotations ? collect(viewer.overlay.element) : [];
  const look = lookOf(viewer.overlay.element);
  const bar = scaleBar(
    viewer.reach(viewer.cameraPose().target, 1),
    width,
    styleOf(workspace.unit.get()).unit,
    viewer.cameraPose().ortho_height_m !== null,
  );
  if (bar && choice.scaleBar)
    shapes.push(...scaleBarShapes(bar, height, look.ink, look.paper, look.family));
  const total = height + (choice.title ? TITLE_HEIGHT : 0);
  if (choice.title)
    shapes.push(
      ...titleShapes(
        titleBlock(workspace, link, new Date()),
        { y: height, width },
        look.ink,
        look.paper,
        look.family,
      ),
    );
  const name = fileName(viewer, choice.format);
  if (choice.format === "svg") {
    const blob = await svgShot(picture, shapes, width, total, height);
    return { blob, name, width, height: total };
  }
  const sheet = document.createElement("canvas");
  sheet.width = picture.width;
  sheet.height = Math.round(total * scale);
  const context = sheet.getContext("2d");
  if (!context) throw new Error(t("shot.noCanvas"));
  context.drawImage(picture, 0, 0);
  // Letters of the page's font must be there before they are painted.
  await document.fonts.ready;
  paint(context, shapes, scale);
  return { blob: await toPng(sheet), name, width: sheet.width, height: sheet.height };
}

async function svgShot(
  picture: HTMLCanvasElement,
  shapes: readonly Shape[],
  width: number,
  total: number,
  height: number,
): Promise<Blob> {
  const pixels = await dataUrl(await toPng(picture));
  const text = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}">`,
    `<image width="${width}" height="${height}" href="${escapeXml(pixels)}"/>`,
    toSvg(shapes),
    "</svg>",
    "",
  ].join("\n");
  return new Blob([text], { type: "image/svg+xml" });
}

function toPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error(t("shot.tooLarge")));
    }, "image/png");
  });
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error(t("shot.tooLarge")));
    reader.readAsDataURL(blob);
  });
}

function lookOf(element: HTMLElement): { ink: string; paper: string; family: string } {
  const style = getComputedStyle(element);
  const token = (name: string, otherwise: string): string =>
    style.getPropertyValue(name).trim() || otherwise;
  return {
    ink: token("--text", "#14181d"),
    paper: token("--surface", "#ffffff"),
    family: style.fontFamily || "sans-serif",
  };
}

/** Asset, revision and time; nothing that a file system refuses. */
function fileName(viewer: Viewer, format: PictureChoice["format"]): string {
  const { workspace } = viewer;
  const revision = workspace.revision.get();
  const subject = revision ? `${revision.assetName} ${revision.label}` : "view";
  const time = new Date().toISOString().slice(0, 16).replace(/[-:]/g, "").replace("T", "-");
  return `${subject.replace(/[^\p{L}\p{N} ._-]+/gu, "_").trim()} ${time}.${format}`;
}
