/** Issues and comments over REST: lists, threads, what was seen, pins, and the words of a project. */

import type createClient from "openapi-fetch";
import type { Http } from "./http";
import type { components, operations, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type Issue = Schemas["IssueAnswer"];
export type IssueCategory = Issue["category"];
export type AnchorState = Schemas["AnchorAnswer"]["state"];
export type IssueComment = Schemas["CommentAnswer"];
/** `content` is read where it is shown: a server may be newer than the page. */
export type IssueView = Omit<Schemas["IssueViewpointAnswer"], "content"> & {
  readonly content: unknown;
};
export type IssueEvent = Schemas["HistoryItem"];
export type IssueSettings = Schemas["IssueSettings"];
export type IssueFilter = Schemas["FilterAnswer"];
export type IssueFilterQuery = Schemas["FilterQuery"];
export type IssuePage = Schemas["IssuePage"];
/** How it was found out what became of a place. */
export type AnchorEvidence = Schemas["Evidence"];
/** What became of a place on one revision; places and normals in the part's frame. */
export interface AnchorOutcome extends Pick<
  Schemas["OutcomeAnswer"],
  "revision_id" | "revision_label" | "state" | "distance_m" | "at" | "problem"
> {
  readonly outcome: {
    readonly occurrence_id: string | null;
    readonly point: readonly number[] | null;
    readonly normal?: readonly number[] | null;
    readonly evidence: AnchorEvidence;
  } | null;
}
/** A place that an issue had, without the numbers of its fingerprint. */
export interface AnchorDetail extends Omit<Schemas["AnchorDetailAnswer"], "anchor" | "outcomes"> {
  readonly outcomes: readonly AnchorOutcome[];
}
export type PinColumns = Schemas["PinsAnswer"];
export type BulkAnswer = Schemas["BulkAnswer"];
export interface VerifyItem {
  readonly issue: Issue;
  readonly outcome: AnchorOutcome;
}

export type IssueQuery = NonNullable<operations["list_issues"]["parameters"]["query"]>;
/** What is left out stays, or is the project's default; null empties it. */
export type IssueChange = Partial<Schemas["IssueFields"]>;
/** Ids are the client's, so that sending it again makes no second one. */
export type NewIssue = IssueChange & {
  readonly id: string;
  readonly title: string;
  readonly asset_id?: string;
  readonly revision_id?: string;
};
export type NewComment = Partial<Schemas["CommentRequest"]> & {
  readonly id: string;
  readonly text: string;
};
export type NewAnchor = Partial<Schemas["AnchorRequest"]> &
  Pick<Schemas["AnchorRequest"], "revision_id" | "occurrence">;

/** Somebody else changed an issue that I was about to change: the facts of a 412. */
export interface IssueConflict {
  readonly current: string;
  readonly issue: Readonly<Record<string, unknown>>;
  readonly updated_by: { readonly id: string; readonly name: string } | null;
  readonly changes: readonly {
    readonly field: string;
    readonly before: unknown;
    readonly after: unknown;
    readonly by: { readonly name: string } | null;
    readonly at: string;
  }[];
}

const LIMIT = 200;

async function body<T>(answer: Promise<{ data?: T | undefined }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new TypeError("The server's answer has no body.");
  return data;
}

export function issueApi({ GET, POST, PUT, PATCH, DELETE }: Client, http: Http) {
  const project = (projectId: string) => ({ params: { path: { project_id: projectId } } });
  const one = (issueId: string) => ({ params: { path: { issue_id: issueId } } });
  const said = (commentId: string) => ({ params: { path: { comment_id: commentId } } });
  const revision = (revisionId: string) => ({ params: { path: { revision_id: revisionId } } });
  const tag = (etag: string | null) => (etag === null ? {} : { "if-match": etag });
  const form = async (path: string, fields: FormData): Promise<void> => {
    const url = new URL(http.url(path), globalThis.location?.origin);
    await http.send(new Request(url, { method: "POST", body: fields }));
  };
  return {
    /** One page of a project's issues. */
    issues: (projectId: string, query: IssueQuery = {}): Promise<IssuePage> =>
      body(
        GET("/api/v1/projects/{project_id}/issues", {
          params: { path: { project_id: projectId }, query: { limit: LIMIT, ...query } },
        }),
      ),
    /** Every issue that fits, at most `most`. */
    everyIssue: async (
      projectId: string,
      query: IssueQuery = {},
      most = 2_000,
    ): Promise<readonly Issue[]> => {
      const found: Issue[] = [];
      let cursor: string | null = null;
      do {
        const page: IssuePage = await body(
          GET("/api/v1/projects/{project_id}/issues", {
            params: { path: { project_id: projectId }, query: { limit: LIMIT, ...query, cursor } },
          }),
        );
        found.push(...page.items);
        cursor = page.next_cursor ?? null;
      } while (cursor !== null && found.length < most);
      return found;
    },
    /** null: the project has none of this number that I see. */
    issueOfNumber: async (projectId: string, number: number): Promise<Issue | null> => {
      const page: IssuePage = await body(
        GET("/api/v1/projects/{project_id}/issues", {
          params: { path: { project_id: projectId }, query: { q: `#${number}`, limit: LIMIT } },
        }),
      );
      return page.items.find((issue) => issue.number === number) ?? null;
    },
    issue: (issueId: string) => body(GET("/api/v1/issues/{issue_id}", one(issueId))),
    createIssue: (projectId: string, issue: NewIssue) =>
      body(
        POST("/api/v1/projects/{project_id}/issues", {
          ...project(projectId),
          body: issue as Schemas["IssueRequest"], // every other member has a default
        }),
      ),
    /** etag: of the copy that the change is made upon; null: whatever is there. */
    changeIssue: (issueId: string, change: IssueChange, etag: string | null) =>
      body(
        PATCH("/api/v1/issues/{issue_id}", {
          params: { path: { issue_id: issueId }, header: tag(etag) },
          body: change as Schemas["IssueFields"], // see above
        }),
      ),
    changeIssues: (
      projectId: string,
      request: Partial<Schemas["BulkRequest"]> & Pick<Schemas["BulkRequest"], "items">,
    ): Promise<BulkAnswer> =>
      body(
        POST("/api/v1/projects/{project_id}/issues/bulk", {
          ...project(projectId),
          body: request as Schemas["BulkRequest"], // see above
        }),
      ),
    trashIssue: async (issueId: string): Promise<void> => {
      await DELETE("/api/v1/issues/{issue_id}", one(issueId));
    },
    restoreIssue: (issueId: string) =>
      body(POST("/api/v1/issues/{issue_id}/restore", one(issueId))),
    issueHistory: async (issueId: string): Promise<readonly IssueEvent[]> =>
      (
        await body(
          GET("/api/v1/issues/{issue_id}/history", {
            params: { path: { issue_id: issueId }, query: { limit: LIMIT } },
          }),
        )
      ).items,
    /** Whether I hear of it. */
    watchIssue: async (issueId: string, meId: string, on: boolean): Promise<void> => {
      const params = { params: { path: { issue_id: issueId, principal_id: meId } } };
      if (on) await PUT("/api/v1/issues/{issue_id}/watchers/{principal_id}", params);
      else await DELETE("/api/v1/issues/{issue_id}/watchers/{principal_id}", params);
    },

    /** Whoever hears of it. */
    watchersOf: async (issueId: string): Promise<readonly { id: string; name: string }[]> =>
      (await body(GET("/api/v1/issues/{issue_id}/watchers", one(issueId)))).items,

    // What was said
    issueComments: async (issueId: string): Promise<readonly IssueComment[]> =>
      (
        await body(
          GET("/api/v1/issues/{issue_id}/comments", {
            params: { path: { issue_id: issueId }, query: { limit: LIMIT } },
          }),
        )
      ).items,
    commentOnIssue: (issueId: string, comment: NewComment) =>
      body(
        POST("/api/v1/issues/{issue_id}/comments", {
          ...one(issueId),
          body: comment as Schemas["CommentRequest"], // see above
        }),
      ),
    revisionComments: async (revisionId: string): Promise<readonly IssueComment[]> =>
      (
        await body(
          GET("/api/v1/revisions/{revision_id}/comments", {
            params: { path: { revision_id: revisionId }, query: { limit: LIMIT } },
          }),
        )
      ).items,
    commentOnRevision: (revisionId: string, comment: NewComment) =>
      body(
        POST("/api/v1/revisions/{revision_id}/comments", {
          ...revision(revisionId),
          body: comment as Schemas["CommentRequest"], // see above
        }),
      ),
    comment: (commentId: string) => body(GET("/api/v1/comments/{comment_id}", said(commentId))),
    changeComment: (commentId: string, text: string, etag: string | null) =>
      body(
        PATCH("/api/v1/comments/{comment_id}", {
          params: { path: { comment_id: commentId }, header: tag(etag) },
          body: { text },
        }),
      ),
    /** What a comment said before, oldest first. */
    commentEdits: async (commentId: string) =>
      (await body(GET("/api/v1/comments/{comment_id}/edits", said(commentId)))).items,
    deleteComment: async (commentId: string): Promise<void> => {
      await DELETE("/api/v1/comments/{comment_id}", said(commentId));
    },
    resolveThread: (commentId: string, resolved: boolean) =>
      body(
        resolved
          ? POST("/api/v1/comments/{comment_id}/resolve", said(commentId))
          : POST("/api/v1/comments/{comment_id}/reopen", said(commentId)),
      ),
    makeIssueOf: (commentId: string, id: string) =>
      body(
        POST("/api/v1/comments/{comment_id}/issue", {
          ...said(commentId),
          body: { id } as Schemas["CommentIssueRequest"], // see above
        }),
      ),
    detachFile: async (attachmentId: string): Promise<void> => {
      await DELETE("/api/v1/attachments/{attachment_id}", {
        params: { path: { attachment_id: attachmentId } },
      });
    },
    /** Attaches a file to one's own comment. */
    attachToComment: (commentId: string, file: Blob, name: string, id: string) => {
      const fields = new FormData();
      fields.set("id", id);
      fields.set("file", file, name);
      return form(`/comments/${commentId}/attachments`, fields);
    },

    // What was seen
    issueViews: async (issueId: string): Promise<readonly IssueView[]> =>
      (await body(GET("/api/v1/issues/{issue_id}/viewpoints", one(issueId)))).items,
    addIssueView: (
      issueId: string,
      view: { readonly id: string; readonly content: unknown; readonly snapshot: Blob | null },
    ) => {
      const fields = new FormData();
      fields.set("id", view.id);
      if (view.content !== null) fields.set("content", JSON.stringify(view.content));
      if (view.snapshot) fields.set("file", view.snapshot, "snapshot.webp");
      return form(`/issues/${issueId}/viewpoints`, fields);
    },

    // Where it stands
    pins: (revisionId: string, closed = false): Promise<PinColumns> =>
      body(
        GET("/api/v1/revisions/{revision_id}/pins", {
          params: { path: { revision_id: revisionId }, query: { closed } },
        }),
      ),
    anchorIssue: (issueId: string, anchor: NewAnchor) =>
      body(
        POST("/api/v1/issues/{issue_id}/anchor", {
          ...one(issueId),
          body: anchor as Schemas["AnchorRequest"], // see above
        }),
      ),
    anchorComment: (commentId: string, anchor: NewAnchor) =>
      body(
        POST("/api/v1/comments/{comment_id}/anchor", {
          ...said(commentId),
          body: anchor as Schemas["AnchorRequest"], // see above
        }),
      ),
    /** Keeps an issue as a note without a place. */
    releaseIssue: async (issueId: string): Promise<void> => {
      await DELETE("/api/v1/issues/{issue_id}/anchor", one(issueId));
    },
    issueAnchors: async (issueId: string): Promise<readonly AnchorDetail[]> =>
      (await body(GET("/api/v1/issues/{issue_id}/anchors", one(issueId)))).items,
    issuesToVerify: async (projectId: string): Promise<readonly VerifyItem[]> =>
      (
        await body(
          GET("/api/v1/projects/{project_id}/issues/verify", {
            params: { path: { project_id: projectId }, query: { limit: LIMIT } },
          }),
        )
      ).items,

    // The words of a project, and questions that are kept
    issueSettings: async (projectId: string): Promise<IssueSettings> =>
      (await body(GET("/api/v1/projects/{project_id}/issue-settings", project(projectId))))
        .settings,
    /** Drawings on which issues stand, by name. */
    issueDrawings: async (projectId: string) =>
      (await body(GET("/api/v1/projects/{project_id}/issue-drawings", project(projectId)))).items,
    issueFilters: async (projectId: string): Promise<readonly IssueFilter[]> =>
      (await body(GET("/api/v1/projects/{project_id}/issue-filters", project(projectId)))).items,
    keepIssueFilter: (
      projectId: string,
      filter: {
        readonly id: string;
        readonly name: string;
        readonly shared: boolean;
        readonly query: IssueFilterQuery;
      },
    ) =>
      body(
        POST("/api/v1/projects/{project_id}/issue-filters", {
          ...project(projectId),
          body: filter,
        }),
      ),
    dropIssueFilter: async (filterId: string): Promise<void> => {
      await DELETE("/api/v1/issue-filters/{issue_filter_id}", {
        params: { path: { issue_filter_id: filterId } },
      });
    },
  };
}
