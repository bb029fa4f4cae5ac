/** HTML over the canvas: name tags, measure labels, the view cube. Pointers go through it to the model. */

/** The layer and its children; sized with the canvas by CSS. */
export class Overlay {
  readonly element: HTMLDivElement;
  readonly svg: SVGSVGElement;
  private readonly pivot: HTMLDivElement;

  /** The canvas must stand in a positioned element of its own size. */
  constructor(canvas: HTMLCanvasElement) {
    this.element = document.createElement("div");
    this.element.className = "scene-overlay";
    this.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.svg.setAttribute("class", "scene-lines");
    this.svg.setAttribute("aria-hidden", "true");
    this.pivot = document.createElement("div");
    this.pivot.className = "scene-pivot";
    this.pivot.hidden = true;
    this.element.append(this.svg, this.pivot);
    canvas.after(this.element);
  }

  /** x, y: CSS pixels in the canvas; null hides the mark. */
  showPivot(at: { readonly x: number; readonly y: number } | null): void {
    this.pivot.hidden = at === null;
    if (at) this.pivot.style.transform = `translate(${at.x}px, ${at.y}px)`;
  }

  dispose(): void {
    this.element.remove();
  }
}
