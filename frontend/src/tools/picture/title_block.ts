/** The title block under a picture: what it shows, of which revision, when, in which unit, and where to find it. */

import { currentLocale, t } from "../../state/messages";
import { unitSymbol } from "../../state/units";
import type { Workspace } from "../../state/workspace";
import type { Shape } from "./shapes";

export const TITLE_HEIGHT = 44;
const MARGIN = 16;

export interface TitleBlock {
  readonly title: string;
  readonly detail: string;
}

/** link: the address that opens this view. */
export function titleBlock(workspace: Workspace, link: string, now: Date): TitleBlock {
  const revision = workspace.revision.get();
  const title = revision
    ? t("shot.block", {
        asset: revision.assetName,
        label: revision.label,
        project: revision.projectName,
      })
    : (workspace.manifest.get()?.source.name ?? "");
  const date = new Intl.DateTimeFormat(currentLocale(), {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(now);
  return {
    title,
    detail: t("shot.detail", { date, unit: unitSymbol(workspace.unit.get()), link }),
  };
}

/** y: where the block begins; the picture is as wide as the block. */
export function titleShapes(
  block: TitleBlock,
  frame: { readonly y: number; readonly width: number },
  ink: string,
  paper: string,
  family: string,
): Shape[] {
  const plain = { kind: "text", angle: 0, family, opacity: 1, x: MARGIN } as const;
  return [
    {
      kind: "box",
      x: 0,
      y: frame.y,
      width: frame.width,
      height: TITLE_HEIGHT,
      radius: 0,
      fill: paper,
      stroke: "none",
      strokeWidth: 0,
      opacity: 1,
    },
    {
      kind: "path",
      d: `M0 ${frame.y}H${frame.width}`,
      matrix: [1, 0, 0, 1, 0, 0],
      fill: "none",
      stroke: ink,
      width: 1,
      dash: [],
      opacity: 0.35,
    },
    { ...plain, text: block.title, y: frame.y + 19, size: 13, weight: "600", fill: ink },
    { ...plain, text: block.detail, y: frame.y + 35, size: 11, weight: "400", fill: ink },
  ];
}
