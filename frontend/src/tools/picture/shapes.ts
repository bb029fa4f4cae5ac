/** What lies over a picture, as plain shapes: read from the page, painted on a canvas or written as SVG. */

/** CSS pixels of the viewport; a b c d e f as in CSS `matrix()`. */
export type Matrix = readonly [number, number, number, number, number, number];

export interface PathShape {
  readonly kind: "path";
  /** SVG path data, in the frame of `matrix`. */
  readonly d: string;
  readonly matrix: Matrix;
  readonly fill: string;
  readonly stroke: string;
  readonly width: number;
  readonly dash: readonly number[];
  readonly opacity: number;
}

export interface TextShape {
  readonly kind: "text";
  readonly text: string;
  /** Left end and baseline. */
  readonly x: number;
  readonly y: number;
  /** Rotation about that point, radians. */
  readonly angle: number;
  readonly size: number;
  readonly weight: string;
  readonly family: string;
  readonly fill: string;
  readonly opacity: number;
}

export interface BoxShape {
  readonly kind: "box";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly fill: string;
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly opacity: number;
}

export type Shape = PathShape | TextShape | BoxShape;

const isNone = (colour: string): boolean =>
  colour === "" || colour === "none" || colour === "transparent" || colour === "rgba(0, 0, 0, 0)";

/** Draws shapes on a canvas whose pixels are `scale` to a CSS pixel. */
export function paint(
  context: CanvasRenderingContext2D,
  shapes: readonly Shape[],
  scale: number,
): void {
  for (const shape of shapes) {
    context.save();
    context.scale(scale, scale);
    context.globalAlpha = shape.opacity;
    if (shape.kind === "path") paintPath(context, shape);
    else if (shape.kind === "text") paintText(context, shape);
    else paintBox(context, shape);
    context.restore();
  }
}

function paintPath(context: CanvasRenderingContext2D, shape: PathShape): void {
  const { d, matrix, fill, stroke, width, dash } = shape;
  context.transform(...matrix);
  const path = new Path2D(d);
  if (!isNone(fill)) {
    context.fillStyle = fill;
    context.fill(path);
  }
  if (!isNone(stroke) && width > 0) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.setLineDash([...dash]);
    context.stroke(path);
  }
}

function paintText(context: CanvasRenderingContext2D, shape: TextShape): void {
  const { text, x, y, angle, size, weight, family, fill } = shape;
  context.translate(x, y);
  context.rotate(angle);
  context.font = `${weight} ${size}px ${family}`;
  context.fillStyle = fill;
  context.fillText(text, 0, 0);
}

function paintBox(context: CanvasRenderingContext2D, shape: BoxShape): void {
  const { x, y, width, height, radius, fill, stroke, strokeWidth } = shape;
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
  if (!isNone(fill)) {
    context.fillStyle = fill;
    context.fill();
  }
  if (!isNone(stroke) && strokeWidth > 0) {
    context.strokeStyle = stroke;
    context.lineWidth = strokeWidth;
    context.stroke();
  }
}

/** The shapes as SVG elements; CSS pixels. */
export function toSvg(shapes: readonly Shape[]): string {
  return shapes.map(element).join("\n");
}

/** Text safe within an element and within a double-quoted attribute (XML 1.0 §2.4). */
export function escapeXml(text: string): string {
  return (
    text
      // XML has no way to write these at all.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const written = typeof value === "number" ? String(Math.round(value * 1000) / 1000) : value;
      return ` ${name}="${escapeXml(written)}"`;
    })
    .join("");
}

function element(shape: Shape): string {
  const { opacity } = shape;
  const shown: Readonly<Record<string, number>> = opacity < 1 ? { opacity } : {};
  if (shape.kind === "path") {
    const { d, matrix, fill, stroke, width, dash } = shape;
    const line: Readonly<Record<string, string | number>> = isNone(stroke)
      ? {}
      : {
          stroke,
          "stroke-width": width,
          "stroke-linecap": "round",
          "stroke-linejoin": "round",
          ...(dash.length > 0 ? { "stroke-dasharray": dash.join(" ") } : {}),
        };
    return `<path${attributes({
      d,
      transform: `matrix(${matrix.map((value) => Math.round(value * 1e4) / 1e4).join(" ")})`,
      fill: isNone(fill) ? "none" : fill,
      ...line,
      ...shown,
    })}/>`;
  }
  if (shape.kind === "text") {
    const { text, x, y, angle, size, weight, family, fill } = shape;
    const turn: Readonly<Record<string, string>> =
      angle === 0 ? {} : { transform: `rotate(${(angle * 180) / Math.PI} ${x} ${y})` };
    return `<text${attributes({
      x,
      y,
      ...turn,
      fill,
      "font-size": size,
      "font-weight": weight,
      "font-family": family,
      ...shown,
    })}>${escapeXml(text)}</text>`;
  }
  const { x, y, width, height, radius, fill, stroke, strokeWidth } = shape;
  return `<rect${attributes({
    x,
    y,
    width,
    height,
    rx: Math.min(radius, width / 2, height / 2),
    fill: isNone(fill) ? "none" : fill,
    ...(isNone(stroke) || strokeWidth === 0 ? {} : { stroke, "stroke-width": strokeWidth }),
    ...shown,
  })}/>`;
}
