/** What the parts of the sheet view share: the tool, how the sheet lies, and what is being drawn on it. */

import type { SheetMark } from "../../api/drawings";
import { MARK_COLOURS, MarkList, type MarkTool } from "./marks";
import {
  type SheetBox,
  type SheetView,
  type Size,
  fitBox,
  fitPage,
  fitWidth,
  kept,
  panned,
  zoomAbout,
} from "./sheet_view";

export type SheetTool = "hand" | MarkTool;

export class SheetState {
  tool = $state<SheetTool>("hand");
  colour = $state<string>(MARK_COLOURS[0]);
  pane = $state.raw<Size>({ width: 0, height: 0 });
  /** Of the sheet at scale 1, CSS pixels. */
  size = $state.raw<Size>({ width: 1, height: 1 });
  view = $state.raw<SheetView>({ scale: 1, x: 0, y: 0 });
  marks = $state.raw<readonly SheetMark[]>([]);
  canUndo = $state(false);
  canRedo = $state(false);
  /** What the view goes back to when the pane has another size. */
  private fitted: "page" | "width" | null = "page";
  private list = new MarkList();

  /** Another sheet: its marks, and all of it in sight. */
  turn(size: Size, list: MarkList): void {
    this.size = size;
    this.list = list;
    this.read();
    this.fit("page");
  }

  resize(pane: Size): void {
    this.pane = pane;
    if (this.fitted) this.fit(this.fitted);
    else this.view = kept(this.view, this.size, pane);
  }

  fit(how: "page" | "width"): void {
    this.fitted = how;
    this.view = (how === "page" ? fitPage : fitWidth)(this.size, this.pane);
  }

  lookAt(box: SheetBox): void {
    this.fitted = null;
    this.view = fitBox(box, this.size, this.pane);
  }

  /** at: in the pane; its middle unless said. */
  zoom(factor: number, at = { x: this.pane.width / 2, y: this.pane.height / 2 }): void {
    this.fitted = null;
    this.view = zoomAbout(this.view, factor, at, this.size, this.pane);
  }

  pan(dx: number, dy: number): void {
    this.fitted = null;
    this.view = panned(this.view, dx, dy, this.size, this.pane);
  }

  /** False: there is no room for another. */
  add(mark: SheetMark): boolean {
    const added = this.list.add(mark);
    this.read();
    return added;
  }

  undo(): void {
    this.list.undo();
    this.read();
  }

  redo(): void {
    this.list.redo();
    this.read();
  }

  clear(): void {
    this.list.clear();
    this.read();
  }

  private read(): void {
    this.marks = this.list.marks;
    this.canUndo = this.list.canUndo;
    this.canRedo = this.list.canRedo;
  }
}
