/**
 * How a sheet lies in its pane. Scale 1 is the sheet in its own size: paper by 96 CSS pixels an inch (CSS Values 4
 * §6.2), a picture by its pixels. Places on a sheet are fractions of it, x to the right, y down.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place on a sheet, 0 to 1. */
export interface SheetPoint {
  readonly x: number;
  readonly y: number;
}

/** x, y: of the sheet's upper left corner in the pane, CSS pixels. */
export interface SheetView {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** A box on a sheet, in fractions. */
export interface SheetBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const CSS_PX_PER_M = 96 / 0.0254;
/** Around a sheet that is fitted, CSS pixels. */
export const MARGIN = 16;
const MOST_SCALE = 32;
const LEAST_SHARE = 0.5; // of the scale at which the whole sheet is seen

/** Of a sheet at scale 1, CSS pixels. */
export function sizeOf(page: Size, unit: "m" | "px"): Size {
  const factor = unit === "m" ? CSS_PX_PER_M : 1;
  return { width: page.width * factor, height: page.height * factor };
}

function room({ width, height }: Size): Size {
  return { width: Math.max(1, width - 2 * MARGIN), height: Math.max(1, height - 2 * MARGIN) };
}

/** The whole sheet, in the middle. */
export function fitPage(sheet: Size, pane: Size): SheetView {
  const inner = room(pane);
  const scale = Math.min(inner.width / sheet.width, inner.height / sheet.height);
  return centred(sheet, pane, scale);
}

/** As wide as the pane, from the sheet's top. */
export function fitWidth(sheet: Size, pane: Size): SheetView {
  const view = centred(sheet, pane, room(pane).width / sheet.width);
  return { ...view, y: Math.max(view.y, MARGIN) };
}

function centred(sheet: Size, pane: Size, scale: number): SheetView {
  return {
    scale,
    x: (pane.width - sheet.width * scale) / 2,
    y: (pane.height - sheet.height * scale) / 2,
  };
}

/** Closer or farther by a factor; what is at (x, y) in the pane stays there. */
export function zoomAbout(
  view: SheetView,
  factor: number,
  at: { readonly x: number; readonly y: number },
  sheet: Size,
  pane: Size,
): SheetView {
  const least = Math.min(1, fitPage(sheet, pane).scale * LEAST_SHARE);
  const scale = Math.min(MOST_SCALE, Math.max(least, view.scale * factor));
  const by = scale / view.scale;
  return kept(
    { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by },
    sheet,
    pane,
  );
}

export function panned(
  view: SheetView,
  dx: number,
  dy: number,
  sheet: Size,
  pane: Size,
): SheetView {
  return kept({ ...view, x: view.x + dx, y: view.y + dy }, sheet, pane);
}

/** A sheet is never out of its pane: at least a margin's width of it stays, and a small one stays whole. */
export function kept(view: SheetView, sheet: Size, pane: Size): SheetView {
  const along = (at: number, length: number, space: number): number => {
    const hold = Math.min(length, space / 2);
    return Math.min(space - hold, Math.max(hold - length, at));
  };
  return {
    scale: view.scale,
    x: along(view.x, sheet.width * view.scale, pane.width),
    y: along(view.y, sheet.height * view.scale, pane.height),
  };
}

/** What is drawn at a place, seen closely and with what is around it. */
export function fitBox(box: SheetBox, sheet: Size, pane: Size): SheetView {
  const width = Math.max(box.right - box.left, 0.02) * sheet.width;
  const height = Math.max(box.bottom - box.top, 0.02) * sheet.height;
  const inner = room(pane);
  const whole = fitPage(sheet, pane).scale;
  const scale = Math.min(
    Math.max(Math.min(inner.width / width, inner.height / height) * 0.5, whole),
    whole * 4,
    MOST_SCALE,
  );
  return kept(
    {
      scale,
      x: pane.width / 2 - ((box.left + box.right) / 2) * sheet.width * scale,
      y: pane.height / 2 - ((box.top + box.bottom) / 2) * sheet.height * scale,
    },
    sheet,
    pane,
  );
}

/** Where a place of the pane lies on the sheet; outside of it the nearest place on its edge. */
export function pointAt(
  view: SheetView,
  at: { readonly x: number; readonly y: number },
  sheet: Size,
): SheetPoint {
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  return {
    x: clamp((at.x - view.x) / (sheet.width * view.scale)),
    y: clamp((at.y - view.y) / (sheet.height * view.scale)),
  };
}

/** Where a place of the sheet lies in the pane, CSS pixels. */
export function placeOf(view: SheetView, point: SheetPoint, sheet: Size): SheetPoint {
  return {
    x: view.x + point.x * sheet.width * view.scale,
    y: view.y + point.y * sheet.height * view.scale,
  };
}

/** The part of a sheet that the pane shows, CSS pixels of the scaled sheet; null: nothing of it. */
export function seenPart(
  view: SheetView,
  sheet: Size,
  pane: Size,
): (Size & { readonly left: number; readonly top: number }) | null {
  const left = Math.max(0, Math.floor(-view.x));
  const top = Math.max(0, Math.floor(-view.y));
  const right = Math.min(sheet.width * view.scale, Math.ceil(pane.width - view.x));
  const bottom = Math.min(sheet.height * view.scale, Math.ceil(pane.height - view.y));
  if (right <= left || bottom <= top) return null;
  return { left, top, width: right - left, height: bottom - top };
}

/** Device pixels per CSS pixel that a canvas of this size may have. mostPixels: of all browsers, iOS allows least. */
export function sharpness(size: Size, ratio: number, mostPixels = 16_000_000): number {
  return Math.min(ratio, Math.sqrt(mostPixels / Math.max(1, size.width * size.height)));
}
