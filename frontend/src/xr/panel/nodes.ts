/** What boards in the headset are made of, as data; `layout.ts` finds the places. Sizes are units of `sizes.ts`. */

import type { IconName } from "./icons";
import type { TextStyle } from "./sizes";

export type Tone = "text" | "faint" | "accent" | "danger";

interface Sized {
  /** Left out: what it needs. */
  readonly width?: number;
  readonly height?: number;
  /** Its share of what is left over, along its row or column. */
  readonly grow?: number;
}

export interface TextNode extends Sized {
  readonly kind: "text";
  readonly text: string;
  readonly style: TextStyle;
  readonly tone: Tone;
  readonly align: "left" | "center" | "right";
}

export interface IconNode extends Sized {
  readonly kind: "icon";
  readonly icon: IconName;
  readonly tone: Tone;
}

export interface ButtonNode extends Sized {
  readonly kind: "button";
  readonly id: string;
  /** What it is called: said where only an icon is drawn. */
  readonly name: string;
  /** null: the icon alone. */
  readonly label: string | null;
  readonly icon: IconName | null;
  /** Address of a picture above the label. */
  readonly picture: string | null;
  readonly align: "left" | "center";
  readonly selected: boolean;
  readonly disabled: boolean;
  readonly tone: Tone;
  /** No surface of its own until a ray is on it. */
  readonly quiet: boolean;
  /** sRGB of a bar at its left. */
  readonly swatch: string | null;
  press(): void;
  /** For what lasts as long as it is held; `press` begins it. */
  readonly release?: () => void;
}

export interface SliderNode extends Sized {
  readonly kind: "slider";
  readonly id: string;
  readonly name: string;
  /** 0 to 1. */
  readonly value: number;
  /** done: the hand let go. */
  change(value: number, done: boolean): void;
}

/** Lines of which a few are on view. */
export interface ListNode extends Sized {
  readonly kind: "list";
  readonly id: string;
  readonly count: number;
  /** How many are on view, and which is the first. */
  readonly shown: number;
  readonly first: number;
  line(index: number): PanelNode;
  scroll(first: number): void;
}

/** A thin line, or a block of colour. */
export interface RuleNode extends Sized {
  readonly kind: "rule";
  readonly colour: string | null;
}

export interface BoxNode extends Sized {
  readonly kind: "row" | "column";
  readonly gap: number;
  readonly children: readonly PanelNode[];
}

/** Its children stand on an ellipse, the first one at the top, clockwise. */
export interface RingNode extends Sized {
  readonly kind: "ring";
  readonly children: readonly PanelNode[];
}

export type PanelNode =
  TextNode | IconNode | ButtonNode | SliderNode | ListNode | RuleNode | BoxNode | RingNode;
export type Leaf = Exclude<PanelNode, BoxNode | RingNode>;

export function text(said: string, more: Partial<Omit<TextNode, "kind" | "text">> = {}): TextNode {
  return { kind: "text", text: said, style: "body", tone: "text", align: "left", ...more };
}

/** press is what the trigger does; without an own `label` the name is written. */
export function button(
  id: string,
  name: string,
  press: () => void,
  more: Partial<Omit<ButtonNode, "kind" | "id" | "name" | "press">> = {},
): ButtonNode {
  return {
    ...{ kind: "button", id, name, label: name, icon: null, picture: null, align: "center" },
    ...{ selected: false, disabled: false, tone: "text", quiet: false, swatch: null, press },
    ...more,
  };
}

export function row(
  children: readonly PanelNode[],
  more: Partial<Omit<BoxNode, "kind" | "children">> = {},
): BoxNode {
  return { kind: "row", gap: 0.56, children, ...more };
}

export function column(
  children: readonly PanelNode[],
  more: Partial<Omit<BoxNode, "kind" | "children">> = {},
): BoxNode {
  return { kind: "column", gap: 0.56, children, ...more };
}

/** Room that takes what is left over. */
export const spring = (grow = 1): RuleNode => ({ kind: "rule", colour: null, height: 0, grow });
