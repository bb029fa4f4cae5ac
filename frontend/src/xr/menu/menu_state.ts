/** What the main panel remembers while one is in the headset, and what its tabs are given. */

import type { Commands } from "../../state/commands";
import type { Structure } from "../../state/model";
import type { RangeSet } from "../../state/ranges";
import { PartSearch } from "../../state/part_search";
import { BadQuery } from "../../state/query";
import { type Hierarchy, TreeLines, initiallyExpanded, structureHierarchy } from "../../state/tree";
import type { Workspace } from "../../state/workspace";

export const TABS = ["tools", "model", "people", "views", "comfort"] as const;
export type Tab = (typeof TABS)[number];

/** Rows of a list that are on view at once. */
export const ROWS = 7;

/** Browsers' speech recognition as far as we use it; null: there is none. */
export interface Dictation {
  start(heard: (words: string) => void, over: () => void): void;
}

export interface MenuHost {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly state: MenuState;
  readonly dictation: Dictation | null;
  /** Things changed: draw them. */
  changed(): void;
  /** Puts the panel away. */
  close(): void;
}

/** The tree as it is open, and what was typed. */
export class MenuState {
  tab: Tab = "tools";
  /** Which half of Comfort is on view. */
  comfortPage: "moving" | "seeing" = "moving";
  /** The letters are on view. */
  typing = false;
  listening = false;
  query = "";
  treeFirst = 0;
  peopleFirst = 0;
  viewsFirst = 0;
  /** Whose choices are open. */
  person: number | null = null;
  private structure: Structure | null = null;
  private hierarchy: Hierarchy | null = null;
  private expanded: ReadonlySet<number> = new Set();
  private lines: TreeLines | null = null;
  private search: PartSearch | null = null;
  private found: { readonly query: string; readonly rows: Int32Array } | null = null;

  /** The tree's lines; null: there is no model yet. */
  tree(structure: Structure | null): { hierarchy: Hierarchy; lines: TreeLines } | null {
    if (structure !== this.structure) {
      this.structure = structure;
      this.hierarchy = structure && structureHierarchy(structure);
      this.expanded = this.hierarchy ? initiallyExpanded(this.hierarchy) : new Set();
      this.search = structure && new PartSearch(structure);
      this.lines = null;
      this.found = null;
      this.treeFirst = 0;
    }
    const { hierarchy } = this;
    if (!hierarchy) return null;
    this.lines ??= new TreeLines(hierarchy, this.expanded);
    return { hierarchy, lines: this.lines };
  }

  toggle(node: number): void {
    const expanded = new Set(this.expanded);
    if (!expanded.delete(node)) expanded.add(node);
    this.expanded = expanded;
    this.lines = null;
  }

  /** Rows whose words fit what was typed; null: nothing was typed. */
  results(): Int32Array | null {
    const query = this.query.trim();
    if (query === "" || !this.search) return null;
    if (this.found?.query !== query) this.found = { query, rows: rowsOf(this.search, query) };
    return this.found.rows;
  }

  type(query: string): void {
    this.query = query;
    this.treeFirst = 0;
  }
}

function rowsOf(search: PartSearch, query: string): Int32Array {
  try {
    return search.find(query).rows;
  } catch (error) {
    if (error instanceof BadQuery) return new Int32Array(0); // half a question, still being typed
    throw error;
  }
}

/** What the verbs are about: the selection. */
export function subject({ workspace }: MenuHost): RangeSet {
  return workspace.selection.get();
}
