/** The tools of a viewer: which one has the pointer, and what all of them draw. */

import type { PointerHandler } from "../scene/pointer";
import type { Viewer } from "../scene/viewer";
import { MeasureTool } from "./measure";
import { takePictures } from "./picture/taker";
import { SectionTool } from "./section";
import { MarkTool } from "./marks/mark_tool";
import { PinTool } from "./pin_tool";
import { PlaceTool } from "./place/place_tool";
import { Hover, selectTool } from "./select";

/** The tools of one viewer. */
export interface Toolbox {
  /** The tool in hand, for pointers that are not the canvas's: a headset's controllers. */
  readonly handler: () => PointerHandler;
  dispose(): void;
}

/** Makes the tools and gives the canvas to the one that `workspace.tool` names. */
export function createToolbox(viewer: Viewer): Toolbox {
  const hover = new Hover(viewer);
  const select = selectTool(viewer, hover);
  const section = new SectionTool(viewer, hover);
  const measure = new MeasureTool(viewer, hover);
  const draw = new MarkTool(viewer, hover);
  const place = new PlaceTool(viewer);
  const pin = new PinTool(viewer, hover);
  const named = { select, section, measure, draw, place, pin };
  const stopPictures = takePictures(viewer);
  let current: PointerHandler = select;
  const stop = viewer.workspace.tool.subscribe((tool) => {
    current.leave?.();
    current = named[tool];
    viewer.setPointerHandler(current);
    viewer.canvas.style.cursor = tool === "select" ? "" : "crosshair";
  });
  return {
    handler: () => current,
    dispose: () => {
      stop();
      stopPictures();
      viewer.setPointerHandler(null);
      section.dispose();
      measure.dispose();
      draw.dispose();
      place.dispose();
      pin.dispose();
    },
  };
}
