/** What an item of an agenda may name: saved views, open issues and reviews of the asset. */

import type { Api } from "../../api/api";

export interface AgendaView {
  readonly id: string;
  readonly name: string;
  readonly picture: string | null;
}

export interface AgendaChoices {
  readonly views: readonly AgendaView[];
  readonly issues: readonly { readonly number: number; readonly title: string }[];
  readonly reviews: readonly { readonly id: string; readonly title: string }[];
}

export const NO_CHOICES: AgendaChoices = { views: [], issues: [], reviews: [] };
const MOST_ISSUES = 500;

/** The rows of saved views as choices. */
export function viewChoices(
  rows: readonly { id: string; name: string | null; thumbnail_url: string | null }[],
): readonly AgendaView[] {
  return rows.map(({ id, name, thumbnail_url }) => ({
    id,
    name: name ?? "",
    picture: thumbnail_url,
  }));
}

/** Issues of the asset that are not done, and reviews that ask for it, newest first. */
export async function linkChoices(
  api: Pick<Api, "everyIssue" | "reviews">,
  projectId: string,
  assetId: string,
): Promise<Pick<AgendaChoices, "issues" | "reviews">> {
  const [issues, reviews] = await Promise.all([
    api.everyIssue(projectId, { asset_id: assetId }, MOST_ISSUES),
    api.reviews(projectId).catch(() => []), // guests of a project see none
  ]);
  return {
    issues: issues
      .filter(({ category }) => category !== "resolved" && category !== "closed")
      .map(({ number, title }) => ({ number, title })),
    reviews: reviews
      .filter((review) => review.asset_id === assetId)
      .map(({ id, number, title }) => ({ id, title: title || `#${String(number)}` })),
  };
}
