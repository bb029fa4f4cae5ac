/** Which panels are open, how wide they are, and what asks for the focus. */

import type { LeftPanel } from "../../state/panels";
import type { RangeSet } from "../../state/ranges";

export type LeftTab = LeftPanel;

const LEFT_MIN = 240;
const LEFT_MAX = 480;
// Below this the panels lie over the picture and start closed (UX.md §2.1).
const DOCK_BOTH_PX = 1100;
const DOCK_LEFT_PX = 900;

export class Layout {
  left = $state<LeftTab | null>(innerWidth >= DOCK_LEFT_PX ? "model" : null);
  right = $state(innerWidth >= DOCK_BOTH_PX);
  leftWidth = $state(288);
  rightWidth = $state(288);
  /** Of the pane with a sheet, CSS pixels; null: half of the middle. */
  sheetWidth = $state<number | null>(null);
  /** All panels; `\` hides them. */
  chrome = $state(true);
  shortcuts = $state(false);
  /** Counts up when the search field is wanted. */
  searchWanted = $state(0);
  chatWanted = $state(0);
  /** Chat messages that were not on screen yet. */
  unread = $state(0);

  /** The bill of materials is open. */
  bom = $state(false);
  /** What is about to be kept as a set, and the name offered for it. */
  savingSet = $state.raw<{
    readonly ranges: RangeSet;
    readonly name: string;
    /** Of a set that gets another name; absent for a new one. */
    readonly id?: string;
  } | null>(null);

  toggleLeft(tab: LeftTab): void {
    if (this.left === tab) this.left = null;
    else this.openLeft(tab);
  }

  toggleRight(): void {
    this.right = !this.right;
    if (this.right && innerWidth < DOCK_LEFT_PX) this.left = null;
  }

  /** The window has another width: panels that lie over the picture would lie over one another. */
  fit(): void {
    if (this.left !== null && innerWidth < DOCK_LEFT_PX) this.right = false;
  }

  private openLeft(tab: LeftTab): void {
    this.left = tab;
    this.fit();
  }

  show(tab: LeftTab): void {
    this.chrome = true;
    this.openLeft(tab);
  }

  search(): void {
    this.show("model");
    this.searchWanted += 1;
  }

  chat(): void {
    this.show("chat");
    this.chatWanted += 1;
  }

  resizeLeft(width: number): void {
    this.leftWidth = clamp(width);
  }

  resizeSheet(width: number, most: number): void {
    this.sheetWidth = Math.round(Math.min(most, Math.max(LEFT_MIN, width)));
  }

  resizeRight(width: number): void {
    this.rightWidth = clamp(width);
  }
}

function clamp(width: number): number {
  return Math.round(Math.min(LEFT_MAX, Math.max(LEFT_MIN, width)));
}
