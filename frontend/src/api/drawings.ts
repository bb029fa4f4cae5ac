/** Drawings of a revision and what stands on their sheets. */

import type createClient from "openapi-fetch";
import type { Http } from "./http";
import type { components, paths } from "./schema";
import { type UploadProgress, postForm } from "./upload";

type Schemas = components["schemas"];
type Client = ReturnType<typeof createClient<paths>>;

export type Drawing = Schemas["DrawingAnswer"];
/** Where an issue or a comment stands on a sheet. */
export type SheetPlace = Schemas["SheetAnswer"];
/** The same as a drawing of one revision shows it. */
export type SheetPin = Schemas["SheetPinAnswer"];
export type SheetMark = SheetPin["marks"][number];
/** Ids are the client's, so that sending it again makes no second one. */
export type NewSheetPlace = Schemas["SheetRequest"];

async function body<T>(answer: Promise<{ data?: T | undefined }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new TypeError("The server's answer has no body.");
  return data;
}

export function drawingApi({ GET, POST, PATCH, DELETE }: Client, http: Http) {
  const revision = (id: string) => ({ params: { path: { revision_id: id } } });
  const drawing = (id: string) => ({ params: { path: { drawing_id: id } } });
  return {
    drawings: async (revisionId: string): Promise<readonly Drawing[]> =>
      (await body(GET("/api/v1/revisions/{revision_id}/drawings", revision(revisionId)))).items,
    /** What stands on the sheets of a revision, with what was taken over from earlier ones. */
    sheetPins: async (revisionId: string): Promise<readonly SheetPin[]> => {
      const { items } = await body(
        GET("/api/v1/revisions/{revision_id}/sheet-pins", revision(revisionId)),
      );
      // `as`: the client widens pairs of numbers to lists.
      return items as unknown as readonly SheetPin[];
    },
    addDrawing: (
      revisionId: string,
      fields: { readonly id: string; readonly file: File },
      onProgress: (progress: UploadProgress) => void,
      signal: AbortSignal,
    ) => {
      const form = new FormData();
      form.set("id", fields.id);
      form.set("file", fields.file);
      return postForm<Drawing>(http, `/revisions/${revisionId}/drawings`, form, onProgress, signal);
    },
    /** Where its bytes are; pdf.js reads ranges of them. */
    drawingUrl: ({ id }: Pick<Drawing, "id">): string => http.url(`/drawings/${id}/content`),
    renameDrawing: (id: string, name: string) =>
      body(PATCH("/api/v1/drawings/{drawing_id}", { ...drawing(id), body: { name } })),
    removeDrawing: async (id: string): Promise<void> => {
      await DELETE("/api/v1/drawings/{drawing_id}", drawing(id));
    },
    restoreDrawing: (id: string) =>
      body(POST("/api/v1/drawings/{drawing_id}/restore", drawing(id))),
    putIssueOnSheet: (issueId: string, place: NewSheetPlace) =>
      body(
        POST("/api/v1/issues/{issue_id}/sheet", {
          params: { path: { issue_id: issueId } },
          body: place,
        }),
      ),
    takeIssueOffSheet: async (issueId: string): Promise<void> => {
      await DELETE("/api/v1/issues/{issue_id}/sheet", {
        params: { path: { issue_id: issueId } },
      });
    },
    putCommentOnSheet: (commentId: string, place: NewSheetPlace) =>
      body(
        POST("/api/v1/comments/{comment_id}/sheet", {
          params: { path: { comment_id: commentId } },
          body: place,
        }),
      ),
  };
}
