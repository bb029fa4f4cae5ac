/**
 * The model as a list of lines: any of several hierarchies over the same parts, flattened as far as it is
 * open. 100,000 open lines are three typed arrays; what a line shows is read when it comes on screen.
 */

import { type WordFacet, groupsOf } from "./facets";
import { t } from "./messages";
import type { Structure } from "./model";
import { RangeSet } from "./ranges";
import type { PartSet } from "./areas/selecting";

/** A tree over the parts of a model; nodes are numbers. */
export interface Hierarchy {
  readonly roots: readonly number[];
  children(node: number): readonly number[];
  /** Or −1. */
  parent(node: number): number;
  /** Row of the structure, or −1 for a group that the structure does not have. */
  row(node: number): number;
  name(node: number): string;
  /** Occurrences at and under a node. */
  ranges(node: number): RangeSet;
  count(node: number): number;
  /** sRGB of a group of one colour, else null. */
  swatch(node: number): string | null;
  /** The node that shows an occurrence, or −1. */
  nodeOfOccurrence(occurrence: number): number;
  /** Set that a node is, else null. */
  set(node: number): PartSet | null;
}

/** The file's own tree. */
export function structureHierarchy(structure: Structure): Hierarchy {
  return {
    roots: structure.roots,
    children: (node) => structure.children(node),
    parent: (node) => structure.parent(node),
    row: (node) => node,
    name: (node) => structure.name(node),
    ranges: (node) => structure.occurrencesUnder(node),
    count: (node) => structure.occurrenceCountUnder(node),
    swatch: () => null,
    nodeOfOccurrence: (occurrence) => structure.rowOfOccurrence(occurrence),
    set: () => null,
  };
}

interface Group {
  readonly label: string;
  readonly swatch: string | null;
  readonly ranges: RangeSet;
  readonly set: PartSet | null;
}

/** Groups of parts, one level deep; node `groups.length` + o is occurrence o in the group it is in. */
function groupHierarchy(structure: Structure, groups: readonly Group[]): Hierarchy {
  const first = groups.length;
  const groupOf = new Int32Array(structure.occurrenceCount).fill(-1);
  // Of overlapping sets the first one shows a part; the others hold it all the same.
  for (let at = groups.length - 1; at >= 0; at -= 1)
    for (const [from, to] of groups[at]?.ranges.toJSON() ?? []) groupOf.fill(at, from, to + 1);
  const children = new Map<number, readonly number[]>();
  const isGroup = (node: number): boolean => node < first;
  return {
    roots: groups.map((_, at) => at),
    children: (node) => {
      if (!isGroup(node)) return [];
      const known = children.get(node);
      if (known) return known;
      const made: number[] = [];
      for (const occurrence of groups[node]?.ranges ?? []) made.push(first + occurrence);
      children.set(node, made);
      return made;
    },
    parent: (node) => (isGroup(node) ? -1 : (groupOf[node - first] ?? -1)),
    row: (node) => (isGroup(node) ? -1 : structure.rowOfOccurrence(node - first)),
    name: (node) =>
      isGroup(node)
        ? (groups[node]?.label ?? "")
        : structure.name(structure.rowOfOccurrence(node - first)),
    ranges: (node) =>
      isGroup(node) ? (groups[node]?.ranges ?? RangeSet.empty) : RangeSet.of(node - first),
    count: (node) => (isGroup(node) ? (groups[node]?.ranges.size ?? 0) : 1),
    swatch: (node) => groups[node]?.swatch ?? null,
    nodeOfOccurrence: (occurrence) => ((groupOf[occurrence] ?? -1) < 0 ? -1 : first + occurrence),
    set: (node) => groups[node]?.set ?? null,
  };
}

/** Parts by a word of the structure: type, storey, layer … */
export function facetHierarchy(structure: Structure, facet: WordFacet): Hierarchy {
  return groupHierarchy(
    structure,
    groupsOf(structure, facet).map(({ label, swatch, ranges }) => ({
      label: label || t("colours.none"),
      swatch,
      ranges,
      set: null,
    })),
  );
}

/** The sets that somebody keeps. */
export function setHierarchy(structure: Structure, sets: readonly PartSet[]): Hierarchy {
  return groupHierarchy(
    structure,
    sets.map((set) => ({
      label: set.name,
      swatch: null,
      ranges: set.ranges.intersect(structure.all()),
      set,
    })),
  );
}

/** One line of the open tree. */
export interface TreeLine {
  readonly node: number;
  /** 0 at the roots. */
  readonly depth: number;
  readonly hasChildren: boolean;
  readonly expanded: boolean;
  /** 1-based among its siblings, and how many there are, for screen readers. */
  readonly position: number;
  readonly siblings: number;
}

/** The lines on view, top to bottom. */
export class TreeLines {
  readonly length: number;
  private readonly hierarchy: Hierarchy;
  private readonly expanded: ReadonlySet<number>;
  private readonly nodes: Int32Array;
  private readonly depths: Int32Array;
  private readonly positions: Int32Array;

  constructor(hierarchy: Hierarchy, expanded: ReadonlySet<number>) {
    this.hierarchy = hierarchy;
    this.expanded = expanded;
    let room = 1024;
    let nodes = new Int32Array(room);
    let depths = new Int32Array(room);
    let positions = new Int32Array(room);
    let length = 0;
    // An explicit stack: a chain of 10,000 assemblies must not overflow the call stack.
    const open: { rows: readonly number[]; next: number }[] = [{ rows: hierarchy.roots, next: 0 }];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const node = top.rows[top.next];
      if (node === undefined) {
        open.pop();
        continue;
      }
      top.next += 1;
      if (length === room) {
        room *= 2;
        nodes = grown(nodes, room);
        depths = grown(depths, room);
        positions = grown(positions, room);
      }
      nodes[length] = node;
      depths[length] = open.length - 1;
      positions[length] = top.next;
      length += 1;
      if (expanded.has(node)) {
        const rows = hierarchy.children(node);
        if (rows.length > 0) open.push({ rows, next: 0 });
      }
    }
    this.length = length;
    this.nodes = nodes.subarray(0, length);
    this.depths = depths.subarray(0, length);
    this.positions = positions.subarray(0, length);
  }

  at(index: number): TreeLine | null {
    const node = this.nodes[index];
    if (node === undefined) return null;
    const { hierarchy } = this;
    const hasChildren = hierarchy.children(node).length > 0;
    const parent = hierarchy.parent(node);
    return {
      node,
      depth: this.depths[index] ?? 0,
      hasChildren,
      expanded: hasChildren && this.expanded.has(node),
      position: this.positions[index] ?? 1,
      siblings: (parent < 0 ? hierarchy.roots : hierarchy.children(parent)).length,
    };
  }

  node(index: number): number {
    return this.nodes[index] ?? -1;
  }

  /** Line of a node, or −1 while it is folded away. */
  indexOf(node: number): number {
    return this.nodes.indexOf(node);
  }

  /** The next line from `from` on, around the end, that `matches` accepts; −1 for none. */
  findFrom(from: number, matches: (node: number) => boolean): number {
    for (let step = 0; step < this.length; step += 1) {
      const index = (from + step) % this.length;
      if (matches(this.node(index))) return index;
    }
    return -1;
  }

  /** Everything in the lines from `first` to `last`. */
  rangesBetween(first: number, last: number): RangeSet {
    const pairs = [];
    for (let index = first; index <= last; index += 1)
      pairs.push(...this.hierarchy.ranges(this.node(index)).toJSON());
    return RangeSet.fromRanges(pairs);
  }
}

function grown(array: Int32Array<ArrayBuffer>, room: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(room);
  larger.set(array);
  return larger;
}

/** The nodes to expand at first: single children all the way down, then one level of choices. */
export function initiallyExpanded(hierarchy: Hierarchy): Set<number> {
  const expanded = new Set<number>();
  let nodes = hierarchy.roots;
  for (;;) {
    const only = nodes[0];
    if (nodes.length !== 1 || only === undefined || hierarchy.children(only).length === 0)
      return expanded;
    expanded.add(only);
    nodes = hierarchy.children(only);
  }
}

/** Every node that has something below it. */
export function allExpanded(hierarchy: Hierarchy): Set<number> {
  const expanded = new Set<number>();
  const open = [...hierarchy.roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const children = hierarchy.children(node);
    if (children.length === 0) continue;
    expanded.add(node);
    for (const child of children) open.push(child);
  }
  return expanded;
}

/** Nodes above a node, the root first. */
export function ancestors(hierarchy: Hierarchy, node: number): number[] {
  const above: number[] = [];
  for (let next = hierarchy.parent(node); next >= 0; next = hierarchy.parent(next))
    above.unshift(next);
  return above;
}

/** How many of a node's occurrences are in a set. */
export type Share = "none" | "some" | "all";

/** Which share of the occurrences at or under a node is in `set`; no set is made for it. */
export function shareOf(hierarchy: Hierarchy, node: number, set: RangeSet): Share {
  if (set.isEmpty) return "none";
  const total = hierarchy.count(node);
  if (total === 0) return "none";
  let shared = 0;
  for (const [first, last] of hierarchy.ranges(node).toJSON())
    shared += set.countWithin(first, last);
  return shared === 0 ? "none" : shared === total ? "all" : "some";
}
