/** Reviews over REST: rounds of approval, verdicts, checklists, and where a revision stands. */

import type createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type Review = Schemas["ReviewAnswer"];
export type ReviewSummary = Schemas["ReviewSummary"];
export type ReviewState = ReviewSummary["state"];
export type ReviewRule = Schemas["RuleModel"];
export type ReviewSeat = Schemas["SeatAnswer"];
export type ReviewCheck = Schemas["CheckAnswer"];
export type Verdict = Schemas["VerdictAnswer"];
export type VerdictWord = Verdict["verdict"];
export type Lifecycle = Schemas["RevisionName"]["lifecycle"];
export type Coverage = Schemas["CoverageAnswer"];
export type RevisionEvent = Schemas["EventAnswer"];

export type Packet = Schemas["PacketAnswer"];
/** Languages that reports speak. */
export type ReportLanguage = Schemas["PacketRequest"]["language"];

/** Left out: the server's default. */
export type NewReview = Partial<Schemas["ReviewRequest"]> &
  Pick<Schemas["ReviewRequest"], "approvers">;

/** A review together with the tag of the copy that was read. */
export interface TaggedReview {
  readonly review: Review;
  readonly etag: string;
}

const LIMIT = 200;

export function reviewApi({ GET, POST, PUT, PATCH, DELETE }: Client) {
  const one = (reviewId: string) => ({ params: { path: { review_id: reviewId } } });
  const line = (reviewId: string, itemId: string) => ({
    params: { path: { review_id: reviewId, item_id: itemId } },
  });
  const revision = (revisionId: string) => ({ params: { path: { revision_id: revisionId } } });
  const tagged = async (
    answer: Promise<{ data?: Review | undefined; response: Response }>,
  ): Promise<TaggedReview> => {
    const { data, response } = await answer;
    if (data === undefined) throw new TypeError("The server's answer has no body.");
    return { review: data, etag: response.headers.get("etag") ?? "*" };
  };
  const body = async <T>(answer: Promise<{ data?: T | undefined }>): Promise<T> => {
    const { data } = await answer;
    if (data === undefined) throw new TypeError("The server's answer has no body.");
    return data;
  };
  return {
    /** The newest reviews of a project. */
    reviews: async (
      projectId: string,
      query: { state?: ReviewState; mine?: boolean } = {},
    ): Promise<readonly ReviewSummary[]> =>
      (
        await body(
          GET("/api/v1/projects/{project_id}/reviews", {
            params: { path: { project_id: projectId }, query: { ...query, limit: LIMIT } },
          }),
        )
      ).items,
    reviewsOf: async (revisionId: string): Promise<readonly ReviewSummary[]> =>
      (await body(GET("/api/v1/revisions/{revision_id}/reviews", revision(revisionId)))).items,
    requestReview: (revisionId: string, asked: NewReview) =>
      tagged(
        POST("/api/v1/revisions/{revision_id}/reviews", {
          ...revision(revisionId),
          body: asked as Schemas["ReviewRequest"], // every other member has a default
        }),
      ),
    review: (reviewId: string) => tagged(GET("/api/v1/reviews/{review_id}", one(reviewId))),
    changeReview: (reviewId: string, change: Schemas["ReviewPatch"], etag: string) =>
      tagged(
        PATCH("/api/v1/reviews/{review_id}", {
          params: { path: { review_id: reviewId }, header: { "if-match": etag } },
          body: change,
        }),
      ),
    giveVerdict: (
      reviewId: string,
      said: Pick<Schemas["VerdictRequest"], "revision_id" | "verdict" | "text"> &
        Partial<Schemas["VerdictRequest"]>,
    ) =>
      tagged(
        POST("/api/v1/reviews/{review_id}/verdicts", {
          ...one(reviewId),
          body: { meaning: "", ...said },
        }),
      ),
    tickLine: (reviewId: string, itemId: string) =>
      tagged(PUT("/api/v1/reviews/{review_id}/checklist/{item_id}", line(reviewId, itemId))),
    untickLine: (reviewId: string, itemId: string) =>
      tagged(DELETE("/api/v1/reviews/{review_id}/checklist/{item_id}", line(reviewId, itemId))),
    /** What each person who lets it be kept has had in view. */
    coverage: async (reviewId: string): Promise<readonly Coverage[]> =>
      // The schema's pairs come out of the client as lists.
      (await body(GET("/api/v1/reviews/{review_id}/coverage", one(reviewId)))).items as Coverage[],
    addCoverage: async (reviewId: string, seen: Schemas["CoverageRequest"]): Promise<void> => {
      await POST("/api/v1/reviews/{review_id}/coverage", { ...one(reviewId), body: seen });
    },
    /** Whether what I look at is kept; without, what was kept is removed. */
    shareCoverage: async (reviewId: string, coverage: boolean): Promise<void> => {
      await PUT("/api/v1/reviews/{review_id}/sharing", { ...one(reviewId), body: { coverage } });
    },
    noteOpened: async (reviewId: string): Promise<void> => {
      await POST("/api/v1/reviews/{review_id}/opened", one(reviewId));
    },
    /** Where the result of a review stands as a page or as PDF. */
    reportUrl: (reviewId: string, language: ReportLanguage, format: "html" | "pdf"): string => {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const query = new URLSearchParams({ language, format, time_zone: zone });
      return `/api/v1/reviews/${reviewId}/report?${query.toString()}`;
    },
    /** The signed packets of a review, newest first. */
    packets: async (reviewId: string): Promise<readonly Packet[]> =>
      (await body(GET("/api/v1/reviews/{review_id}/packets", one(reviewId)))).items,
    makePacket: (reviewId: string, language: ReportLanguage): Promise<Packet> =>
      body(
        POST("/api/v1/reviews/{review_id}/packet", {
          ...one(reviewId),
          body: { language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
        }),
      ),
    setLifecycle: (
      revisionId: string,
      lifecycle: Lifecycle,
      reason: string,
      language: ReportLanguage,
    ) =>
      body(
        POST("/api/v1/revisions/{revision_id}/lifecycle", {
          ...revision(revisionId),
          body: { lifecycle, reason, language },
        }),
      ),
    revisionHistory: async (revisionId: string): Promise<readonly RevisionEvent[]> =>
      (await body(GET("/api/v1/revisions/{revision_id}/history", revision(revisionId)))).items,
  };
}
